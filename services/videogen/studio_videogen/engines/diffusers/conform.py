"""Footage of a model's rate and size, conformed to a shot's."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from enum import StrEnum
from fractions import Fraction

import cv2
import numpy as np

from studio_videogen.engines.diffusers.footage import Picture
from studio_videogen.engines.diffusers.interpolation import Interpolator

NEAR_RATES = Fraction(1, 20)
"""Footage whose rate is as near as this to the film's is shown frame for frame: nobody sees it."""


class Retiming(StrEnum):
    """What is shown between two frames of a model: their interpolation, or the nearer one."""

    INTERPOLATE = "interpolate"
    HOLD = "hold"


def step_of(native_hz: Fraction, film_hz: Fraction) -> Fraction:
    """How many frames of the footage one of the film goes on by."""
    step = native_hz / film_hz
    return Fraction(1) if abs(step - 1) <= NEAR_RATES else step


def frames_needed(length_frames: int, step: Fraction) -> int:
    """The frames of footage that so many of the film are made from."""
    return math.ceil((length_frames - 1) * step) + 1


def retimed(
    footage: Iterable[Picture], length_frames: int, step: Fraction, retiming: Retiming
) -> Iterator[Picture]:
    """Exactly `length_frames` pictures, from as many of the footage as they need; no more are taken."""
    if retiming is Retiming.HOLD:
        yield from _held(footage, length_frames, step)
        return
    frames = iter(footage)
    before, place, way = next(frames), 0, None
    after = next(frames, before) if frames_needed(length_frames, step) > 1 else before
    for number in range(length_frames):
        at = number * step
        while at > place + 1:
            before, after, place, way = after, next(frames, after), place + 1, None
        if at == place:
            yield before
        elif at == place + 1:
            yield after
        else:
            way = way or Interpolator(before, after)
            yield way.at(float(at - place))


def _held(footage: Iterable[Picture], length_frames: int, step: Fraction) -> Iterator[Picture]:
    frames = iter(footage)
    shown, place = next(frames), 0
    for number in range(length_frames):
        while place < round(number * step):
            shown, place = next(frames, shown), place + 1
        yield shown


def covering(picture: Picture, width_px: int, height_px: int) -> Picture:
    """The picture in another size: scaled to cover it, its middle kept."""
    high, wide = picture.shape[:2]
    scale = max(width_px / wide, height_px / high)
    size = max(width_px, round(wide * scale)), max(height_px, round(high * scale))
    if size != (wide, high):
        picture = np.asarray(
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC),
            dtype=np.uint8,
        )
    left, top = (size[0] - width_px) // 2, (size[1] - height_px) // 2
    return np.ascontiguousarray(picture[top : top + height_px, left : left + width_px])
