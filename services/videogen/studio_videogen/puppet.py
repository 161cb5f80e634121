"""A figure's head in its layer, moved a little and with another face, without a seam at the neck."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_videogen.life import Pose
from studio_videogen.path import View
from studio_videogen.still import Head, Strip
from studio_videogen.veil import OPAQUE, Plane, Veil, VeilSheet, Window

Weights = NDArray[np.float32]

# How far about a head its movement fades out, shares of its height; the neck gives way below it.
SIDE_SHARE, TOP_SHARE, NECK_SHARE = 0.45, 0.3, 0.5
NECK_FROM = 0.94
FADED_SHARE = 0.9
EDGE_PX = 4


@dataclass(frozen=True, slots=True)
class _Face:
    """A head with one of its faces, as it is and laid out for looks."""

    veil: Veil
    sheet: VeilSheet


@dataclass(frozen=True, slots=True)
class Piece:
    """What a window of a frame shows of a layer."""

    window: Window
    veil: Veil


class Puppet:
    """One head of a layer whose veil begins at a pixel of the still."""

    def __init__(self, head: Head, layer: Veil, bounds: Window, *, alone: bool) -> None:
        """`alone` says that nothing is beside the head in its layer; else it may stand clear of the rest."""
        left, top, width, height = head.box
        self._head = head
        self._alone = False
        self._room = _even(
            left - SIDE_SHARE * height,
            top - TOP_SHARE * height,
            left + width + SIDE_SHARE * height,
            top + height * (1 + NECK_SHARE),
        ).within(bounds)
        self._bounds = bounds
        self._faces: dict[tuple[int, bool], _Face] = {}
        if not self._room.is_empty:
            self._base = layer.cropped(self._room.moved(-bounds.left, -bounds.top))
            self._alone = alone or self._stands_clear()

    def pieces(self, window: Window, view: View, pose: Pose) -> list[Piece]:
        """The head in its pose, in place of what a window of a frame would show of its layer there."""
        if self._room.is_empty:
            return []
        place = self._place(view).within(window)
        if place.is_empty:
            return []
        height = self._head.box[3]
        shift, face = (pose.across * height, pose.down * height), self._face(pose)
        neck = self._neck(view, place)
        stiff = Window(place.left, place.top, place.right, neck)
        pliant = Window(place.left, neck, place.right, place.bottom)
        pieces = [] if stiff.is_empty else [Piece(stiff, self._shifted(view, stiff, shift, face))]
        return (
            pieces
            if pliant.is_empty
            else [*pieces, Piece(pliant, self._bent(view, pliant, shift, face.veil))]
        )

    def _stands_clear(self) -> bool:
        """Whether nothing crosses the rim of the room above the neck, where a stiff head would tear it."""
        _, top, _, height = self._head.box
        rows = int(top + NECK_FROM * height - self._room.top)
        rim, rest = 2 * EDGE_PX, self._base.rest
        sides = (rest[:rim], rest[:rows, :rim], rest[:rows, -rim:])
        return all(bool((side == OPAQUE).all()) for side in sides)

    def _neck(self, view: View, place: Window) -> int:
        """Down to which row of a frame the head moves as one; where others would be torn, no row does."""
        if not self._alone:
            return place.top
        _, top, _, height = self._head.box
        row = int((top + NECK_FROM * height - view.top) / view.step) // 2 * 2
        return max(place.top, min(place.bottom, row))

    def _shifted(self, view: View, place: Window, shift: tuple[float, float], face: _Face) -> Veil:
        return face.sheet.seen(View(view.left - shift[0], view.top - shift[1], view.step), place)

    def _place(self, view: View) -> Window:
        """Whole pixel pairs of the frame within the room, a little off its rim."""
        room, edge = self._room, EDGE_PX
        first = ((room.left + edge - view.left) / view.step, (room.top + edge - view.top) / view.step)
        last = ((room.right - edge - view.left) / view.step, (room.bottom - edge - view.top) / view.step)
        left, top = (-(-int(side) // 2) * 2 for side in first)
        right, bottom = (int(side) // 2 * 2 for side in last)
        return Window(left, top, right, bottom)

    def _face(self, pose: Pose) -> _Face:
        mouth = min(pose.mouth, self._head.mouth.count - 1) if self._head.mouth else 0
        key = (mouth, pose.blinks)
        if key not in self._faces:
            drawn = self._drawn(*key)
            self._faces[key] = _Face(drawn, VeilSheet(drawn, self._room.left, self._room.top))
        return self._faces[key]

    def _drawn(self, mouth: int, blinks: bool) -> Veil:
        face = Veil(*(plane.copy() for plane, _ in self._base.planes))
        strips = [(self._head.mouth, mouth), (self._head.eyes if blinks else None, 0)]
        for strip, place in strips:
            if strip is not None:
                self._paste(face, strip, place)
        return face

    def _paste(self, face: Veil, strip: Strip, place: int) -> None:
        pixels = strip.moment(place)
        high, wide = pixels.shape[:2]
        at = Window(strip.left_px, strip.top_px, strip.left_px + wide, strip.top_px + high)
        seen = at.within(self._room)
        if seen.is_empty:
            return
        piece = Veil.of(np.ascontiguousarray(pixels)).cropped(seen.moved(-at.left, -at.top))
        face.put(piece, seen.moved(-self._room.left, -self._room.top))

    def _bent(self, view: View, place: Window, shift: tuple[float, float], face: Veil) -> Veil:
        xs = view.left + (np.arange(place.left, place.right, dtype=np.float32) + 0.5) * view.step
        ys = view.top + (np.arange(place.top, place.bottom, dtype=np.float32) + 0.5) * view.step
        whole = _maps(xs, ys, self._weights(xs, ys), shift, self._room)
        half = tuple(
            (axis[::2, ::2] + axis[1::2, 1::2]) * np.float32(0.25) - np.float32(0.25) for axis in whole
        )
        y, rest = _sampled((face.y, face.rest), whole)
        u, v, rest_half = _sampled((face.u, face.v, face.rest_half), (half[0], half[1]))
        return Veil(y, u, v, rest, rest_half)

    def _weights(self, xs: Weights, ys: Weights) -> tuple[Weights, Weights]:
        """How much of the head's movement a column and a row takes part in."""
        left, top, width, height = self._head.box
        beside = np.maximum(left - xs, xs - (left + width)) / (SIDE_SHARE * height * FADED_SHARE)
        under = (ys - (top + height * NECK_FROM)) / (NECK_SHARE * height * FADED_SHARE)
        if self._alone:
            return _eased(beside), _eased(under)
        over = (top - ys) / (TOP_SHARE * height * FADED_SHARE)
        return _eased(beside), _eased(np.maximum(over, under))


