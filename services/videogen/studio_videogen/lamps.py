"""Lights that are not steady, laid on a clip's frames: flames that flicker, windows that go dark or lit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_media.picture import Planes
from studio_videogen.life import flame, window
from studio_videogen.path import View
from studio_videogen.still import Light
from studio_videogen.veil import GREY_LEVEL, Window

Shares = NDArray[np.float32]

FLAME_LEVELS = 16.0
MASK_SIDE_PX = 128
# Of a lit window's luma and colour, what remains of them in a dark one.
DARK_LUMA, DARK_CHROMA = 0.42, 0.35


class Lamp:
    """One light of a layer."""

    def __init__(self, light: Light, place: int, seed: int) -> None:
        self._light, self._place, self._seed = light, place, seed

    def on(self, picture: Planes, view: View, frame: Window, seconds: float) -> None:
        """Change a frame by it; `view` is that of its layer."""
        if self._light.kind == "FLAME":
            level = flame(seconds, self._place, self._seed)
            self._flicker(picture, self._box_in(view), frame, level)
        elif self._light.kind == "WINDOW":
            dark = 1.0 - window(seconds, self._place, self._seed)
            if dark > 0.0:
                self._darken(picture, self._box_in(view), frame, dark)

    def _box_in(self, view: View) -> tuple[float, float, float, float]:
        """Its sides in a frame."""
        left, top, width, height = self._light.box
        first = ((left - view.left) / view.step, (top - view.top) / view.step)
        return (*first, first[0] + width / view.step, first[1] + height / view.step)

    def _flicker(
        self, picture: Planes, box: tuple[float, float, float, float], frame: Window, level: float
    ) -> None:
        where = _even(box).within(frame)
        if where.is_empty:
            return
        across, down = _distances(box, where)
        near = np.maximum(1.0 - across[None, :] ** 2 - down[:, None] ** 2, 0.0)
        glow = near * near * np.float32(FLAME_LEVELS * abs(level))
        # Dithered by halves of a level over the frame, the rings of an 8-bit glow don't show.
        change = (glow + _dither(glow.shape)).astype(np.uint8)
        luma = where.of(picture.y)
        luma[:] = cv2.add(luma, change) if level > 0 else cv2.subtract(luma, change)

    def _darken(
        self, picture: Planes, box: tuple[float, float, float, float], frame: Window, dark: float
    ) -> None:
        where = _even(box).within(frame)
        if where.is_empty:
            return
        cover = _covered(box[1], box[3], where.top, where.bottom)[:, None] * _covered(
            box[0], box[2], where.left, where.right
        )
        luma = where.of(picture.y)
        luma[:] = np.rint(luma * (1.0 - cover * np.float32(dark * (1.0 - DARK_LUMA)))).astype(np.uint8)
        half = (cover[::2, ::2] + cover[1::2, 1::2]) * np.float32(0.5 * dark * (1.0 - DARK_CHROMA))
        for plane in (picture.u, picture.v):
            chroma = where.of(plane, 2)
            chroma[:] = np.rint(chroma + (GREY_LEVEL - chroma.astype(np.float32)) * half).astype(np.uint8)


def _even(box: tuple[float, float, float, float]) -> Window:
    left, top, right, bottom = box
    return Window(
        int(np.floor(left / 2)) * 2,
        int(np.floor(top / 2)) * 2,
        int(np.ceil(right / 2)) * 2,
        int(np.ceil(bottom / 2)) * 2,
    )


def _distances(box: tuple[float, float, float, float], where: Window) -> tuple[Shares, Shares]:
    """How far columns and rows are from the box's middle, in halves of its sides."""
    left, top, right, bottom = box
    columns = np.arange(where.left, where.right, dtype=np.float32) + np.float32(0.5)
    rows = np.arange(where.top, where.bottom, dtype=np.float32) + np.float32(0.5)
    across = (columns - np.float32((left + right) / 2)) / np.float32(max(1.0, (right - left) / 2))
    down = (rows - np.float32((top + bottom) / 2)) / np.float32(max(1.0, (bottom - top) / 2))
    return across, down


def _covered(first: float, last: float, start: int, stop: int) -> Shares:
    """How much of each pixel lies between two places."""
    edges = np.clip(np.arange(start, stop + 1, dtype=np.float32), first, last)
    return np.asarray(np.diff(edges), dtype=np.float32)


def _dither(shape: tuple[int, ...]) -> Shares:
    """An even pattern of four shares of a level."""
    pattern = np.array([[0.125, 0.625], [0.875, 0.375]], np.float32)
    return np.tile(pattern, (shape[0] // 2, shape[1] // 2))
