"""The image generator's composition root: settings, engine, run."""

from __future__ import annotations

from studio_imagegen.convert import order_of
from studio_imagegen.engines.catalogue import engines
from studio_imagegen.settings import ImagegenSettings
from studio_platform.generator import Pool, run_generator
from studio_platform.settings import load


def main() -> None:
    """Run the image generator until it is told to stop."""
    settings = load(ImagegenSettings)
    engine = engines()[settings.imagegen_engine]()
    run_generator("imagegen", settings, [Pool(engine, settings.lanes)], order_of)


if __name__ == "__main__":
    main()
