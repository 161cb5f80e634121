"""A brand's logo: as large as its place, and in a corner of the pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from studio_composer.looks import Brand
from studio_composer.overlays import Overlay, overlay_of_picture

CORNER_MARGIN_SHARE = 0.04
"""Between the logo and the edges, of the picture's shorter side."""
CORNER_HEIGHT_SHARE = 0.25
"""The most of the picture's height that a logo in a corner takes."""


def opened_logo(path: Path) -> Image.Image:
    """The logo, RGBA, as jobs has encoded it. Raises OSError for a file that is none."""
    with Image.open(path, formats=["PNG"]) as image:
        return image.convert("RGBA")


def fitted(logo: Image.Image, wide_px: float, high_px: float) -> Image.Image:
    """The logo as large as it can be within a rectangle, with even sides."""
    share = min(wide_px / logo.width, high_px / logo.height)
    size = max(2, round(logo.width * share / 2) * 2), max(2, round(logo.height * share / 2) * 2)
    return logo.resize(size, Image.Resampling.LANCZOS)


def corner_overlay(logo: Image.Image, brand: Brand, width_px: int, height_px: int) -> Overlay | None:
    """The logo in its corner; None for a brand that has it in none."""
    corner = brand.watermark_corner
    if corner is None:
        return None
    wide_px = width_px * brand.watermark_width_permille / 1_000
    small = fitted(logo, wide_px, height_px * CORNER_HEIGHT_SHARE)
    margin_px = round(min(width_px, height_px) * CORNER_MARGIN_SHARE)
    left_px = margin_px if corner.is_left else width_px - margin_px - small.width
    top_px = margin_px if corner.is_top else height_px - margin_px - small.height
    rgba = np.asarray(small, dtype=np.uint8)
    return overlay_of_picture(rgba, brand.watermark_opacity_percent / 100, left_px // 2 * 2, top_px // 2 * 2)
