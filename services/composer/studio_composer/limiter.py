"""A true-peak limiter: gains that keep a sound under a ceiling, found in cells of one millisecond."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from studio_media.sound import Samples

CELL_SAMPLES = 48
_LOOKAHEAD_CELLS = 6
_HOLD_CELLS = 60
_SMOOTHING_CELLS = 5
_PHASES = 4
_TAPS = 12
_BEFORE = _TAPS // 2
_AFTER = _TAPS // 2
# As much as a core's own cache holds.
_CHUNK_SAMPLES = 200 * CELL_SAMPLES


def _interpolators() -> NDArray[np.float32]:
    # Hann-windowed sincs at 1/4, 2/4 and 3/4 of a sample: the 4-fold oversampling of BS.1770-4, annex 2.
    offsets = np.arange(_TAPS) - (_TAPS / 2 - 1)
    rows = []
    for phase in range(1, _PHASES):
        distance = offsets - phase / _PHASES
        kernel = np.sinc(distance) * np.cos(np.pi * distance / _TAPS) ** 2
        rows.append(kernel / kernel.sum())
    return np.array(rows, np.float32)


def cell_peaks(blocks: Iterable[Samples]) -> NDArray[np.float32]:
    """Return the true peak (linear, of both channels) of each cell of a mono or stereo sound given in blocks.

    Every block but the last must be a whole number of cells long.
    """
    kernels = _interpolators()
    peaks = [_block_peaks(block, kernels) for block in blocks if len(block)]
    return np.concatenate(peaks) if peaks else np.zeros(0, np.float32)


def limiting_gains(peaks: NDArray[np.float32], gain: float, ceiling: float) -> NDArray[np.float32]:
    """Return each cell's gain: `gain`, lowered where `gain * peak` would pass `ceiling` (both linear).

    The gain is the least of the cells from 60 ms before to 6 ms after, smoothed over 11 ms inside
    that window, so a straight line between neighbouring cells never passes the ceiling.
    """
    needed = np.minimum(1.0, ceiling / np.maximum(peaks.astype(np.float64) * gain, 1e-9))
    before = _HOLD_CELLS + _SMOOTHING_CELLS
    after = _LOOKAHEAD_CELLS + _SMOOTHING_CELLS
    padded = np.pad(needed, (before, after), constant_values=1.0)
    lowest = _sliding_minimum(padded, _HOLD_CELLS + _LOOKAHEAD_CELLS + 1)
    kernel = np.hanning(2 * _SMOOTHING_CELLS + 3)[1:-1]
    smooth = np.convolve(lowest, kernel / kernel.sum(), mode="valid")
    gains: NDArray[np.float32] = (gain * np.minimum(smooth, 1.0)).astype(np.float32)
    return gains


def gains_at(cell_gains: NDArray[np.float32], start_sample: int, count: int) -> NDArray[np.float32]:
    """Return the gain, shape (count, 1), of the samples from `start_sample` on."""
    at_cells = (np.arange(start_sample, start_sample + count) / CELL_SAMPLES) - 0.5
    first = max(0, start_sample // CELL_SAMPLES - 1)
    last = min(len(cell_gains), (start_sample + count) // CELL_SAMPLES + 2)
    gains = np.interp(at_cells, np.arange(first, last), cell_gains[first:last])
    return gains.astype(np.float32)[:, None]


def _sliding_minimum(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    # By doubling: the least of a power of two, then of two overlapping ones.
    lowest = values
    width = 1
    while width * 2 <= window:
        lowest = np.minimum(lowest[:-width], lowest[width:])
        width *= 2
    rest = window - width
    return np.minimum(lowest[: len(lowest) - rest], lowest[rest:]) if rest else lowest


def _block_peaks(block: Samples, kernels: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(block, ((_BEFORE, _AFTER), (0, 0)))
    starts = range(0, len(block), _CHUNK_SAMPLES)
    peaks = np.concatenate(
        [_chunk_peaks(padded[at : at + _BEFORE + _CHUNK_SAMPLES + _AFTER], kernels) for at in starts]
    )
    cells = -(-len(peaks) // CELL_SAMPLES)
    padded_peaks = np.pad(peaks, (0, cells * CELL_SAMPLES - len(peaks)))
    result: NDArray[np.float32] = padded_peaks.reshape(cells, CELL_SAMPLES).max(axis=1)
    return result


def _chunk_peaks(padded: Samples, kernels: NDArray[np.float32]) -> NDArray[np.float32]:
    peaks = np.abs(padded[_BEFORE : len(padded) - _AFTER])
    product = np.empty((len(peaks) + 1, padded.shape[1]), np.float32)
    for kernel in kernels:
        between = _between(padded, kernel, product)
        np.abs(between, out=between)
        # The point lies between two samples that may be in two cells.
        np.maximum(peaks, between[1:], out=peaks)
        np.maximum(peaks, between[:-1], out=peaks)
    loudest: NDArray[np.float32] = np.maximum(peaks[:, 0], peaks[:, -1])
    return loudest


def _between(padded: Samples, kernel: NDArray[np.float32], product: Samples) -> Samples:
    """The points before, between and after the samples, all channels at once; `product` is room to work."""
    count = len(product)
    total: Samples = padded[:count] * kernel[0]
    for tap in range(1, _TAPS):
        np.multiply(padded[tap : tap + count], kernel[tap], out=product)
        total += product
    return total
