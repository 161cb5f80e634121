"""film engines check: what a check of any model takes and tells."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio_models.choices import DEVICES, DTYPES, PROFILES, ModelChoice
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, Product

EXIT_FAULT = 1
SIDE_PX_MAX = 8192
SIDE_PX_MIN = 64


class Shown:
    """A run whose progress is a line of the terminal."""

    def progress(self, percent: int) -> None:
        """Say how far it is."""
        print(f"\r  drawing {percent:3d} %", end="", file=sys.stderr, flush=True)

    def raise_if_cancelled(self) -> None:
        """Ctrl-C ends it."""


class Watch:
    """Times from one look to the next."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap_seconds(self) -> float:
        """Since the last look."""
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        return seconds


def checked(check: Callable[[], None]) -> int:
    """The exit code of a check: 0, or 1 with what is wrong."""
    try:
        check()
    except (ModelError, EngineFailure) as fault:
        text = fault.user_text if isinstance(fault, EngineFailure) else str(fault)
        print(f"\rfilm engines: {text}", file=sys.stderr)
        return EXIT_FAULT
    return 0


def keep(product: Product, output: Path) -> None:
    """Write what was made, and say what it took of memory at most, what the engine says, and where it is."""
    output.write_bytes(product.parts[0].data or b"")
    print(f"  {_peak()}")
    for name, value in product.facts.items():
        print(f"  {name.replace('_', ' ')}: {value}")
    print(f"  {output}, {output.stat().st_size / 1000:.0f} kB")


def _peak() -> str:
    import torch

    unit_bytes = 1 if sys.platform == "darwin" else 1024
    taken = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes / 1e9:.1f} GB of memory"
    if torch.cuda.is_available():
        taken += f", {torch.cuda.max_memory_allocated() / 1e9:.1f} GB of the GPU's"
    return f"at most {taken}"


def parser_of(description: str | None, output: Path, prompt: str) -> argparse.ArgumentParser:
    """The options that every check has."""
    parser = argparse.ArgumentParser(prog="film engines check", description=description)
    parser.add_argument("model", metavar="DIR|NAME", help="a pipeline's folder, or its name on the hub")
    parser.add_argument("-o", "--output", type=Path, default=output, metavar="FILE")
    parser.add_argument("--revision", default="")
    parser.add_argument("--download", action="store_true", help="the hub's may be downloaded")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--dtype", choices=DTYPES, default="auto")
    parser.add_argument("--memory", choices=sorted(PROFILES), default="none", help="untested savings")
    parser.add_argument("--size", type=_size, default="512x512", metavar="WxH")
    parser.add_argument("--steps", type=int, choices=range(501), default=0, metavar="N", help="0: its own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prompt", default=prompt)
    return parser


def model_of(options: argparse.Namespace, pixels_max: int | None = None) -> ModelChoice:
    """The model that options name; `pixels_max` as of ModelChoice, its own default unless it is said."""
    choice = ModelChoice(
        options.model,
        options.revision,
        options.device,
        options.dtype,
        PROFILES[options.memory],
        options.steps,
        may_download=options.download,
    )
    return choice if pixels_max is None else replace(choice, pixels_max=pixels_max)


def size_of(options: argparse.Namespace) -> tuple[int, int]:
    """Width and height, px."""
    width_px, _, height_px = options.size.partition("x")
    return int(width_px), int(height_px)


def _size(text: str) -> str:
    width, times, height = text.partition("x")
    if not (times and width.isdigit() and height.isdigit() and min(int(width), int(height)) >= SIDE_PX_MIN):
        raise argparse.ArgumentTypeError("a size is as 512x512, at least 64x64")
    if max(int(width), int(height)) > SIDE_PX_MAX:
        raise argparse.ArgumentTypeError(f"at most {SIDE_PX_MAX} a side")
    return text
