"""What tests of stills order with, and how they look at what came."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from studio_platform.engine import Product

Levels = np.ndarray[Any, Any]


def finished(outcome: object) -> Product:
    product = outcome() if callable(outcome) else outcome
    assert isinstance(product, Product), product
    return product


def levels(outcome: object) -> Levels:
    product = finished(outcome)
    image = next(part for part in product.parts if part.role == "image")
    return np.asarray(Image.open(io.BytesIO(image.data or b"")).convert("RGB")).astype(int)
