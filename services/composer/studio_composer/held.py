"""A still held as long as its shot: the picture of an animatic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from studio_composer.splice import STANDING_PICTURE, Check, Piece, Reference, encode, write_picture
from studio_media.house import HOUSE_PICTURE
from studio_media.picture import ClipError, Planes, planes_from_rgb

LOOP_FRAMES = HOUSE_PICTURE.joint_frames
# A still of four times the largest film.
PIXELS_MAX = 4 * 7_680 * 4_320


def write_held(still: Path, length_frames: int, reference: Reference, path: Path, check: Check) -> None:
    """Write `length_frames` of a still, brought to the film's size, as a clip that joins by packet copy.

    Half a second of it is encoded and repeated, and what remains after it.
    Raises ClipError for a file that is no picture or one over 133 megapixels.
    """
    form = reference.form
    picture = fitted(still, form.width_px, form.height_px)
    rounds, rest_frames = divmod(length_frames, LOOP_FRAMES)
    pieces: list[Piece] = []
    for name, frames, times in (("loop", LOOP_FRAMES, rounds), ("rest", rest_frames, 1)):
        if frames and times:
            part = path.with_suffix(f".{name}.mp4")
            encode(itertools.repeat(picture, frames), frames, reference, part, check, STANDING_PICTURE)
            pieces += [Piece(part, 0, frames)] * times
    write_picture(pieces, reference, path, check)


def fitted(still: Path, width_px: int, height_px: int) -> Planes:
    """Return a still at a size, cut at two sides where the proportions differ."""
    with _opened(still) as image:
        # As the camera engine fits it: the whole height or the whole width, whichever fills the frame.
        scale = max(width_px / image.width, height_px / image.height)
        box_width, box_height = width_px / scale, height_px / scale
        left, top = (image.width - box_width) / 2, (image.height - box_height) / 2
        box = (left, top, left + box_width, top + box_height)
        small = image.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS, box)
        return planes_from_rgb(np.asarray(small, dtype=np.uint8))


def picture_of(still: Path) -> Planes:
    """Return a still at its own size, without the last row or column of an odd number of them."""
    with _opened(still) as image:
        box = (0, 0, image.width // 2 * 2, image.height // 2 * 2)
        return planes_from_rgb(np.asarray(image.convert("RGB").crop(box), dtype=np.uint8))


@contextmanager
def _opened(still: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(still) as image:
            if image.width * image.height > PIXELS_MAX:
                raise ClipError(f"a still of {image.width}x{image.height} px")
            yield image
    except (OSError, Image.DecompressionBombError) as error:
        raise ClipError(f"unreadable still: {error}") from error
