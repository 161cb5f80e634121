"""A plane scaled beforehand for a camera that goes straight and keeps its distance.

Along its way such a camera differs from frame to frame by a part of a pixel alone. So a picture for each of a
few parts of a pixel is made once, and what a frame shows is a piece of one of them.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Protocol

import numpy as np

from studio_videogen.orders import Move
from studio_videogen.path import View
from studio_videogen.sheet import Plane, Sheet

# Places are an eighth of a pixel apart, so a frame is off by 0.036 px rms: too little to be seen as shake.
PARTS_A_PIXEL = 8
# A window of whole pixel pairs may reach beyond its picture by so much.
PAD_PX = 8


class Sweep(Enum):
    """Along which side of the picture a camera goes."""

    ACROSS = "across"
    DOWN = "down"


_SWEEPS = {
    Move.PAN_LEFT: Sweep.ACROSS,
    Move.PAN_RIGHT: Sweep.ACROSS,
    Move.TILT_UP: Sweep.DOWN,
    Move.TILT_DOWN: Sweep.DOWN,
}


class Looks(Protocol):
    """What shows a view of a plane."""

    def seen(self, view: View, width_px: int, height_px: int) -> Plane:
        """The view's pixels, (height_px, width_px); not to be changed."""


def looks_of(plane: Plane, sweep: Sweep | None) -> Looks:
    """Lay a plane out for a camera that sweeps so, or goes as it likes."""
    return Sheet(plane) if sweep is None else Rail(plane, sweep)


def sweep_of(move: Move) -> Sweep | None:
    """The way of a move that goes straight at one distance; None of others."""
    return _SWEEPS.get(move)


class Rail:
    """One uint8 plane; its pictures are made when a frame asks for them first, and kept for one way."""

    def __init__(self, plane: Plane, sweep: Sweep) -> None:
        self._sheet = Sheet(plane)
        self._is_across = sweep is Sweep.ACROSS
        self._side_px = plane.shape[1 if self._is_across else 0]
        self._way = (0.0, 0.0, 0)
        self._pictures: dict[int, Plane] = {}

    def seen(self, view: View, width_px: int, height_px: int) -> Plane:
        """The view's pixels, (height_px, width_px), each at most 1/16 of a pixel off; not to be changed."""
        along = view.left if self._is_across else view.top
        count, breadth_px = (width_px, height_px) if self._is_across else (height_px, width_px)
        first_px, part = divmod(
            round(along / view.step * PARTS_A_PIXEL) + PAD_PX * PARTS_A_PIXEL, PARTS_A_PIXEL
        )
        length_px = math.ceil(self._side_px / view.step) + 2 * PAD_PX
        if first_px < 0 or first_px + count > length_px:
            return self._sheet.seen(view, width_px, height_px)
        picture = self._picture(part, view, length_px, breadth_px)
        pixels = slice(first_px, first_px + count)
        return picture[:, pixels] if self._is_across else picture[pixels]

    def _picture(self, part: int, view: View, length_px: int, breadth_px: int) -> Plane:
        way = (view.step, view.top if self._is_across else view.left, breadth_px)
        if way != self._way:
            self._way = way
            self._pictures.clear()
        if part not in self._pictures:
            begins = (part / PARTS_A_PIXEL - PAD_PX) * view.step
            self._pictures[part] = np.ascontiguousarray(
                self._sheet.seen(View(begins, view.top, view.step), length_px, breadth_px)
                if self._is_across
                else self._sheet.seen(View(view.left, begins, view.step), breadth_px, length_px)
            )
        return self._pictures[part]
