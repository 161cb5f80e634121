"""What moves in the air: a layer that goes on at its edges as it began at the opposite ones."""

from __future__ import annotations

import hashlib
import math

import cv2
import numpy as np

from studio_media.picture import Planes, planes_from_rgb
from studio_videogen.path import View
from studio_videogen.still import Drift, Pixels
from studio_videogen.veil import OPAQUE, Plane, Veil, Window

SWAY_HZ = 0.21
# Faster than so many pixels a frame, nobody sees a fraction of one.
FAST_PX = 6.0
# Fast things are drawn on twos, as animators do: the eye sees them fall, and half as many pictures are news.
FAST_EVERY_FRAMES = 2
PERMILLE = 1_000
# Of a pixel of four bytes, alpha last.
_COLOUR_BITS = np.frombuffer(b"\xff\xff\xff\x00", np.uint32)[0]

Tone = tuple[int, int, int]


class Tile:
    """One layer of weather at the size of the frames."""

    def __init__(self, pixels: Pixels, drift: Drift, width_px: int, height_px: int, rate_hz: float) -> None:
        tone = _tone(pixels)
        self._veil = Veil.of(_scaled(pixels if tone is None else _toned(pixels, tone), height_px))
        rows = np.flatnonzero((self._veil.rest < OPAQUE).any(axis=1))
        self._rows = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
        self._tone = None if tone is None else _levels_of(tone)
        if self._tone is not None:
            self._veil = _tinted(self._veil.rest, self._veil.rest_half, self._tone)
        self._drift = drift
        self._size = (width_px, height_px)
        speed_px = math.hypot(drift.across, drift.down) / PERMILLE * height_px / rate_hz
        self._is_whole = speed_px > FAST_PX or drift.cut_every_ms > 0
        self._rate_hz = rate_hz
        self._endless = [] if self._is_whole else self._laid_out()

    def _laid_out(self) -> list[Endless]:
        """What looks between pixels need: of a layer of one colour, how much it lets through alone."""
        width_px, height_px = self._size
        whole = [self._veil.rest] if self._tone is not None else [self._veil.y, self._veil.rest]
        half = [] if self._tone is not None else [self._veil.u, self._veil.v, self._veil.rest_half]
        return [
            *(Endless(plane, width_px, height_px) for plane in whole),
            *(Endless(plane, width_px // 2, height_px // 2) for plane in half),
        ]

    def over(self, picture: Planes, view: View, frame: int, window: Window) -> None:
        """Lay what falls in a frame over a window of it."""
        if self._is_whole:
            frame -= frame % FAST_EVERY_FRAMES
        across, down = self._offset(view, frame / self._rate_hz)
        window = self._filled(down).within(window)
        if window.is_empty:
            return
        left, top = across + window.left, down + window.top
        if self._is_whole:
            self._laid(picture, int(left), int(top), window)
        else:
            self._seen(left, top, window).over(picture, window)

    def _offset(self, view: View, seconds: float) -> tuple[float, float]:
        """Where in the layer a frame begins, in pixels of the frame."""
        high = self._size[1]
        swing = self._drift.sway / PERMILLE * high * math.sin(math.tau * SWAY_HZ * seconds)
        across = view.left / view.step - self._drift.across / PERMILLE * high * seconds - swing
        down = view.top / view.step - self._drift.down / PERMILLE * high * seconds
        if self._drift.cut_every_ms:
            cut = int(seconds * PERMILLE) // self._drift.cut_every_ms
            digest = hashlib.sha256(f"cut {cut}".encode()).digest()
            across += int.from_bytes(digest[:4], "big") / 2**32 * self._veil.y.shape[1]
        if self._is_whole:
            return (2 * round(across / 2), 2 * round(down / 2))
        return (across, down)

    def _filled(self, down: float) -> Window:
        """The rows of a frame that may show something of a layer which does not fall."""
        width_px, height_px = self._size
        if self._drift.down:
            return Window(0, 0, width_px, height_px)
        first, last = self._rows
        return Window(0, int(first - down) - 2, width_px, int(last - down) + 2).whole_pairs.within(
            Window(0, 0, width_px, height_px)
        )

    def _laid(self, picture: Planes, left: int, top: int, window: Window) -> None:
        """Lay it over a window piece by piece, each from one part of the layer, which is not copied."""
        high, wide = self._veil.y.shape
        for row, down, rows in _spans(top % high, window.size[1], high):
            for column, across, columns in _spans(left % wide, window.size[0], wide):
                part = self._veil.part(Window(column, row, column + columns, row + rows))
                at = Window(across, down, across + columns, down + rows)
                part.over(picture, at.moved(window.left, window.top))

    def _seen(self, across: float, down: float, window: Window) -> Veil:
        width_px, height_px = window.size
        half = (width_px // 2, height_px // 2)
        if self._tone is not None:
            rest = self._endless[0].seen(across, down, (width_px, height_px))
            rest_half = np.asarray(cv2.resize(rest, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            return _tinted(rest, rest_half, self._tone)
        y, rest = (plane.seen(across, down, (width_px, height_px)) for plane in self._endless[:2])
        u, v, rest_half = (plane.seen(across / 2, down / 2, half) for plane in self._endless[2:])
        return Veil(y, u, v, rest, rest_half)


class Endless:
    """A plane that goes on at its edges as it began at the opposite ones, laid out for looks of a size."""

    def __init__(self, plane: Plane, width_px: int, height_px: int) -> None:
        self._high_px, self._wide_px = plane.shape
        more = (0, height_px + 1, 0, width_px + 1)
        self._plane = np.asarray(cv2.copyMakeBorder(plane, *more, cv2.BORDER_WRAP), dtype=np.uint8)

    def seen(self, across: float, down: float, size: tuple[int, int]) -> Plane:
        """So much of it from a place on, width and height, by linear interpolation."""
        middle = (across % self._wide_px + (size[0] - 1) / 2, down % self._high_px + (size[1] - 1) / 2)
        return np.asarray(cv2.getRectSubPix(self._plane, size, middle), dtype=np.uint8)


def _scaled(pixels: Pixels, height_px: int) -> Pixels:
    """The layer at the frames' height, its width even."""
    width_px = round(pixels.shape[1] * height_px / pixels.shape[0] / 2) * 2
    scaled = cv2.resize(pixels, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, dtype=np.uint8)


def _tone(pixels: Pixels) -> Pixels | None:
    """The one colour of all that is not clear, (3,); None where there are several."""
    seen = np.flatnonzero(cv2.extractChannel(pixels, 3))
    if not len(seen):
        return None
    colours = np.ascontiguousarray(pixels).view(np.uint32).reshape(-1)[seen] & _COLOUR_BITS
    if (colours != colours[0]).any():
        return None
    return np.asarray(colours[:1].view(np.uint8)[:3])


def _toned(pixels: Pixels, tone: Pixels) -> Pixels:
    """The layer in this colour also where it is clear, else it would be darker at its edges."""
    filled = np.empty_like(pixels)
    cv2.merge(
        [*(np.full(pixels.shape[:2], level, np.uint8) for level in tone), cv2.extractChannel(pixels, 3)],
        filled,
    )
    return filled


def _levels_of(tone: Pixels) -> Tone:
    """A colour as luma and chroma."""
    planes = planes_from_rgb(np.full((2, 2, 3), tone, dtype=np.uint8))
    return (int(planes.y.flat[0]), int(planes.u.flat[0]), int(planes.v.flat[0]))


def _tinted(rest: Plane, rest_half: Plane, tone: Tone) -> Veil:
    """What lets so much of those behind through, in one colour."""
    y, u, v = (
        np.asarray(cv2.convertScaleAbs(plane, alpha=-level / OPAQUE, beta=level), dtype=np.uint8)
        for plane, level in zip((rest, rest_half, rest_half), tone, strict=True)
    )
    return Veil(y, u, v, rest, rest_half)


def _spans(start: int, count: int, side: int) -> list[tuple[int, int, int]]:
    """The pieces of `count` pixels of a row from `start` on: their start, how many came before, how many."""
    spans, done = [], 0
    while done < count:
        taken = min(count - done, side - start)
        spans.append((start, done, taken))
        done, start = done + taken, 0
    return spans
