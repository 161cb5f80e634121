"""film engines check: load a model as a pool would, draw one still with it, and say what that took.

Of a model that makes clips: film engines check --clip.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.checking import Shown, Watch, checked, keep, model_of, parser_of, size_of
from studio_platform.engine import Product

PROMPT = "Wide shot, exterior, a lighthouse above the sea, dusk. A woman in a red coat looks at the horizon."


def main(arguments: list[str] | None = None) -> int:
    """Check one model: 0 for a picture, 1 with what is wrong."""
    options = parser_of(__doc__, Path("check.png"), PROMPT).parse_args(arguments)
    return checked(lambda: _check(options))


def _check(options: argparse.Namespace) -> None:
    watch, engine = Watch(), DiffusersEngine(model_of(options))
    engine.load()
    loaded_seconds = watch.lap_seconds()
    order = StillOrder(*size_of(options), seed=options.seed, prompt=options.prompt)
    (outcome,) = engine.run_batch([order], [Shown()])
    if isinstance(outcome, Exception):
        raise outcome
    product = outcome if isinstance(outcome, Product) else outcome()
    print("\r", end="", file=sys.stderr)
    print(f"{engine.describe().model}: can {', '.join(engine.describe().capabilities)}")
    print(
        f"  loaded and warm in {loaded_seconds:.1f} s, a still of {options.size} in "
        f"{watch.lap_seconds():.1f} s"
    )
    keep(product, options.output)


if __name__ == "__main__":
    sys.exit(main())
