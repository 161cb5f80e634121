"""Clips of another size, rate or length, brought to a film's: scaled, retimed, held at the end."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from studio_composer.splice import Check, Reference, encode
from studio_media.picture import Plane, Planes, Source, frames, probe

_BLACK_Y = 16
_GREY_C = 128


def write_fitted_clip(
    source: Source, length_frames: int, reference: Reference, path: Path, check: Check
) -> None:
    """Encode a house clip of any size, rate and length as one of the reference's form and this length.

    Each picture is the one that shows at its time; past the clip's end its last one stands still. Raises
    ClipError for a broken clip.
    """
    form = reference.form
    shown = shown_pictures(source, length_frames, form.rate_hz)
    fitted = (scaled_between_bars(picture, form.width_px, form.height_px) for picture in shown)
    encode(fitted, length_frames, reference, path, check)


def shown_pictures(source: Source, length_frames: int, rate_hz: Fraction) -> Iterator[Planes]:
    """Yield what a clip shows in each frame at another rate; past its end its last picture stands still.

    A picture that shows for several frames is one object.
    """
    facts = probe(source)
    step = facts.rate_hz / rate_hz if facts.rate_hz else 1
    wanted = [min(int(frame * step), facts.frames - 1) for frame in range(length_frames)]
    shown = 0
    for number, picture in enumerate(frames(source)):
        if number not in wanted[shown : shown + 1]:
            continue
        while shown < length_frames and wanted[shown] == number:
            yield picture
            shown += 1
        if shown == length_frames:
            return


def scaled_between_bars(picture: Planes, width_px: int, height_px: int) -> Planes:
    """Scale a picture as large as it fits, in the middle of a black one of this size."""
    own_height, own_width = picture.y.shape
    if (own_width, own_height) == (width_px, height_px):
        return picture
    share = min(width_px / own_width, height_px / own_height)
    inner_width = min(width_px, 2 * round(own_width * share / 2))
    inner_height = min(height_px, 2 * round(own_height * share / 2))
    left, top = (width_px - inner_width) // 4 * 2, (height_px - inner_height) // 4 * 2

    def placed(plane: Plane, shrink: int, ground: int) -> Plane:
        whole = np.full((height_px // shrink, width_px // shrink), ground, np.uint8)
        size = (inner_width // shrink, inner_height // shrink)
        scaled = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS))
        rows = slice(top // shrink, top // shrink + size[1])
        whole[rows, left // shrink : left // shrink + size[0]] = scaled
        return whole

    return Planes(
        placed(picture.y, 1, _BLACK_Y), placed(picture.u, 2, _GREY_C), placed(picture.v, 2, _GREY_C)
    )
