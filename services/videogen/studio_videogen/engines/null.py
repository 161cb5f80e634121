"""The null engine: a bar on grey, of the right form and length, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from studio_platform.engine import EngineDescription, Part, Product, Run
from studio_videogen.orders import ClipOrder

if TYPE_CHECKING:
    from studio_media.house import PictureForm

FORMS_KEPT_MAX = 16
BAR_PX = 8


class NullEngine:
    """Encodes a bar that goes over grey: the composer needs real packets of the house form, and movement."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(kind="CLIP", engine="null", revision="2")

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Return a clip for each order."""
        return [_product(order, run) for order, run in zip(orders, runs, strict=True)]


def _product(order: ClipOrder, run: Run) -> Product:
    from studio_media.house import PictureForm

    run.raise_if_cancelled()
    form = PictureForm(
        order.width_px, order.height_px, order.rate_numerator, order.rate_denominator, order.length_frames
    )
    return Product((Part("clip", "video/mp4", data=_clip(form)),), order.length_ms, order.length_frames)


@lru_cache(maxsize=FORMS_KEPT_MAX)
def _clip(form: PictureForm) -> bytes:
    """The same for every order of a form, and encoding it would be all that this engine costs."""
    import numpy as np

    from studio_media.picture import ClipWriter

    luma = np.full((form.height_px, form.width_px), 126, dtype=np.uint8)
    chroma = np.full((form.height_px // 2, form.width_px // 2), 128, dtype=np.uint8)
    with ClipWriter(form) as writer:
        for frame in range(form.length_frames):
            bar = slice(frame * BAR_PX % form.width_px, frame * BAR_PX % form.width_px + BAR_PX)
            luma[:, bar] = 200
            writer.write_planes(luma, chroma, chroma)
            luma[:, bar] = 126
    return writer.data
