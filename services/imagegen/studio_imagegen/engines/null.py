"""The null engine: one flat colour a seed, of the right size, for tests and benchmarks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

from studio_imagegen.flat import flat_parts
from studio_imagegen.orders import StillOrder
from studio_platform.engine import EngineDescription, Product, Run

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE_8_BITS = b"\x08\x03\x00\x00\x00"
SIZES_KEPT_MAX = 16


class NullEngine:
    """Answers at once, without any library."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="STILL", engine="null", revision="2")

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return a flat picture for each order."""
        products = []
        for order, run in zip(orders, runs, strict=True):
            run.raise_if_cancelled()
            products.append(_product(order))
        return products


def flat_png(width_px: int, height_px: int, colour: bytes) -> bytes:
    """Return a PNG of one colour (three bytes, RGB)."""
    header = struct.pack(">II", width_px, height_px) + _PALETTE_8_BITS
    pixels = _pixels(width_px, height_px)
    chunks = ((b"IHDR", header), (b"PLTE", colour), (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


@lru_cache(maxsize=SIZES_KEPT_MAX)
def _pixels(width_px: int, height_px: int) -> bytes:
    """Every pixel is the palette's only colour, so pictures of a size differ in their palette alone."""
    return zlib.compress(bytes((width_px + 1) * height_px))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _product(order: StillOrder) -> Product:
    colour = bytes(64 + (order.seed >> shift) % 128 for shift in (0, 8, 16))
    image = flat_png(order.width_px, order.height_px, colour)
    return Product(flat_parts(image))
