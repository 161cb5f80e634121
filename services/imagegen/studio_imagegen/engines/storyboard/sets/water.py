"""Water: what stands above a line, seen again below it."""

from __future__ import annotations

import numpy as np

from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.plate import Plate


def reflect(plate: Plate, dice: Dice, line: float, strength: float) -> None:
    """Mirror the rows above `line` (a y of the set) below it, ripples growing towards the viewer.

    The strength fades by a half towards the bottom.
    """
    view = plate.view
    first = max(0, round(view.pixel((0.0, line))[1]))
    count = view.height_px - first
    if count <= 0 or first <= 0:
        return
    depth = np.arange(count, dtype=np.float32) / np.float32(max(count, 1))
    jitter = np.array([dice.between(-1.0, 1.0) for _ in range(count)], np.float32)
    rows = first - 1 - (np.arange(count) * 1.6 + jitter * depth * 0.035 * view.unit_px).astype(np.int64)
    np.clip(rows, 0, first - 1, out=rows)
    share = (np.float32(strength) * (1.0 - np.float32(0.5) * depth))[:, None]
    for channel in range(3):
        plane = plate.colour[channel]
        mirrored = plane[rows]
        mirrored -= plane[first:]
        mirrored *= share
        plane[first:] += mirrored
    if plate.cover is not None:
        held = plate.cover[first:]
        held += (1.0 - held) * share
