"""What tests of stills order with, and how they look at what came."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from studio_platform.engine import Product, RunCancelled

Levels = np.ndarray[Any, Any]


class Handle:
    """A run that notes its progress, and is cancelled once it has come so far."""

    def __init__(self, cancelled_at: int | None = None) -> None:
        self.percents: list[int] = []
        self._cancelled_at = cancelled_at

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def raise_if_cancelled(self) -> None:
        if self._cancelled_at is not None and self.percents and self.percents[-1] >= self._cancelled_at:
            raise RunCancelled


def finished(outcome: object) -> Product:
    product = outcome() if callable(outcome) else outcome
    assert isinstance(product, Product), product
    return product


def levels(outcome: object) -> Levels:
    product = finished(outcome)
    image = next(part for part in product.parts if part.role == "image")
    return np.asarray(Image.open(io.BytesIO(image.data or b"")).convert("RGB")).astype(int)
