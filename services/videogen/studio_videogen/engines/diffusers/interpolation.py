"""Frames between two frames: each pixel on its way, by the optical flow both ways."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio_videogen.engines.diffusers.footage import Picture

Flow = NDArray[np.float32]

STRANGE_LEVELS = 40.0
"""Where the two ends of a way differ by more, of 255, nothing moved there: it was covered or came up."""


class Interpolator:
    """The pictures between `before` and `after`, both (height, width, 3); the flows are reckoned once."""

    def __init__(self, before: Picture, after: Picture) -> None:
        self._before, self._after = before, after
        grey_before, grey_after = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, after))
        # Its fast preset sees movements of a quarter of the picture, and takes a few ms at a model's sizes.
        search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._forth: Flow = search.calc(grey_before, grey_after, None)
        self._back: Flow = search.calc(grey_after, grey_before, None)

    def at(self, share: float) -> Picture:
        """The picture at a share of the way, 0 to 1."""
        if share <= 0:
            return self._before
        if share >= 1:
            return self._after
        # Both flows seen from between, as in Super SloMo (Jiang et al., 2018), equation 4.
        to_before = (share * share) * self._back - ((1 - share) * share) * self._forth
        to_after = ((1 - share) * (1 - share)) * self._forth - (share * (1 - share)) * self._back
        early = _moved(self._before, to_before)
        late = _moved(self._after, to_after)
        mixed = np.asarray(cv2.addWeighted(early, 1 - share, late, share, 0), dtype=np.uint8)
        return self._without_ghosts(mixed, early, late, share)

    def _without_ghosts(self, mixed: Picture, early: Picture, late: Picture, share: float) -> Picture:
        strange = cv2.absdiff(early, late).max(axis=2) > STRANGE_LEVELS
        nearer = early if share < 0.5 else late
        return np.asarray(np.where(strange[..., None], nearer, mixed), dtype=np.uint8)


def _moved(picture: Picture, flow: Flow) -> Picture:
    height_px, width_px = picture.shape[:2]
    across, down = _grid(height_px, width_px)
    return np.asarray(
        cv2.remap(
            picture,
            across + flow[..., 0],
            down + flow[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.uint8,
    )


@lru_cache(maxsize=2)
def _grid(height_px: int, width_px: int) -> tuple[Flow, Flow]:
    down, across = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    return across, down
