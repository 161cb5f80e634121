"""The video generator's composition root: settings, engine, run."""

from __future__ import annotations

from filmstudio.videogen.v1 import videogen_pb2, videogen_pb2_grpc
from studio_platform.generator import DirectService, Pool, run_generator
from studio_platform.settings import load
from studio_videogen.convert import order_of
from studio_videogen.engines.catalogue import engines
from studio_videogen.servicer import VideogenServicer
from studio_videogen.settings import VideogenSettings

SERVICE = DirectService(
    videogen_pb2.DESCRIPTOR.services_by_name["VideogenService"],
    VideogenServicer,
    videogen_pb2_grpc.add_VideogenServiceServicer_to_server,
)


def main() -> None:
    """Run the video generator until it is told to stop."""
    settings = load(VideogenSettings)
    engine = engines(settings)[settings.videogen_engine]()
    run_generator("videogen", settings, [Pool(engine, settings.lanes)], order_of, SERVICE)


if __name__ == "__main__":
    main()
