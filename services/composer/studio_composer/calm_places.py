"""Calm places: which of some rectangles of a picture has the least to see in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio_media.picture import Plane

# Rain and grain are gone in means of squares of a fortieth of the shorter side; a head is not.
_SQUARES_A_SIDE = 40
# The first is left only for one that is much calmer.
_CALMER_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


def calmest(pictures: Sequence[Plane], boxes: Sequence[Box]) -> Box:
    """The first box, or another in which the luma of all these pictures, of one size, varies far less."""
    first, *others = boxes
    wanted = _CALMER_SHARE * _unrest(pictures, first)
    return next((box for box in others if _unrest(pictures, box) < wanted), first)


def _unrest(pictures: Sequence[Plane], box: Box) -> float:
    """The most that means of squares spread, of the pictures."""
    return max(_spread(picture, box) for picture in pictures)


def _spread(picture: Plane, box: Box) -> float:
    part = picture[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]
    side_px = max(1, min(picture.shape) // _SQUARES_A_SIDE)
    size = (max(2, part.shape[1] // side_px), max(2, part.shape[0] // side_px))
    means = np.asarray(Image.fromarray(np.ascontiguousarray(part)).resize(size, Image.Resampling.BOX))
    return float(np.ptp(means.astype(np.float32)))
