"""The null engine: a clip of one grey picture, of the right form and length, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from studio_platform.engine import EngineDescription, Part, Product, Run
from studio_videogen.orders import ClipOrder


class NullEngine:
    """Encodes grey: the composer needs real packets of the house form."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="CLIP", engine="null", revision="1")

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return a grey clip for each order."""
        return [_grey(order, run) for order, run in zip(orders, runs, strict=True)]


def _grey(order: ClipOrder, run: Run) -> Product:
    import numpy as np

    from studio_media.house import PictureForm
    from studio_media.picture import ClipWriter

    form = PictureForm(
        order.width_px, order.height_px, order.rate_numerator, order.rate_denominator, order.length_frames
    )
    luma = np.full((order.height_px, order.width_px), 126, dtype=np.uint8)
    chroma = np.full((order.height_px // 2, order.width_px // 2), 128, dtype=np.uint8)
    with ClipWriter(form) as writer:
        for _ in range(order.length_frames):
            run.raise_if_cancelled()
            writer.write_planes(luma, chroma, chroma)
    return Product((Part("clip", "video/mp4", data=writer.data),), order.length_ms, order.length_frames)
