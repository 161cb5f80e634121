"""Pictures of the web studio on four sheets, dark and light, desktop and phone, for the docs.

    python -m bench.web.sheets PICTURES FOLDER

PICTURES is what `python -m bench.web.pictures` wrote. Writes web-pages-<light>-<size>.webp.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from PIL import Image

from bench.web.pictures import LIGHTS, SIZES

COLUMNS_AND_WIDTH_PX = {"desktop": (4, 420), "phone": (8, 210)}
GAP_PX = 8
GROUND = (120, 120, 120)
QUALITY = 72


def sheet_of(pictures: Sequence[Path], columns: int, width_px: int) -> Image.Image:
    """Rows of pictures of one shape. Raises ValueError for none."""
    shown = [Image.open(picture).convert("RGB") for picture in pictures]
    height_px = round(max(each.height * width_px / each.width for each in shown))
    rows = -(-len(shown) // columns)
    size = (columns * (width_px + GAP_PX) - GAP_PX, rows * (height_px + GAP_PX) - GAP_PX)
    sheet = Image.new("RGB", size, GROUND)
    for number, each in enumerate(shown):
        row, column = divmod(number, columns)
        small = each.resize((width_px, height_px), Image.Resampling.LANCZOS)
        sheet.paste(small, (column * (width_px + GAP_PX), row * (height_px + GAP_PX)))
    return sheet


def main(pictures: Path, folder: Path) -> None:
    """Write the four."""
    for light, size in product(LIGHTS, SIZES):
        found = sorted(pictures.glob(f"*-{light}-{size}.png"))
        sheet = sheet_of(found, *COLUMNS_AND_WIDTH_PX[size])
        sheet.save(folder / f"web-pages-{light}-{size}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    main(given.pictures, given.folder)
