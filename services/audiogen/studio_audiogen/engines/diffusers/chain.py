"""Sound of any length from pieces of a model's length, one crossfaded into the next."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

CROSSFADE_SECONDS_MAX = 4.0
CROSSFADE_SHARE = 0.25
END_SHARE = 0.1
"""What a model is asked for beyond a piece that goes on: at the end of what it is asked for, it may end."""


def chained(count: int, seconds_max: float, piece: Callable[[int, float], Samples]) -> Samples:
    """`count` samples (count, 2) from pieces: `piece(number, seconds)` makes one, of about those seconds.

    Each but the last is asked for longer than it is used.
    """
    pieces = pieces_of(count, seconds_max)
    if pieces == 1:
        return exactly(piece(0, count / SAMPLE_RATE_HZ), count)
    fade_samples = round(_fade_seconds(seconds_max) * SAMPLE_RATE_HZ)
    piece_samples = math.ceil((count + (pieces - 1) * fade_samples) / pieces)
    made = [exactly(piece(number, seconds_max), piece_samples) for number in range(pieces)]
    return exactly(crossfaded(made, fade_samples), count)


def pieces_of(count: int, seconds_max: float) -> int:
    """How many pieces a sound of so many samples has."""
    seconds, fade = count / SAMPLE_RATE_HZ, _fade_seconds(seconds_max)
    if seconds <= seconds_max:
        return 1
    return max(2, math.ceil((seconds - fade) / (_used_seconds(seconds_max) - fade)))


def _used_seconds(seconds_max: float) -> float:
    return seconds_max * (1 - END_SHARE)


def _fade_seconds(seconds_max: float) -> float:
    return min(CROSSFADE_SECONDS_MAX, _used_seconds(seconds_max) * CROSSFADE_SHARE)


def crossfaded(pieces: Sequence[Samples], fade_samples: int) -> Samples:
    """The pieces one after another, each fading into the next with equal power."""
    angles = np.linspace(0, np.pi / 2, fade_samples, dtype=np.float32)[:, np.newaxis]
    rising, falling = np.sin(angles), np.cos(angles)
    joined = pieces[0]
    for piece in pieces[1:]:
        middle = joined[-fade_samples:] * falling + piece[:fade_samples] * rising
        joined = np.concatenate([joined[:-fade_samples], middle, piece[fade_samples:]])
    return joined


def exactly(samples: Samples, count: int) -> Samples:
    """The first `count` samples; where there are fewer, silence follows."""
    missing = count - len(samples)
    return np.pad(samples, ((0, missing), (0, 0))) if missing > 0 else samples[:count]
