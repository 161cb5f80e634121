"""The size at which a model draws, of the size that is ordered."""

from __future__ import annotations

import math


def drawn_size(width_px: int, height_px: int, multiple_px: int, pixels_max: int) -> tuple[int, int]:
    """The size to draw at: the order's proportions, within `pixels_max`, both sides a multiple."""
    scale = min(1.0, math.sqrt(pixels_max / (width_px * height_px)))
    width, height = (
        max(multiple_px, math.ceil(side * scale / multiple_px) * multiple_px)
        for side in (width_px, height_px)
    )
    return width, height
