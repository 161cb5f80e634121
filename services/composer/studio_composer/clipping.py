"""Clipping: where a sound stands at full scale for so much of its time that it must have been cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio_composer.stems import FULL_SCALE
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

WINDOW_SAMPLES = SAMPLE_RATE_HZ // 20
# A loud master touches full scale here and there; a sine that is cut off at half of its height spends two
# thirds of its time there.
_SHARE_MIN = 0.05
# The last step of 16 bits.
_FULL = 1 - 1.5 / FULL_SCALE


class ClippingMeter:
    """Takes blocks of whole windows of 50 ms, the last one excepted; keeps no sound."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []
        self._at_sample = 0

    def push(self, block: Samples) -> None:
        """Look at the next block, shape (samples, channels)."""
        if len(block) and max(float(block.max()), -float(block.min())) >= _FULL:
            for window in np.flatnonzero(_shares(block) >= _SHARE_MIN):
                self._note(self._at_sample + int(window) * WINDOW_SAMPLES)
        self._at_sample += len(block)

    def stretches(self) -> tuple[tuple[int, int], ...]:
        """The clipped stretches, in samples [start, stop)."""
        return tuple((start, min(stop, self._at_sample)) for start, stop in self._stretches)

    def _note(self, start: int) -> None:
        # A beat between two that are clipped is none of its own.
        if self._stretches and start - self._stretches[-1][1] <= WINDOW_SAMPLES:
            self._stretches[-1] = self._stretches[-1][0], start + WINDOW_SAMPLES
        else:
            self._stretches.append((start, start + WINDOW_SAMPLES))


def _shares(block: Samples) -> NDArray[np.float64]:
    """The share of each window's samples at full scale, of the louder channel."""
    full = np.abs(block) >= _FULL
    starts = np.arange(0, len(block), WINDOW_SAMPLES)
    counts = np.add.reduceat(full.astype(np.int32), starts, axis=0).max(axis=1)
    shares: NDArray[np.float64] = counts / np.diff([*starts, len(block)])
    return shares
