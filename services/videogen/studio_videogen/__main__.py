"""The video generator's composition root: settings, engine, run."""

from __future__ import annotations

from studio_platform.generator import Pool, run_generator
from studio_platform.settings import load
from studio_videogen.convert import order_of
from studio_videogen.engines.catalogue import engines
from studio_videogen.settings import VideogenSettings


def main() -> None:
    """Run the video generator until it is told to stop."""
    settings = load(VideogenSettings)
    engine = engines()[settings.videogen_engine]()
    run_generator("videogen", settings, [Pool(engine, settings.lanes)], order_of)


if __name__ == "__main__":
    main()
