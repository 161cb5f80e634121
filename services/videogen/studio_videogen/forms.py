"""The house form of an order's clip."""

from __future__ import annotations

from studio_media.house import FormError, PictureForm
from studio_platform.engine import EngineFailure
from studio_videogen.orders import ClipOrder


def form_of(order: ClipOrder) -> PictureForm:
    """The form of a clip. Raises EngineFailure, permanent, for a size, rate or length that cannot be."""
    try:
        return PictureForm(
            order.width_px,
            order.height_px,
            order.rate_numerator,
            order.rate_denominator,
            order.length_frames,
        )
    except FormError as error:
        raise EngineFailure("BAD_SPEC", f"No clip can be made: {error}.", permanent=True) from error
