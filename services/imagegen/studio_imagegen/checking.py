"""film engines check: load a model as a pool would, draw one still with it, and say what that took."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.choices import DEVICES, DTYPES, PROFILES, ModelChoice
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, Product

EXIT_FAULT = 1
PROMPT = "Wide shot, exterior, a lighthouse above the sea, dusk. A woman in a red coat looks at the horizon."


class _Shown:
    """A run whose progress is a line of the terminal."""

    def progress(self, percent: int) -> None:
        print(f"\r  drawing {percent:3d} %", end="", file=sys.stderr, flush=True)

    def raise_if_cancelled(self) -> None:
        """Ctrl-C ends it."""


def main(arguments: list[str] | None = None) -> int:
    """Check one model: 0 for a picture, 1 with what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        product = _checked(options)
    except (ModelError, EngineFailure) as fault:
        text = fault.user_text if isinstance(fault, EngineFailure) else str(fault)
        print(f"\rfilm engines: {text}", file=sys.stderr)
        return EXIT_FAULT
    options.output.write_bytes(product.parts[0].data or b"")
    for name, value in product.facts.items():
        print(f"  {name.replace('_', ' ')}: {value}")
    print(f"  {options.output}")
    return 0


def _checked(options: argparse.Namespace) -> Product:
    width_px, _, height_px = options.size.partition("x")
    engine = DiffusersEngine(
        ModelChoice(
            options.model,
            options.revision,
            options.device,
            options.dtype,
            PROFILES[options.memory],
            options.steps,
            may_download=options.download,
        )
    )
    started = time.monotonic()
    engine.load()
    loaded = time.monotonic()
    order = StillOrder(int(width_px), int(height_px), seed=options.seed, prompt=options.prompt)
    (outcome,) = engine.run_batch([order], [_Shown()])
    if isinstance(outcome, Exception):
        raise outcome
    product = outcome if isinstance(outcome, Product) else outcome()
    print("\r", end="", file=sys.stderr)
    print(f"{engine.describe().model}: can {', '.join(engine.describe().capabilities)}")
    print(
        f"  loaded and warm in {loaded - started:.1f} s, a still of {options.size} in "
        f"{time.monotonic() - loaded:.1f} s"
    )
    print(f"  {_peak()}")
    return product


def _peak() -> str:
    """What it took of memory at most."""
    import torch

    unit_bytes = 1 if sys.platform == "darwin" else 1024
    taken = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes / 1e9:.1f} GB of memory"
    if torch.cuda.is_available():
        taken += f", {torch.cuda.max_memory_allocated() / 1e9:.1f} GB of the GPU's"
    return f"at most {taken}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="film engines check", description=__doc__)
    parser.add_argument("model", metavar="DIR|NAME", help="a pipeline's folder, or its name on the hub")
    parser.add_argument("-o", "--output", type=Path, default=Path("check.png"), metavar="FILE")
    parser.add_argument("--revision", default="")
    parser.add_argument("--download", action="store_true", help="the hub's may be downloaded")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--dtype", choices=DTYPES, default="auto")
    parser.add_argument("--memory", choices=sorted(PROFILES), default="none", help="untested savings")
    parser.add_argument("--size", type=_size, default="512x512", metavar="WxH")
    parser.add_argument("--steps", type=int, choices=range(501), default=0, metavar="N", help="0: its own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prompt", default=PROMPT)
    return parser


def _size(text: str) -> str:
    width, times, height = text.partition("x")
    if not (times and width.isdigit() and height.isdigit() and min(int(width), int(height)) >= 64):
        raise argparse.ArgumentTypeError("a size is as 512x512, at least 64x64")
    if max(int(width), int(height)) > 8192:
        raise argparse.ArgumentTypeError("at most 8192 a side")
    return text


if __name__ == "__main__":
    sys.exit(main())
