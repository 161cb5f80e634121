"""Grain: what the picture of a still has of its own, and its layers have not."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

GRAIN_LEVELS = 2
GRAIN_SEED = 20261127
# So many pixels' grain is kept: as many as most stills have.
GRAIN_KEPT_PX = 1 << 21


def grainy_luma(luma: Plane, rest: Plane | None = None) -> Plane:
    """Luma with grain, which keeps even tones from banding; none where a layer is not opaque."""
    count = max(GRAIN_KEPT_PX, 1 << (luma.size - 1).bit_length())
    noise = _noise(count)[: luma.size].reshape(luma.shape)
    if rest is not None:
        noise = np.where(rest > 0, np.uint8(GRAIN_LEVELS), noise)
    # Saturating: nothing wraps around.
    lifted = np.asarray(cv2.add(luma, noise), dtype=np.uint8)
    grainy: Plane = np.maximum(lifted, np.uint8(GRAIN_LEVELS)) - np.uint8(GRAIN_LEVELS)
    return grainy


@lru_cache(maxsize=1)
def _noise(count: int) -> Plane:
    """The first pixels of the grain, the same for every layer: levels from 0 to twice the middle."""
    words = np.random.PCG64(GRAIN_SEED).random_raw(count // 4 + 1)
    coins = words.view(np.uint8)[: 2 * count] % np.uint8(GRAIN_LEVELS + 1)
    noise: Plane = coins[0::2] + coins[1::2]
    return noise
