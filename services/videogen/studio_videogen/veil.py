"""A layer made ready to be laid over others: premultiplied planes, and how much of those behind remains."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_media.picture import Planes, planes_from_rgb
from studio_videogen.path import View
from studio_videogen.rail import Sweep, looks_of

Plane = NDArray[np.uint8]
Pixels = NDArray[np.uint8]

OPAQUE = 255
BLACK_LEVEL = 16
GREY_LEVEL = 128


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels of a frame, even on all sides: columns left..right-1, rows top..bottom-1."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return (self.right - self.left, self.bottom - self.top)

    @property
    def area_px(self) -> int:
        """How many pixels it has."""
        wide, high = self.size
        return wide * high

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.right <= self.left or self.bottom <= self.top

    def of(self, plane: Plane, halves: int = 1) -> Plane:
        """Its part of a plane; `halves` is 2 for one of half the frame's size."""
        rows = slice(self.top // halves, self.bottom // halves)
        return plane[rows, self.left // halves : self.right // halves]

    def within(self, outer: Window) -> Window:
        """What it has in common with another."""
        return Window(
            max(self.left, outer.left),
            max(self.top, outer.top),
            min(self.right, outer.right),
            min(self.bottom, outer.bottom),
        )

    @property
    def whole_pairs(self) -> Window:
        """The smallest window of even sides about it."""
        return Window(
            self.left // 2 * 2, self.top // 2 * 2, -(-self.right // 2) * 2, -(-self.bottom // 2) * 2
        )

    def moved(self, across: int, down: int) -> Window:
        """It at another place."""
        return Window(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def without(self, hole: Window) -> list[Window]:
        """What is left of it beside another: above, below, to the left, to the right."""
        hole = hole.within(self)
        if hole.is_empty:
            return [self]
        rest = (
            Window(self.left, self.top, self.right, hole.top),
            Window(self.left, hole.bottom, self.right, self.bottom),
            Window(self.left, hole.top, hole.left, hole.bottom),
            Window(hole.right, hole.top, self.right, hole.bottom),
        )
        return [part for part in rest if not part.is_empty]


@dataclass(frozen=True, slots=True)
class Veil:
    """Premultiplied luma and chroma; `rest` and `rest_half` say how much of those behind remains, 0..255."""

    y: Plane
    u: Plane
    v: Plane
    rest: Plane
    rest_half: Plane

    @classmethod
    def of(cls, pixels: Pixels) -> Veil:
        """Of straight RGBA pixels (height, width, 4), both sides even."""
        alpha = np.asarray(cv2.extractChannel(pixels, 3), dtype=np.uint8)
        straight = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB)
        rgb = cv2.multiply(straight, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / OPAQUE)
        planes = planes_from_rgb(np.asarray(rgb, dtype=np.uint8))
        size = (alpha.shape[1] // 2, alpha.shape[0] // 2)
        half = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return cls(
            _shifted(planes.y, alpha, BLACK_LEVEL),
            _shifted(planes.u, half, GREY_LEVEL),
            _shifted(planes.v, half, GREY_LEVEL),
            np.asarray(cv2.bitwise_not(alpha), dtype=np.uint8),
            np.asarray(cv2.bitwise_not(half), dtype=np.uint8),
        )

    @property
    def planes(self) -> tuple[tuple[Plane, int], ...]:
        """All of its planes, each with how many of the frame's pixels one of its spans on a side."""
        return ((self.y, 1), (self.u, 2), (self.v, 2), (self.rest, 1), (self.rest_half, 2))

    def part(self, window: Window) -> Veil:
        """A part of it, not copied."""
        return Veil(*(window.of(plane, halves) for plane, halves in self.planes))

    def cropped(self, window: Window) -> Veil:
        """A part of it, copied."""
        return Veil(*(np.ascontiguousarray(window.of(plane, halves)) for plane, halves in self.planes))

    def put(self, other: Veil, window: Window) -> None:
        """Replace a part of it."""
        for (plane, halves), (new, _) in zip(self.planes, other.planes, strict=True):
            window.of(plane, halves)[:] = new

    def over(self, picture: Planes, window: Window) -> None:
        """Lay it over a window of a picture, which has its size."""
        for under, over, rest, halves in (
            (picture.y, self.y, self.rest, 1),
            (picture.u, self.u, self.rest_half, 2),
            (picture.v, self.v, self.rest_half, 2),
        ):
            part = window.of(under, halves)
            cv2.add(cv2.multiply(part, rest, scale=1 / OPAQUE), over, dst=part)


def _shifted(plane: Plane, alpha: Plane, level: int) -> Plane:
    """Levels whose zero lies at `level` where opaque, and at 0 where clear."""
    kept = plane.astype(np.int16) - level
    kept += (alpha.astype(np.int16) * level + OPAQUE // 2) // OPAQUE
    return np.clip(kept, 0, OPAQUE).astype(np.uint8)


class VeilSheet:
    """A veil laid out for many looks; it begins at a pixel of the still, and goes on beyond its edges."""

    def __init__(self, veil: Veil, left_px: int, top_px: int, sweep: Sweep | None = None) -> None:
        self._sheets = tuple((looks_of(plane, sweep), halves) for plane, halves in veil.planes)
        self._left_px, self._top_px = left_px, top_px
        self._slides = sweep is not None

    @property
    def slides(self) -> bool:
        """Whether windows of one size, frame after frame, cost next to nothing."""
        return self._slides

    def seen(self, view: View, window: Window) -> Veil:
        """What a window of a frame shows of it, when the frame has this view of the still."""
        y, u, v = self.colours(view, window)
        return Veil(y, u, v, *self.rests(view, window))

    def colours(self, view: View, window: Window) -> tuple[Plane, Plane, Plane]:
        """The luma and chroma of that."""
        y, u, v = (self._seen(place, view, window) for place in range(3))
        return (y, u, v)

    def rests(self, view: View, window: Window) -> tuple[Plane, Plane]:
        """How much remains there of what lies behind."""
        return (self._seen(3, view, window), self._seen(4, view, window))

    def _seen(self, place: int, view: View, window: Window) -> Plane:
        sheet, halves = self._sheets[place]
        left = view.left + window.left * view.step - self._left_px
        top = view.top + window.top * view.step - self._top_px
        wide, high = window.size
        return sheet.seen(View(left / halves, top / halves, view.step), wide // halves, high // halves)
