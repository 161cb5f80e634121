"""film engines check --clip: load a model as a pool would, make one clip with it, and say what that took."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from studio_models.checking import Shown, Watch, checked, keep, model_of, parser_of, size_of
from studio_models.loading import ModelError
from studio_platform.engine import Input
from studio_videogen.engines.diffusers.engine import DiffusersEngine, FootageChoice
from studio_videogen.orders import ClipOrder, Move

PROMPT = "A lighthouse above the sea at dusk. Waves roll in, clouds go by."
RATE_HZ = 24
SECONDS_MAX = 60


def main(arguments: list[str] | None = None) -> int:
    """Check one model: 0 for a clip, 1 with what is wrong."""
    parser = parser_of(__doc__, Path("check.mp4"), PROMPT)
    parser.set_defaults(size="640x360")
    parser.add_argument(
        "--seconds", type=_seconds, default=2.0, metavar="S", help="of the clip; 2 by default"
    )
    parser.add_argument("--still", type=Path, metavar="FILE", help="what it begins from; a drawn lighthouse")
    options = parser.parse_args(arguments)
    return checked(lambda: _check(options))


def _check(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="film-check-") as folder:
        order = _order(options, _still(options, Path(folder) / "still.png"))
        watch, engine = Watch(), DiffusersEngine(model_of(options, pixels_max=0), FootageChoice())
        engine.load()
        loaded_seconds = watch.lap_seconds()
        (product,) = engine.run([order], [Shown()])
    taken_seconds = watch.lap_seconds()
    print("\r", end="", file=sys.stderr)
    print(f"{engine.describe().model}: makes clips from stills")
    print(
        f"  loaded and warm in {loaded_seconds:.1f} s, a clip of {options.size} and {options.seconds:g} s in "
        f"{taken_seconds:.1f} s: {taken_seconds / options.seconds:.1f} s for each second"
    )
    keep(product, options.output)


def _order(options: argparse.Namespace, still: Path) -> ClipOrder:
    return ClipOrder(
        *size_of(options),
        rate_numerator=RATE_HZ,
        rate_denominator=1,
        length_frames=max(2, round(RATE_HZ * options.seconds)),
        move=Move.PUSH_IN,
        strength_permille=1000,
        seed=options.seed,
        still=Input("still", {"image": still}),
        prompt=options.prompt,
    )


def _still(options: argparse.Namespace, path: Path) -> Path:
    """The picture to begin from, as a PNG of the studio's own. Raises ModelError for a file that is none."""
    if options.still is None:
        _lighthouse(*size_of(options)).save(path)
        return path
    try:
        with Image.open(options.still, formats=["PNG", "JPEG", "WEBP"]) as picture:
            picture.convert("RGB").save(path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ModelError(f"{options.still} can't be read as a PNG, JPEG or WebP: {fault}") from fault
    return path


def _lighthouse(width_px: int, height_px: int) -> Image.Image:
    """Something with edges and colours, of which one sees whether it moves."""
    picture = Image.linear_gradient("L").resize((width_px, height_px))
    picture = Image.composite(
        Image.new("RGB", picture.size, (240, 170, 110)),
        Image.new("RGB", picture.size, (40, 60, 110)),
        picture,
    )
    drawn = ImageDraw.Draw(picture)
    wide, high = width_px / 100, height_px / 100
    drawn.rectangle((0, 65 * high, width_px, height_px), (30, 70, 90))
    drawn.polygon([(55 * wide, 72 * high), (100 * wide, 60 * high), (100 * wide, 100 * high)], (50, 45, 40))
    drawn.polygon(
        [(70 * wide, 68 * high), (72 * wide, 25 * high), (76 * wide, 25 * high), (78 * wide, 68 * high)],
        (225, 220, 210),
    )
    drawn.rectangle((71 * wide, 19 * high, 77 * wide, 25 * high), (250, 235, 150))
    return picture


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"a clip lasts 0.1 to {SECONDS_MAX} seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
