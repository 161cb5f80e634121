"""Frames as they come from a model, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
Picture = NDArray[np.uint8]
Levels = NDArray[np.floating[Any]]

FLAT_LEVELS = 2.0
"""A frame whose levels vary by less than this, of 255, shows nothing."""

FROZEN_LEVELS = 0.1
"""Frames that differ by less than this from the first, on average, of 255, are one picture."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a window of footage, as a reason and in words."""

    reason: str
    text: str


EMPTY = Defect("EMPTY_CLIP", "The model drew frames without a picture in them")
FROZEN = Defect("FROZEN_CLIP", "The model gave back one picture that does not move")
SHORT = Defect("SHORT_CLIP", "The model gave back too few frames to go on from")


def defect_of(levels: Levels, still: Picture) -> Defect | None:
    """What is wrong with frames (count, height, width, 3) from 0 to 1 that were made of a still.

    A still that shows nothing itself may become frames that show nothing.
    """
    if levels.ndim != 4 or len(levels) < 2:
        return SHORT
    if not bool(np.isfinite(levels).all()):
        return EMPTY
    if float(still.std()) >= FLAT_LEVELS and float(levels.std(axis=(1, 2, 3)).min()) * 255 < FLAT_LEVELS:
        return EMPTY
    moved = max(float(np.abs(frame - levels[0]).mean()) for frame in levels[1:])
    return FROZEN if moved * 255 < FROZEN_LEVELS else None


def frames_of(levels: Levels) -> Frames:
    """Levels from 0 to 1 as bytes."""
    return np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)
