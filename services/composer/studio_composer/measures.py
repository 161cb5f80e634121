"""What one sound measures, and what that becomes at gains that change slowly: nothing is decoded again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio_composer.clipping import ClippingMeter
from studio_composer.ducking import CELL_SAMPLES, Gains, cells_of, spoken_energy
from studio_composer.limiter import CELL_SAMPLES as PEAK_CELL_SAMPLES
from studio_composer.loudness import REPORT_SAMPLES, LoudnessMeter, Powers
from studio_composer.master import AAC_CUTOFF_HZ
from studio_composer.splice import Check
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

PEAKS_A_CELL = CELL_SAMPLES // PEAK_CELL_SAMPLES
_CELLS_A_REPORT = REPORT_SAMPLES // CELL_SAMPLES
_REPORTS_A_BLOCK = 4
_REPORTS_A_SECOND = 10
# BS.1770's weighting: 4 dB more for what is above, as good as a step.
_SHELF_HZ = 1_700
_SHELF_POWER = 10**0.4
# What the coder rounds away at its bit rate: 0.1 dB of tones to 0.3 dB of noise.
_CODED_POWER = 10**-0.012


@dataclass(frozen=True, slots=True)
class Measures:
    """A sound's powers: of its gating blocks as AAC keeps them, and in cells of 10 ms; its peaks, of 1 ms.

    The peaks are those of samples: the points between them matter to a limiter, little to what it leaves.
    `spoken` are the powers of both channels as one, in cells of 10 ms; `clipped` the clipped stretches, in
    samples [start, stop).
    """

    blocks: Powers
    powers: Powers
    peaks: Powers
    spoken: Powers
    clipped: tuple[tuple[int, int], ...] = ()


class Ear:
    """Hears a stereo sound in parts of any length and measures it; keeps less than a second of it."""

    def __init__(self) -> None:
        self.heard_samples = 0
        self._meter, self._clipping = LoudnessMeter(), ClippingMeter()
        self._powers: list[Powers] = []
        self._peaks: list[Powers] = []
        self._spoken: list[Powers] = []
        self._kept: list[float] = []
        self._waiting: Samples = np.zeros((0, 2), np.float32)

    def hear(self, part: Samples) -> None:
        """Hear the next part."""
        self.heard_samples += len(part)
        whole = np.concatenate((self._waiting, part)) if len(self._waiting) else part
        seconds = len(whole) // SAMPLE_RATE_HZ
        for second in range(seconds):
            self._measure(whole[second * SAMPLE_RATE_HZ : (second + 1) * SAMPLE_RATE_HZ])
        self._waiting = whole[seconds * SAMPLE_RATE_HZ :]

    def measures(self) -> Measures:
        """What was heard; it hears no more afterwards."""
        if len(self._waiting):
            self._measure(self._waiting)
        self._meter.result()
        found = self._meter.blocks()
        seconds = np.minimum(np.arange(len(found)) // _REPORTS_A_SECOND, len(self._kept) - 1)
        return Measures(
            found * np.array(self._kept)[seconds],
            _joined(self._powers),
            _joined(self._peaks),
            _joined(self._spoken),
            self._clipping.stretches(),
        )

    def _measure(self, block: Samples) -> None:
        self._meter.push(block)
        self._clipping.push(block)
        self._kept.append(_kept_by_aac(block))
        cells = cells_of(block)
        self._powers.append(np.einsum("ijk,ijk->i", cells, cells, dtype=np.float64))
        self._peaks.append(_peaks(cells))
        self._spoken.append(spoken_energy(cells))


def measure(blocks: Iterable[Samples], check: Check) -> Measures:
    """Measure a stereo sound given in blocks."""
    ear = Ear()
    for block in blocks:
        check()
        ear.hear(block)
    return ear.measures()


def at_gains(sound: Measures, gains: Gains) -> Measures:
    """What a sound measures at a gain for each cell of 1 ms."""
    own = _filled(gains.astype(np.float64), len(sound.powers) * PEAKS_A_CELL)
    squares = (own**2).reshape(-1, PEAKS_A_CELL).mean(axis=1)
    return Measures(
        scaled_blocks(sound.blocks, sound.powers, squares),
        sound.powers * squares,
        sound.peaks * own[: len(sound.peaks)],
        sound.spoken * squares,
        sound.clipped,
    )


def scaled_blocks(blocks: Powers, powers: Powers, squares: Powers) -> Powers:
    """The powers of gating blocks when the power of each cell of 10 ms is multiplied by its square.

    As if the spectrum were the same all through a block: right within 0.1 LU while the gains change slowly.
    """
    before = _window_sums(powers, len(blocks))
    after = _window_sums(powers * squares, len(blocks))
    return np.where(before > 0, blocks * after / np.maximum(before, 1e-30), 0.0)


def _kept_by_aac(block: Samples) -> float:
    """The share of a block's loudness that the encoder keeps: little is lost but what is over its cut-off."""
    if not block.any():
        return 1.0
    spectrum = np.fft.rfft(np.ascontiguousarray(block.T))
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=0, dtype=np.float64)
    last = max(1, len(power) - 1)
    shelf, cutoff = (-(-hz * last // (SAMPLE_RATE_HZ // 2)) for hz in (_SHELF_HZ, AAC_CUTOFF_HZ))
    low, high, lost = (float(part.sum()) for part in np.split(power, (shelf, cutoff)))
    total = low + (high + lost) * _SHELF_POWER
    return _CODED_POWER * (low + high * _SHELF_POWER) / total if total > 0 else 1.0


def _peaks(cells: NDArray[np.float32]) -> Powers:
    """The highest sample of each cell of 1 ms, of both channels."""
    rows = cells.reshape(-1, PEAK_CELL_SAMPLES * cells.shape[2])
    peaks: Powers = np.maximum(rows.max(axis=1), -rows.min(axis=1)).astype(np.float64)
    return peaks


def _joined(arrays: Sequence[Powers]) -> Powers:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _filled(cells: Powers, count: int) -> Powers:
    """So many cells; the last one goes on where there are fewer."""
    if not len(cells):
        return np.ones(count)
    return np.pad(cells, (0, max(0, count - len(cells))), mode="edge")[:count]


def _window_sums(cells: Powers, windows: int) -> Powers:
    """The sum over each gating block's cells; the last block may reach past the sound."""
    missing = (windows + _REPORTS_A_BLOCK - 1) * _CELLS_A_REPORT - len(cells)
    whole = np.pad(cells, (0, max(0, missing)))[: len(cells) + missing]
    reports = whole.reshape(-1, _CELLS_A_REPORT).sum(axis=1)
    sums: Powers = np.sum(list(_shifted(reports, windows)), axis=0)
    return sums


def _shifted(reports: Powers, windows: int) -> Iterator[Powers]:
    for offset in range(_REPORTS_A_BLOCK):
        yield reports[offset : offset + windows]
