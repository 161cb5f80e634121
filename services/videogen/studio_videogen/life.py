"""When heads move, mouths open, eyes shut and lights waver: from seeds and what is said, frame by frame."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

BLINK_SECONDS = 0.13
BLINK_EVERY_SECONDS = (1.8, 5.2)
SWAY_HZ = (0.11, 0.27, 0.43)
SWAY_WEIGHTS = (0.55, 0.3, 0.15)
# Shares of the head's height.
SWAY_ACROSS, SWAY_DOWN = 0.018, 0.008
NOD_DOWN = 0.045
NOD_RISE_SECONDS, NOD_FALL_SECONDS = 0.12, 0.45
# How loud speech is, against its loud moments, for each more open mouth.
OPEN_SHARES = (0.1, 0.34, 0.66)
FLAME_HZ = (1.7, 3.1, 5.3)
FLAME_WEIGHTS = (0.5, 0.32, 0.18)
WINDOW_SECONDS = 9.0
WINDOW_FADE_SECONDS = 0.12


@dataclass(frozen=True, slots=True)
class Pose:
    """A head at a frame: moved across and down by shares of its height, mouth by how open, and eyes."""

    across: float
    down: float
    mouth: int
    blinks: bool


def poses(name: str, seed: int, loudness: Sequence[float], rate_hz: float) -> list[Pose]:
    """A head's way through a shot; `loudness` is what it says in each frame, 0 to 1."""
    phases = [byte / 256 * math.tau for byte in _digest("sway", name, seed)[:6]]
    blinks = _blinks(name, seed, len(loudness) / rate_hz)
    nods = _smoothed(loudness, rate_hz)
    return [
        Pose(
            SWAY_ACROSS * _waves(frame / rate_hz, SWAY_HZ, SWAY_WEIGHTS, phases[:3]),
            SWAY_DOWN * _waves(frame / rate_hz, SWAY_HZ, SWAY_WEIGHTS, phases[3:]) + NOD_DOWN * nods[frame],
            sum(level > share for share in OPEN_SHARES),
            any(start <= frame / rate_hz < start + BLINK_SECONDS for start in blinks),
        )
        for frame, level in enumerate(loudness)
    ]


def flame(seconds: float, place: int, seed: int) -> float:
    """How much a flame is brighter or darker than it is by itself, -1 to 1."""
    phases = [byte / 256 * math.tau for byte in _digest("flame", place, seed)[:3]]
    return _waves(seconds, FLAME_HZ, FLAME_WEIGHTS, phases)


def window(seconds: float, place: int, seed: int) -> float:
    """How lit a window is, 0 to 1: it goes dark, or lit, once within WINDOW_SECONDS."""
    digest = _digest("window", place, seed)
    change = int.from_bytes(digest[:2], "big") / 65_536 * WINDOW_SECONDS
    share = min(1.0, max(0.0, (seconds - change) / WINDOW_FADE_SECONDS))
    return 1.0 - share if digest[2] % 2 else share


def _waves(
    seconds: float, rates_hz: Sequence[float], weights: Sequence[float], phases: Sequence[float]
) -> float:
    waves = zip(rates_hz, weights, phases, strict=True)
    return sum(weight * math.sin(math.tau * hz * seconds + phase) for hz, weight, phase in waves)


def _blinks(name: str, seed: int, length_seconds: float) -> list[float]:
    """When the eyes shut; never in the first moments of a shot."""
    shortest, longest = BLINK_EVERY_SECONDS
    starts: list[float] = []
    start = 0.0
    while start < length_seconds:
        draw = int.from_bytes(_digest("blink", name, seed, len(starts))[:2], "big") / 65_536
        start += shortest + (longest - shortest) * draw
        starts.append(start)
    return starts


def _smoothed(loudness: Sequence[float], rate_hz: float) -> list[float]:
    """Loudness as a body follows it: up quickly, down slowly."""
    followed, held = [], 0.0
    for level in loudness:
        seconds = NOD_RISE_SECONDS if level > held else NOD_FALL_SECONDS
        held += (level - held) * (1.0 - math.exp(-1.0 / (seconds * rate_hz)))
        followed.append(held)
    return followed


def _digest(*words: object) -> bytes:
    return hashlib.sha256("\x1f".join(str(word) for word in words).encode()).digest()
