"""The poster: the film's frame that is lit, contrasty and sharp."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from studio_media.picture import Planes, rgb_from_planes

JPEG_QUALITY = 90


class PosterChoice:
    """Keeps the best of the frames it is offered."""

    def __init__(self) -> None:
        self._best: Planes | None = None
        self._best_score = -1.0
        self.frame = 0

    def offer(self, frame: int, score: float, picture: Planes | None = None) -> None:
        """Consider a frame of which the score is known; its picture spares a second decoding."""
        if self._is_better(frame, score):
            self._best, self._best_score, self.frame = picture, score, frame

    @property
    def score(self) -> float:
        """That of the frame; -1 when none was offered."""
        return self._best_score

    def jpeg(self, picture_of: Callable[[int], Planes]) -> bytes:
        """Return the chosen frame as JPEG; one known by its score alone is read by `picture_of`.

        Raises ValueError when none was offered.
        """
        if self._best_score < 0:
            raise ValueError("no frame was offered")
        best = self._best or picture_of(self.frame)
        memory = io.BytesIO()
        Image.fromarray(rgb_from_planes(best)).save(memory, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return memory.getvalue()

    def _is_better(self, frame: int, score: float) -> bool:
        return (score, -frame) > (self._best_score, -self.frame)


def poster_score(picture: Planes) -> float:
    """Return how well a frame stands for a film: contrast times sharpness, less when nearly black or white.

    Sharpness is the mean of the Laplacian's magnitude; both are of the luma plane.
    """
    luma = picture.y[::2, ::2].astype(np.float32)
    middle = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    sharpness = float(np.abs(4 * middle - around).mean())
    mean = float(luma.mean())
    exposure = min(1.0, max(0.0, mean - 20) / 50) * min(1.0, max(0.0, 235 - mean) / 60)
    return exposure * float(luma.std()) * (1 + min(sharpness, 20.0))