def _eased(off: Weights) -> Weights:
    """1 where nothing is off, 0 from one on, smooth between."""
    near = 1.0 - np.clip(off, 0.0, 1.0)
    return np.asarray(near * near * (3.0 - 2.0 * near), dtype=np.float32)


def _maps(
    xs: Weights, ys: Weights, weights: tuple[Weights, Weights], moved: tuple[float, float], room: Window
) -> tuple[Weights, Weights]:
    by_row, by_column = weights[1][:, None], weights[0][None, :]
    from_x = (by_row * np.float32(-moved[0])) * by_column
    from_x += xs[None, :] - np.float32(room.left + 0.5)
    from_y = (by_row * np.float32(-moved[1])) * by_column
    from_y += ys[:, None] - np.float32(room.top + 0.5)
    return from_x, from_y


def _sampled(planes: tuple[Plane, ...], maps: tuple[Weights, Weights]) -> tuple[Plane, ...]:
    """Planes of one size, one by one: OpenCV takes pixels of two or three levels at a third of the speed."""
    taken = (
        cv2.remap(plane, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for plane in planes
    )
    return tuple(np.asarray(plane, dtype=np.uint8) for plane in taken)


def _even(left: float, top: float, right: float, bottom: float) -> Window:
    return Window(int(left) // 2 * 2, int(top) // 2 * 2, int(right) // 2 * 2 + 2, int(bottom) // 2 * 2 + 2)
