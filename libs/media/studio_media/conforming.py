"""Foreign clips made into one of the house form: any size, rate, length and codec in, what was ordered out.

Pictures are taken at the times at which the film shows them, the nearest of the source; what lacks at the end
is the last picture, held. Sources are looked at on the way: pictures that show nothing, and ones that stand.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from studio_media.house import PictureForm
from studio_media.picture import ClipError, ClipWriter, Source, opened

PIXELS_MAX = 4096 * 4096
FLAT_LEVELS = 2.0
"""A picture whose luma varies by less than this, of 255, shows nothing."""

FROZEN_LEVELS = 6
"""Where no place's luma differs by more than this, of 255, from the first picture, nothing moves: coders make
no more than that of a picture that stands.
"""

HD_LINES = 720
_GLANCE_PX = (64, 36)

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Conformed:
    """A clip of the house form, and what its sources were.

    `held_frames` of its end are the last picture. `flat_frames` of the sources show nothing. `is_frozen` says
    that nothing in them moves.
    """

    clip: bytes
    native_width_px: int
    native_height_px: int
    native_rate_hz: Fraction
    native_frames: int
    held_frames: int
    flat_frames: int
    is_frozen: bool


@dataclass(slots=True)
class _Looked:
    """What was seen of the sources so far."""

    frames: int = 0
    flat: int = 0
    change_max: int = 0
    width_px: int = 0
    height_px: int = 0
    rate_hz: Fraction = Fraction(0)
    first: NDArray[np.int16] | None = None


def conform(
    sources: Sequence[Source], form: PictureForm, on_frame: Callable[[int], None] = lambda _: None
) -> Conformed:
    """One clip of the sources, each going on where the one before ended.

    `on_frame` is told each frame that was written. Raises ClipError for a source that is broken, empty, of
    another container than mp4, or too large.
    """
    looked = _Looked()
    written = 0
    with ClipWriter(form) as writer:
        for frame, end in _timed(sources, looked):
            picture: Rgb | None = None
            while written < form.length_frames and (written + Fraction(1, 2)) / form.rate_hz < end:
                picture = _covering(frame, form) if picture is None else picture
                writer.write_rgb(picture)
                on_frame(written)
                written += 1
            if picture is not None:
                last = picture
        if not written:
            raise ClipError("the clip holds no picture")
        held = form.length_frames - written
        for _ in range(held):
            writer.write_rgb(last)
    return Conformed(
        writer.data,
        looked.width_px,
        looked.height_px,
        looked.rate_hz,
        looked.frames,
        held,
        looked.flat,
        is_frozen=looked.frames > 1 and looked.change_max <= FROZEN_LEVELS,
    )


def last_picture(source: Source) -> Rgb:
    """The last picture of a clip in its own size, shape (height, width, 3). Raises ClipError."""
    last = None
    for last, _, _ in _decoded(source):  # noqa: B007 - only the last one counts
        continue
    if last is None:
        raise ClipError("the clip holds no picture")
    return _rgb(last, last.width, last.height)


def _timed(sources: Sequence[Source], looked: _Looked) -> Iterator[tuple[VideoFrame, Fraction]]:
    """Each picture with the time, seconds, until which it is shown."""
    end = Fraction(0)
    for source in sources:
        for frame, shown_seconds, rate_hz in _decoded(source):
            _look(frame, rate_hz, looked)
            end += shown_seconds
            yield frame, end


def _decoded(source: Source) -> Iterator[tuple[VideoFrame, Fraction, Fraction]]:
    """Each picture, how long it is shown in seconds, and the clip's rate."""
    with opened(source) as (container, stream):
        rate_hz = Fraction(stream.average_rate or 0)
        if rate_hz <= 0:
            raise ClipError("the clip has no frame rate")
        pictures = container.decode(stream)
        ahead: VideoFrame | None = next(pictures, None)
        for following in itertools.chain(pictures, (None,)):
            if ahead is not None:
                yield ahead, _shown_seconds(ahead, following, rate_hz), rate_hz
            ahead = following


def _shown_seconds(frame: VideoFrame, following: VideoFrame | None, rate_hz: Fraction) -> Fraction:
    """Until the next picture's time; one period where times are missing, go back or leave a hole."""
    usual = 1 / rate_hz
    if following is None or frame.pts is None or following.pts is None or frame.time_base is None:
        return usual
    shown = (following.pts - frame.pts) * frame.time_base
    return shown if 0 < shown <= 10 * usual else usual


def _look(frame: VideoFrame, rate_hz: Fraction, looked: _Looked) -> None:
    if frame.width * frame.height > PIXELS_MAX:
        raise ClipError(f"a picture of {frame.width}x{frame.height} px")
    glance = frame.reformat(*_GLANCE_PX, format="gray8", interpolation=Interpolation.AREA)
    luma = glance.to_ndarray().astype(np.int16)
    looked.flat += bool(luma.std() < FLAT_LEVELS)
    if looked.first is None:
        looked.first = luma
    looked.change_max = max(looked.change_max, int(np.abs(luma - looked.first).max()))
    looked.frames += 1
    looked.width_px, looked.height_px, looked.rate_hz = frame.width, frame.height, rate_hz


def _covering(frame: VideoFrame, form: PictureForm) -> Rgb:
    """The picture scaled so that it covers the form, its middle kept."""
    scale = max(Fraction(form.width_px, frame.width), Fraction(form.height_px, frame.height))
    width = max(form.width_px, round(frame.width * scale))
    height = max(form.height_px, round(frame.height * scale))
    left, top = (width - form.width_px) // 2, (height - form.height_px) // 2
    return _rgb(frame, width, height)[top : top + form.height_px, left : left + form.width_px]


def _rgb(frame: VideoFrame, width_px: int, height_px: int) -> Rgb:
    """By the colours that the clip is tagged with; untagged ones by its size, as players do."""
    tagged = frame.colorspace
    guessed = Colorspace.ITU709 if frame.height >= HD_LINES else Colorspace.ITU601
    known = tagged in list(Colorspace)
    reformatted = frame.reformat(
        width_px,
        height_px,
        format="rgb24",
        src_colorspace=tagged if known else guessed,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC,
    )
    return np.ascontiguousarray(reformatted.to_ndarray(), dtype=np.uint8)
