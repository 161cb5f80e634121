"""Write the README's pictures from a film: an animated WebP of ten seconds, and a contact sheet.

python scripts/showcase.py films/one-minute.mp4 docs/media
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

ANIMATION_SECONDS = 10
ANIMATION_RATE_HZ = 12
ANIMATION_WIDTH_PX = 640
ANIMATION_QUALITY_PERCENT = 60
ANIMATION_MAX_BYTES = 3_000_000
SHEET_COLUMNS = 4
SHEET_ROWS = 4
SHEET_CELL_WIDTH_PX = 400
SHEET_GAP_PX = 6


def pictures(film: Path, times_s: list[Fraction], width_px: int) -> Iterator[Image.Image]:
    """What a film shows at ascending times, scaled to a width. Raises OSError, av.FFmpegError."""
    wanted = iter(times_s)
    due_s = next(wanted, None)
    with av.open(str(film), format="mp4") as container:
        rate_hz = Fraction(container.streams.video[0].average_rate or 0)
        for number, frame in enumerate(container.decode(container.streams.video[0])):
            while due_s is not None and number >= due_s * rate_hz:
                yield scaled(frame, width_px)
                due_s = next(wanted, None)
            if due_s is None:
                return


def scaled(frame: av.VideoFrame, width_px: int) -> Image.Image:
    """A frame as a picture of a width."""
    picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    return picture.resize((width_px, width_px * frame.height // frame.width), Image.Resampling.LANCZOS)


def animate(film: Path, start_s: int, target: Path) -> int:
    """Write ten seconds as an animated WebP; its size in bytes. Raises ValueError over 3 MB."""
    count = ANIMATION_SECONDS * ANIMATION_RATE_HZ
    times_s = [start_s + Fraction(number, ANIMATION_RATE_HZ) for number in range(count)]
    first, *rest = pictures(film, times_s, ANIMATION_WIDTH_PX)
    first.save(
        target,
        save_all=True,
        append_images=rest,
        duration=round(1000 / ANIMATION_RATE_HZ),
        loop=0,
        quality=ANIMATION_QUALITY_PERCENT,
        method=6,
    )
    size_bytes = target.stat().st_size
    if size_bytes > ANIMATION_MAX_BYTES:
        raise ValueError(f"{target} has {size_bytes:,} bytes; the limit is {ANIMATION_MAX_BYTES:,}")
    return size_bytes


def lay_out(film: Path, length_s: Fraction, target: Path) -> None:
    """Write a sheet of pictures taken at equal distances."""
    count = SHEET_COLUMNS * SHEET_ROWS
    times_s = [length_s * (2 * number + 1) / (2 * count) for number in range(count)]
    cells = list(pictures(film, times_s, SHEET_CELL_WIDTH_PX))
    width_px, height_px = (side_px + SHEET_GAP_PX for side_px in cells[0].size)
    size = (SHEET_COLUMNS * width_px - SHEET_GAP_PX, SHEET_ROWS * height_px - SHEET_GAP_PX)
    sheet = Image.new("RGB", size, "white")
    for number, cell in enumerate(cells):
        row, column = divmod(number, SHEET_COLUMNS)
        sheet.paste(cell, (column * width_px, row * height_px))
    sheet.save(target, quality=80, method=6)


def length_of(film: Path) -> Fraction:
    """A film's length in seconds."""
    with av.open(str(film), format="mp4") as container:
        picture = container.streams.video[0]
        return Fraction(picture.duration or 0) * Fraction(picture.time_base or 0)


def main() -> int:
    """Write both pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", type=int, default=8, help="where the animation starts, in seconds")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    size_bytes = animate(given.film, given.start, given.folder / "one-minute.webp")
    lay_out(given.film, length_of(given.film), given.folder / "contact-sheet.webp")
    print(f"{given.folder}: the animation has {size_bytes:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
