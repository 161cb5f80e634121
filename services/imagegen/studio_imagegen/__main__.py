"""The image generator's composition root: settings, engine, run."""

from __future__ import annotations

from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from studio_imagegen.convert import order_of
from studio_imagegen.engines.catalogue import engines
from studio_imagegen.servicer import ImagegenServicer
from studio_imagegen.settings import ImagegenSettings
from studio_platform.generator import DirectService, Pool, run_generator
from studio_platform.settings import load

SERVICE = DirectService(
    imagegen_pb2.DESCRIPTOR.services_by_name["ImagegenService"],
    ImagegenServicer,
    imagegen_pb2_grpc.add_ImagegenServiceServicer_to_server,
)


def main() -> None:
    """Run the image generator until it is told to stop."""
    settings = load(ImagegenSettings)
    engine = engines(settings)[settings.imagegen_engine]()
    run_generator("imagegen", settings, [Pool(engine, settings.lanes)], order_of, SERVICE)


if __name__ == "__main__":
    main()
