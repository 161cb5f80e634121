"""A forecast of loudness: what a sound measures under changing gains, told from one measurement of it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from studio_composer.limiter import CELL_SAMPLES
from studio_composer.loudness import REPORT_SAMPLES, SILENCE_LUFS, Loudness, LoudnessMeter
from studio_media.sound import Samples

_REPORT_CELLS = REPORT_SAMPLES // CELL_SAMPLES
_WINDOW_REPORTS = 4
_OFFSET_LU = -0.691
_RELATIVE_GATE = 0.1

Powers = NDArray[np.float64]


class LoudnessForecast:
    """The power of a sound's gating blocks (BS.1770-4: 400 ms, one each 100 ms), and of its cells of 1 ms."""

    def __init__(self, blocks: Iterable[Samples]) -> None:
        """Measure stereo blocks at 48 kHz, each but the last a whole number of cells long."""
        meter = LoudnessMeter()
        cells = []
        for block in blocks:
            meter.push(block)
            cells.append(_cell_powers(block))
        self._measured = meter.result()
        self._cells: Powers = np.concatenate(cells) if cells else np.zeros(0)
        momentary = np.array(meter.momentary_lufs[_WINDOW_REPORTS - 1 :])
        self._blocks: Powers = 10 ** ((momentary - _OFFSET_LU) / 10)

    def under(self, gains: NDArray[np.float32]) -> Loudness:
        """Return the integrated loudness at each cell's gain (linear).

        A block's power changes as that of its cells, unweighted by frequency: within 0.1 LU under a limiter.
        """
        if self._measured.is_silent:
            return self._measured
        before = _window_sums(self._cells, len(self._blocks))
        after = _window_sums(
            self._cells * gains[: len(self._cells)].astype(np.float64) ** 2, len(self._blocks)
        )
        powers = self._blocks * after / np.maximum(before, 1e-30)
        heard = powers[powers > 10 ** ((SILENCE_LUFS - _OFFSET_LU) / 10)]
        heard = heard[heard > heard.mean() * _RELATIVE_GATE] if len(heard) else heard
        if not len(heard):
            return Loudness(SILENCE_LUFS)
        return Loudness(_OFFSET_LU + 10 * math.log10(float(heard.mean())))


def _cell_powers(block: Samples) -> Powers:
    squares = np.einsum("ij,ij->i", block, block)
    cells = -(-len(squares) // CELL_SAMPLES)
    padded = np.pad(squares, (0, cells * CELL_SAMPLES - len(squares)))
    sums: Powers = padded.reshape(cells, CELL_SAMPLES).sum(axis=1).astype(np.float64)
    return sums


def _window_sums(cells: Powers, windows: int) -> Powers:
    """The sum over each window's cells; the last window may reach past the sound."""
    missing = (windows + _WINDOW_REPORTS - 1) * _REPORT_CELLS - len(cells)
    whole = np.pad(cells, (0, max(0, missing)))[: len(cells) + missing]
    reports = whole.reshape(-1, _REPORT_CELLS).sum(axis=1)
    sums: Powers = sum(
        (reports[offset : offset + windows] for offset in range(_WINDOW_REPORTS)), np.zeros(windows)
    )
    return sums
