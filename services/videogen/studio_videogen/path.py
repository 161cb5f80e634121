"""Where the camera looks in each frame: eased, sub-pixel, and never past the picture's edge."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from studio_videogen.orders import ClipOrder, Move

HOLD_ZOOM_FROM = 1.03
HOLD_ZOOM_RATIO = 1.02
PUSH_ZOOM_FROM = 1.03
PUSH_ZOOM_RATIO = 1.13
SWEEP_ZOOM = 1.16
HANDHELD_ZOOM = 1.10
HANDHELD_WAVES_HZ = (0.23, 0.41, 0.97)
HANDHELD_WEIGHTS = (0.55, 0.33, 0.12)
EDGE_MARGIN_PX = 1.0
STRENGTH_MAX_PERMILLE = 2000


@dataclass(frozen=True, slots=True)
class View:
    """A window of the source: `left` and `top` in source pixels, `step` source pixels an output pixel."""

    left: float
    top: float
    step: float


@dataclass(frozen=True, slots=True)
class Aim:
    """A window by its zoom (1 is all of the picture) and its place in the slack, -1 to 1 each way."""

    zoom: float
    across: float = 0.0
    down: float = 0.0


Way = Callable[[float, float, float], Aim]
"""From eased time (0 to 1), strength (0 to 2) and seconds to an aim."""


def views(order: ClipOrder, source_width_px: int, source_height_px: int) -> list[View]:
    """One view a frame. Every view lies within the source, a pixel from its edges."""
    way = _way(order)
    strength = min(order.strength_permille, STRENGTH_MAX_PERMILLE) / 1000
    rate_hz = Fraction(order.rate_numerator, order.rate_denominator)
    last = max(1, order.length_frames - 1)
    aims = (
        way(eased(frame / last), strength, float(frame / rate_hz)) for frame in range(order.length_frames)
    )
    return [_view(aim, order, source_width_px, source_height_px) for aim in aims]


def eased(time: float) -> float:
    """Smoothstep: starts and stops gently."""
    return time * time * (3 - 2 * time)


def _way(order: ClipOrder) -> Way:
    if order.move is Move.HANDHELD:
        return _handheld(order.seed)
    return _WAYS[order.move]


def _zooming(start: float, ratio: float) -> Way:
    """A zoom whose speed looks even: geometric in time."""

    def way(time: float, strength: float, seconds: float) -> Aim:
        del seconds
        return Aim(start * ratio ** (time * strength))

    return way


def _pulling(time: float, strength: float, seconds: float) -> Aim:
    del seconds
    return Aim(PUSH_ZOOM_FROM * PUSH_ZOOM_RATIO ** ((1 - time) * strength))


def _sweeping(across: float, down: float) -> Way:
    def way(time: float, strength: float, seconds: float) -> Aim:
        del seconds
        reach = min(1.0, strength * 0.8) * (2 * time - 1)
        return Aim(SWEEP_ZOOM, across * reach, down * reach)

    return way


_WAYS: Mapping[Move, Way] = {
    Move.HOLD: _zooming(HOLD_ZOOM_FROM, HOLD_ZOOM_RATIO),
    Move.PUSH_IN: _zooming(PUSH_ZOOM_FROM, PUSH_ZOOM_RATIO),
    Move.PULL_OUT: _pulling,
    Move.PAN_LEFT: _sweeping(-1, 0),
    Move.PAN_RIGHT: _sweeping(1, 0),
    Move.TILT_UP: _sweeping(0, -1),
    Move.TILT_DOWN: _sweeping(0, 1),
}


def _handheld(seed: int) -> Way:
    """Slow waves of three rates, their phases by the seed; the weights sum to 1, so it stays in the slack."""
    digest = hashlib.sha256(f"handheld {seed}".encode()).digest()
    phases = [byte / 256 * math.tau for byte in digest[:6]]

    def sway(seconds: float, offset: int) -> float:
        waves = zip(HANDHELD_WAVES_HZ, HANDHELD_WEIGHTS, phases[offset : offset + 3], strict=True)
        return sum(weight * math.sin(math.tau * hz * seconds + phase) for hz, weight, phase in waves)

    def way(time: float, strength: float, seconds: float) -> Aim:
        del time
        reach = min(1.0, strength * 0.5)
        return Aim(HANDHELD_ZOOM, reach * sway(seconds, 0), reach * sway(seconds, 3))

    return way


def _view(aim: Aim, order: ClipOrder, source_width_px: int, source_height_px: int) -> View:
    usable_width, usable_height = (side - 2 * EDGE_MARGIN_PX for side in (source_width_px, source_height_px))
    step = min(usable_width / order.width_px, usable_height / order.height_px) / max(1.0, aim.zoom)
    slack_x = usable_width - order.width_px * step
    slack_y = usable_height - order.height_px * step
    return View(
        left=EDGE_MARGIN_PX + slack_x * (1 + aim.across) / 2,
        top=EDGE_MARGIN_PX + slack_y * (1 + aim.down) / 2,
        step=step,
    )
