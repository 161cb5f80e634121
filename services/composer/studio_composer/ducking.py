"""Ducking: how far music and effects step back while somebody speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio_media.sound import Samples

Gains = NDArray[np.float32]

CELL_SAMPLES = 480
CELL_MS = 10


@dataclass(frozen=True, slots=True)
class DuckingProfile:
    """The shape of the dip: full when the first word starts, held over breaths, then slowly released."""

    threshold_dbfs: float = -45.0
    attack_ms: int = 250
    hold_ms: int = 400
    release_ms: int = 900


def spoken_amount(levels_rms: Gains, profile: DuckingProfile) -> Gains:
    """Return 0 (nobody speaks) to 1 (ducked) for each cell of 10 ms.

    `levels_rms` is the dialogue's RMS in each cell, full scale at 1. The attack looks ahead: it ends
    where speech starts. Both ramps are straight lines eased by 3t^2 - 2t^3.
    """
    speaking = levels_rms > 10 ** (profile.threshold_dbfs / 20)
    ahead = profile.attack_ms // CELL_MS
    held = _dilated(speaking, ahead, profile.hold_ms // CELL_MS)
    ramp = _ramped(held, CELL_MS / profile.attack_ms, CELL_MS / profile.release_ms)
    eased: Gains = (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    return eased


def spoken_amounts_of(energy: NDArray[np.float64], length_samples: int) -> Gains:
    """How far music and effects step back in a scene whose dialogue has this energy in each cell of 10 ms."""
    count = length_samples // CELL_SAMPLES + 2
    own = np.pad(energy[:count], (0, max(0, count - len(energy))))
    return spoken_amount(np.sqrt(own / CELL_SAMPLES).astype(np.float32), DuckingProfile())


def spoken_energy(cells: Samples) -> NDArray[np.float64]:
    """The energy of both channels as one, of cells of shape (cells, samples, 2)."""
    both = (cells[..., 0].astype(np.float64) + cells[..., 1]) / 2
    energy: NDArray[np.float64] = np.einsum("ij,ij->i", both, both)
    return energy


def cells_of(block: Samples) -> Samples:
    """A block in cells of 10 ms, shape (cells, samples, channels), the last one filled up with silence."""
    count = -(-len(block) // CELL_SAMPLES)
    if len(block) == count * CELL_SAMPLES:
        return block.reshape(count, CELL_SAMPLES, block.shape[1])
    padded = np.zeros((count * CELL_SAMPLES, block.shape[1]), np.float32)
    padded[: len(block)] = block
    return padded.reshape(count, CELL_SAMPLES, block.shape[1])


def ducked_gain(amount: Gains, depth_db: float, start_sample: int, count: int) -> Gains:
    """Return the gain, shape (count, 1), of the samples from `start_sample` on at `depth_db` of dip."""
    first = max(0, start_sample // CELL_SAMPLES - 2)
    last = min(len(amount), (start_sample + count) // CELL_SAMPLES + 3)
    near = amount[first : max(last, first + 1)]
    if len(near) and (near == near[0]).all():
        return np.full((count, 1), 10 ** (-depth_db * float(near[0]) / 20), np.float32)
    at_samples = np.arange(start_sample, start_sample + count) - first * CELL_SAMPLES
    return gain_at(near, depth_db, at_samples)[:, None]


def gain_at(amount: Gains, depth_db: float, at_samples: NDArray[Any]) -> Gains:
    """Return the gains at these samples; 1 without any amount."""
    if not len(amount):
        return np.ones(len(at_samples), np.float32)
    at_depth = 10 ** (-depth_db * amount.astype(np.float64) / 20)
    at_cells = at_samples / CELL_SAMPLES - 0.5
    gains: Gains = np.interp(at_cells, np.arange(len(amount)), at_depth).astype(np.float32)
    return gains


def _dilated(speaking: NDArray[np.bool_], ahead: int, behind: int) -> NDArray[np.bool_]:
    # A running sum over the window tells whether anybody speaks in it.
    padded = np.pad(speaking.astype(np.int64), (behind, ahead))
    sums = np.concatenate(([0], np.cumsum(padded)))
    window = ahead + behind + 1
    dilated: NDArray[np.bool_] = (sums[window:] - sums[:-window]) > 0
    return dilated


def _ramped(held: NDArray[np.bool_], rise: float, fall: float) -> NDArray[np.float64]:
    ramp = np.empty(len(held))
    level = 0.0
    for index, is_held in enumerate(held.tolist()):
        level = min(1.0, level + rise) if is_held else max(0.0, level - fall)
        ramp[index] = level
    return ramp
