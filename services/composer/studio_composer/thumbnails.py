"""What a player shows of a film before it plays: a sheet of thumbnails, and a moving preview."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from studio_composer.defects import FilmFault
from studio_composer.inspection import h264_decoder
from studio_composer.splice import Check, Reference
from studio_composer.subtitle_files import clock
from studio_composer.timeline import Timeline
from studio_media.picture import opened, packets
from studio_platform.engine import Part

THUMBNAIL_SIDE_PX = 160
STEP_MIN_SECONDS = 2
THUMBNAILS_MAX = 200
COLUMNS = 10
NOTHING_SHARE = 20
"""A key picture of less than this part of another's bytes is black, or as good as."""

SHEET_NAME = "thumbnails.jpg"
"""By which the track of thumbnails calls the sheet: it lies beside it."""

PREVIEW_SIDE_PX = 320
PREVIEW_MOMENTS = 6
PREVIEW_PICTURES_A_MOMENT = 6
PREVIEW_RATE_HZ = 6

_JPEG_QUALITY = 80
_WEBP_QUALITY = 60
_WEBP_METHOD = 2
# What loop filters smooth is gone when a picture is made so much smaller.
_SMALL_IS_SMOOTH = {"skip_loop_filter": "all"}


@dataclass(frozen=True, slots=True)
class _Spot:
    """The frames that a thumbnail stands for, and the key picture that it shows."""

    frames: range
    key: Packet[VideoStream]


def film_thumbnails(film: Path, timeline: Timeline, reference: Reference, check: Check) -> tuple[Part, ...]:
    """The sheet with its track, and the preview, of a finished film in the house's H.264.

    Raises FilmFault for a key picture that can't be decoded.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="preview") as pool:
        preview = pool.submit(_preview, film, timeline, reference, check)
        spots = _spots(film, timeline, reference, check)
        width_px, height_px = _fitted(reference, THUMBNAIL_SIDE_PX)
        pictures = [_small(frame, width_px, height_px) for frame in _decoded(spots, reference, check)]
        if len(pictures) != len(spots):
            raise FilmFault(f"{len(pictures)} of {len(spots)} thumbnails decode")
        return (
            Part("thumbnails", "image/jpeg", data=_sheet(pictures)),
            Part("thumbnails-vtt", "text/vtt", data=_track(spots, timeline, width_px, height_px).encode()),
            Part("preview", "image/webp", data=preview.result()),
        )


def _spots(film: Path, timeline: Timeline, reference: Reference, check: Check) -> list[_Spot]:
    """A spot every so many frames, at least STEP_MIN_SECONDS apart, at most THUMBNAILS_MAX."""
    length = timeline.length_frames
    step = max(-(-length // THUMBNAILS_MAX), round(STEP_MIN_SECONDS * timeline.rate_hz))
    largest: dict[int, Packet[VideoStream]] = {}
    for packet in packets(film):
        check()
        number = (packet.pts or 0) // reference.ticks_per_frame // step
        # Of a long film all key pictures together are hundreds of megabytes.
        if packet.is_keyframe and (number not in largest or packet.size > largest[number].size):
            largest[number] = packet
    spots: list[_Spot] = []
    for number, start in enumerate(range(0, length, step)):
        spots.append(_Spot(range(start, min(start + step, length)), _telling(largest.get(number), spots)))
    return spots


def _telling(own: Packet[VideoStream] | None, before: Sequence[_Spot]) -> Packet[VideoStream]:
    """The key picture that shows most of a spot, by its bytes, which is its own largest.

    Scenes begin and end in black: where its own shows next to nothing it is that of the spot before.
    """
    if not before:
        if own is None:
            raise FilmFault("the film does not begin with a key picture")
        return own
    last = before[-1].key
    return own if own is not None and own.size * NOTHING_SHARE >= last.size else last


def _decoded(spots: Sequence[_Spot], reference: Reference, check: Check) -> Iterator[VideoFrame]:
    decoder = h264_decoder(reference)
    decoder.options = _SMALL_IS_SMOOTH
    for spot in spots:
        check()
        yield from decoder.decode(spot.key)
    yield from decoder.decode(None)


def _fitted(reference: Reference, side_px: int) -> tuple[int, int]:
    """A picture's size with its longer side so long, both sides even."""
    width_px, height_px = reference.form.width_px, reference.form.height_px
    share = Fraction(side_px, max(width_px, height_px))
    return max(2, round(width_px * share / 2) * 2), max(2, round(height_px * share / 2) * 2)


