"""The size at which a model draws a still, and how that becomes the size that is ordered."""

from __future__ import annotations

import math

from PIL import Image


def drawn_size(width_px: int, height_px: int, multiple_px: int, pixels_max: int) -> tuple[int, int]:
    """The size to draw at: the order's proportions, within `pixels_max`, both sides a multiple."""
    scale = min(1.0, math.sqrt(pixels_max / (width_px * height_px)))
    width, height = (
        max(multiple_px, math.ceil(side * scale / multiple_px) * multiple_px)
        for side in (width_px, height_px)
    )
    return width, height


def fitted(picture: Image.Image, width_px: int, height_px: int) -> Image.Image:
    """The picture in the ordered size: scaled to cover it, its middle kept."""
    scale = max(width_px / picture.width, height_px / picture.height)
    covering = (max(width_px, round(picture.width * scale)), max(height_px, round(picture.height * scale)))
    if covering != picture.size:
        picture = picture.resize(covering, Image.Resampling.LANCZOS)
    left, top = (picture.width - width_px) // 2, (picture.height - height_px) // 2
    return picture.crop((left, top, left + width_px, top + height_px))
