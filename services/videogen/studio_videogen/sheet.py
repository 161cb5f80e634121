"""A picture's plane laid out for many looks: what a view shows of it, by linear interpolation.

OpenCV's resize is several times as fast as its warp, but starts at a whole source pixel. A view rarely
does; yet its grid of pixels, continued to the left and above, nearly always meets one. So the resize
starts there, and what lies before the view is cut off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_videogen.path import View

Plane = NDArray[np.uint8]

# A step of the tables by which fixed-point warps interpolate; far less than an eye sees shake.
OFF_PX = 1 / 32
OFF_MAX_PX = 1 / 16
# How much dearer a pixel of a warp is.
WARP_COST = 3.5
# A lead costs time: further out, the warp is no dearer.
LEAD_MAX_PX = 96
MARGIN_PX = 128
_LEADS = np.arange(LEAD_MAX_PX + 1)
# Nearly all starts are found among the first few; rather than none, one that is less exact will do.
_FEW_PX = 48
_TRIES = ((_LEADS[:_FEW_PX], OFF_PX), (_LEADS[_FEW_PX:], OFF_PX), (_LEADS, OFF_MAX_PX))
# A frame asks the same for each of a layer's planes.
STARTS_MAX = 256


@dataclass(frozen=True, slots=True)
class Start:
    """The first pixel of a resize along one side: whole in the source, `lead_px` pixels before the view."""

    source_px: int
    lead_px: int


@lru_cache(maxsize=STARTS_MAX)
def start_of(first: float, step: float) -> Start | None:
    """The nearest start from which pixels `step` apart meet `first`, in source pixels; None without one."""
    for leads, off_px in _TRIES:
        places = first - leads * step
        wholes = np.rint(places)
        fits = np.abs(places - wholes) <= off_px
        near = int(fits.argmax())
        # Places only go down: behind one before the plane lie no others.
        if fits[near]:
            return Start(int(wholes[near]), int(leads[near])) if wholes[near] >= 0 else None
    return None


class Sheet:
    """One uint8 plane (height, width), its edge pixels continued so that a resize may start outside."""

    def __init__(self, plane: Plane) -> None:
        sides = (MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        self._plane = np.asarray(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_REPLICATE), dtype=np.uint8)

    def seen(self, view: View, width_px: int, height_px: int) -> Plane:
        """The view's pixels, (height_px, width_px), each at most 1/16 source pixel off its place."""
        left, top = view.left + MARGIN_PX, view.top + MARGIN_PX
        across, down = start_of(left, view.step), start_of(top, view.step)
        if across is None or down is None:
            return self._warped(left, top, view.step, width_px, height_px)
        right_px, bottom_px = across.lead_px + width_px, down.lead_px + height_px
        if right_px * bottom_px > WARP_COST * width_px * height_px:
            return self._warped(left, top, view.step, width_px, height_px)
        resized = self._resized(across.source_px, down.source_px, view.step, right_px, bottom_px)
        return resized[down.lead_px : bottom_px, across.lead_px : right_px]

    def _resized(self, left_px: int, top_px: int, step: float, width_px: int, height_px: int) -> Plane:
        """At least so many pixels, `step` source pixels wide, from a whole source pixel on."""
        columns = slice(left_px, left_px + int(width_px * step) + 2)
        rows = slice(top_px, top_px + int(height_px * step) + 2)
        resized = cv2.resize(self._plane[rows, columns], None, fx=1 / step, fy=1 / step)
        return np.asarray(resized, dtype=np.uint8)

    def _warped(self, left: float, top: float, step: float, width_px: int, height_px: int) -> Plane:
        middle = 0.5 * step - 0.5
        matrix = np.array([[step, 0.0, left + middle], [0.0, step, top + middle]], dtype=np.float64)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (width_px, height_px)
        warped = cv2.warpAffine(self._plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, dtype=np.uint8)