def _small(frame: VideoFrame, width_px: int, height_px: int) -> Image.Image:
    rgb = frame.reformat(
        width=width_px,
        height=height_px,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    return Image.fromarray(rgb.to_ndarray())


def _sheet(pictures: Sequence[Image.Image]) -> bytes:
    width_px, height_px = pictures[0].size
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (width_px * min(COLUMNS, len(pictures)), height_px * rows))
    for number, picture in enumerate(pictures):
        sheet.paste(picture, _place(number, width_px, height_px))
    memory = io.BytesIO()
    sheet.save(memory, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return memory.getvalue()


def _place(number: int, width_px: int, height_px: int) -> tuple[int, int]:
    row, column = divmod(number, COLUMNS)
    return column * width_px, row * height_px


def _track(spots: Sequence[_Spot], timeline: Timeline, width_px: int, height_px: int) -> str:
    """WebVTT whose cues are windows of the sheet, as players take them for scrubbing."""
    cues = ["WEBVTT\n"]
    for number, spot in enumerate(spots):
        left, top = _place(number, width_px, height_px)
        start, end = (clock(timeline.ms(frame)) for frame in (spot.frames.start, spot.frames.stop))
        cues.append(f"{start} --> {end}\n{SHEET_NAME}#xywh={left},{top},{width_px},{height_px}\n")
    return "\n".join(cues)


def _preview(film: Path, timeline: Timeline, reference: Reference, check: Check) -> bytes:
    """A second of each of some moments, evenly over the scenes, as an animated WebP that goes round."""
    width_px, height_px = _fitted(reference, PREVIEW_SIDE_PX)
    step = max(1, round(timeline.rate_hz / PREVIEW_RATE_HZ))
    scenes = timeline.scene_frames
    pictures: list[Image.Image] = []
    with opened(film) as (container, stream):
        stream.codec_context.options = _SMALL_IS_SMOOTH
        # Every other picture is one that no other needs.
        stream.codec_context.skip_frame = "NONREF"
        for number in range(PREVIEW_MOMENTS):
            check()
            middle = scenes.start + len(scenes) * (2 * number + 1) // (2 * PREVIEW_MOMENTS)
            aim = max(scenes.start, min(middle, scenes.stop - PREVIEW_PICTURES_A_MOMENT * step))
            container.seek(aim * reference.ticks_per_frame, stream=stream)
            shown = _moment(container.decode(stream), reference, scenes, step)
            pictures += [_small(frame, width_px, height_px) for frame in shown]
    memory = io.BytesIO()
    pictures[0].save(
        memory,
        "WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1_000 * step / timeline.rate_hz),
        loop=0,
        quality=_WEBP_QUALITY,
        method=_WEBP_METHOD,
    )
    return memory.getvalue()


def _moment(
    frames: Iterable[VideoFrame], reference: Reference, scenes: range, step: int
) -> Iterator[VideoFrame]:
    """Every so many frames of a moment, or the next one there, from the key picture before its aim on.

    What lies between that and the aim would be decoded for nothing.
    """
    first: int | None = None
    due = 0
    for frame in frames:
        at = (frame.pts or 0) // reference.ticks_per_frame
        if at < scenes.start:
            continue
        first = at if first is None else first
        if at >= min(first + PREVIEW_PICTURES_A_MOMENT * step, scenes.stop):
            return
        if at - first >= due:
            due += step
            yield frame
