"""The composer's composition root: settings, engines, run."""

from __future__ import annotations

from filmstudio.composer.v1 import composer_pb2, composer_pb2_grpc
from studio_composer.convert import order_of
from studio_composer.engines.catalogue import engines
from studio_composer.servicer import ComposerServicer
from studio_composer.settings import ComposerSettings
from studio_platform.generator import DirectService, Pool, run_generator
from studio_platform.settings import load

SERVICE = DirectService(
    composer_pb2.DESCRIPTOR.services_by_name["ComposerService"],
    ComposerServicer,
    composer_pb2_grpc.add_ComposerServiceServicer_to_server,
)


def main() -> None:
    """Run the composer until it is told to stop."""
    settings = load(ComposerSettings)
    catalogue = engines(settings.composer_scratch_dir)
    pools = [Pool(catalogue[name](), 1) for name in settings.composer_engines]
    kept_bytes_max = settings.composer_kept_mb * 1024 * 1024
    run_generator("composer", settings, pools, order_of, SERVICE, kept_bytes_max)


if __name__ == "__main__":
    main()
