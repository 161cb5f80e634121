"""The composer's composition root: settings, engines, run."""

from __future__ import annotations

from studio_composer.convert import order_of
from studio_composer.engines.catalogue import engines
from studio_composer.settings import ComposerSettings
from studio_platform.generator import Pool, run_generator
from studio_platform.settings import load


def main() -> None:
    """Run the composer until it is told to stop."""
    settings = load(ComposerSettings)
    catalogue = engines(settings.composer_scratch_dir)
    pools = [Pool(catalogue[name](), 1) for name in settings.composer_engines]
    run_generator("composer", settings, pools, order_of)


if __name__ == "__main__":
    main()
