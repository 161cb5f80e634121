"""Decodes brought files and encodes them in the house form, in the child alone: this loads codecs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from studio_jobs.media.formats import ACCEPTED, MediaKind, format_of
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter
from studio_media.sound import SoundError, SoundFormat, decode, encode_flac

PIXELS_MAX = 40_000_000
STILL_SIDE_MAX_PX = 3_840
LOGO_SIDE_MAX_PX = 2_048
PORTRAIT_SIDE_MAX_PX = 1_024
CLIP_SIDE_MAX_PX = 1_920
SIDE_MIN_PX = 64
LOOK_SIDE_MAX_PX = 1_024
LOOK_QUALITY = 85
CLIP_LOOKS_MAX = 12
CLIP_LOOK_SECONDS = 5
"""A clip is looked at each so many seconds."""

CLIP_SECONDS_MAX = 60
SOUND_SECONDS_MAX = {MediaKind.LINE: 60, MediaKind.MUSIC: 600, MediaKind.AMBIENCE: 600}
SOUND_ROLES = {MediaKind.LINE: "speech", MediaKind.MUSIC: "music", MediaKind.AMBIENCE: "effects"}
AMBIENCE_RMS = 10 ** (-35 / 20)
"""As loud as the studio's own ambiences, so that the single sounds above it keep their place."""

STREAMS_MAX = 4
RATE_MAX_HZ = 60
# As in ISO/IEC 23091-2: PAL and NTSC.
_BT601 = (5, 6)
_DEMUXERS = {"mp4": "mov", "webm": "matroska"}
_SOUND_FORMATS: dict[str, SoundFormat] = {"wav": "wav", "flac": "flac", "mp3": "mp3"}


class MediaRefused(Exception):
    """A file that can't be used, in words for whoever brought it."""


@dataclass(frozen=True, slots=True)
class HouseMedia:
    """A file in the house form: the role of its part, and what a manifest says of it."""

    role: str
    media_type: str
    data: bytes
    length_ms: int = 0
    frames: int = 0
    width_px: int = 0
    height_px: int = 0
    rate: Fraction = Fraction(0)
    family: str = ""
    looks: tuple[bytes, ...] = ()
    """What is seen of it, for whoever judges it: JPEGs of at most LOOK_SIDE_MAX_PX a side."""


def house_media(kind: MediaKind, content: bytes) -> HouseMedia:
    """The house form of a file. Raises MediaRefused."""
    found = format_of(content)
    if found not in ACCEPTED[kind]:
        wanted = ", ".join(ACCEPTED[kind]).upper()
        told = found.upper() if found else "none of these"
        raise MediaRefused(f"A {kind} is {wanted}; this file is {told}.")
    match kind:
        case MediaKind.STILL:
            return _picture(_opened(content, found, kind).convert("RGB"), STILL_SIDE_MAX_PX)
        case MediaKind.PORTRAIT:
            return _picture(_opened(content, found, kind).convert("RGB"), PORTRAIT_SIDE_MAX_PX)
        case MediaKind.LOGO:
            return _logo(content, found)
        case MediaKind.FONT:
            from studio_jobs.media.fonts import FontRefused, house_font

            try:
                data, family = house_font(content)
            except FontRefused as refused:
                raise MediaRefused(str(refused)) from refused
            return HouseMedia("font", "font/sfnt", data, family=family)
        case MediaKind.CLIP:
            return _clip(content, found)
        case MediaKind.LINE | MediaKind.MUSIC | MediaKind.AMBIENCE:
            return _sound(kind, content, found)


def _logo(content: bytes, found: str) -> HouseMedia:
    """A picture with its transparency, cut to what it shows."""
    image = _opened(content, found, "logo").convert("RGBA")
    shown = image.getchannel("A").getbbox()
    if shown is None:
        raise MediaRefused("The logo shows nothing: all of it is transparent.")
    return _picture(image.crop(shown), LOGO_SIDE_MAX_PX)


def _opened(content: bytes, found: str, what: str) -> Image.Image:
    """The one picture of a file, upright. Raises MediaRefused."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    try:
        with Image.open(io.BytesIO(content), formats=[found.upper()]) as image:
            if image.width * image.height > PIXELS_MAX:
                raise MediaRefused(f"A {what} has at most {PIXELS_MAX // 1_000_000} megapixels.")
            if getattr(image, "n_frames", 1) > 1:
                raise MediaRefused(f"A {what} is one picture; this file moves.")
            return ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise MediaRefused("The picture can't be read.") from error


def _picture(upright: Image.Image, side_max_px: int) -> HouseMedia:
    width_px, height_px = _within(upright.width, upright.height, side_max_px)
    memory = io.BytesIO()
    upright.resize((width_px, height_px), Image.Resampling.LANCZOS).save(memory, "PNG", compress_level=4)
    return HouseMedia(
        "image",
        "image/png",
        memory.getvalue(),
        width_px=width_px,
        height_px=height_px,
        looks=(look_of(upright),),
    )


def look_of(image: Image.Image) -> bytes:
    """A picture as a small JPEG; what is transparent is seen on grey."""
    is_large = max(image.size) > LOOK_SIDE_MAX_PX
    small = ImageOps.contain(image, (LOOK_SIDE_MAX_PX, LOOK_SIDE_MAX_PX)) if is_large else image
    if small.mode == "RGBA":
        ground = Image.new("RGBA", small.size, (128, 128, 128, 255))
        small = Image.alpha_composite(ground, small)
    memory = io.BytesIO()
    small.convert("RGB").save(memory, "JPEG", quality=LOOK_QUALITY)
    return memory.getvalue()


def _within(width_px: int, height_px: int, side_max_px: int) -> tuple[int, int]:
    """An even size of the same shape with no side over the limit. Raises MediaRefused under 64 pixels."""
    share = min(1.0, side_max_px / max(width_px, height_px))
    inner = int(width_px * share) // 2 * 2, int(height_px * share) // 2 * 2
    if min(inner) < SIDE_MIN_PX:
        raise MediaRefused(
            f"A picture has at least {SIDE_MIN_PX} pixels a side; this is {width_px}x{height_px}."
        )
    return inner


def _sound(kind: MediaKind, content: bytes, found: str) -> HouseMedia:
    limit = SOUND_SECONDS_MAX[kind]
    channels = 1 if kind is MediaKind.LINE else 2
    try:
        with av.open(io.BytesIO(content), mode="r", format=found) as container:
            _require_few_streams(container)
            own_channels = container.streams.audio[0].codec_context.channels if container.streams.audio else 0
            if container.duration and container.duration > (limit + 1) * av.time_base:
                raise MediaRefused(f"A {kind} lasts at most {limit} seconds.")
        if own_channels not in (1, 2):
            raise MediaRefused(f"Sound is mono or stereo; this has {own_channels} channels.")
        samples = decode(content, channels=channels, sound_format=_SOUND_FORMATS[found])
    except (av.FFmpegError, SoundError) as error:
        raise MediaRefused("The sound can't be read.") from error
    seconds = len(samples) / 48_000
    if seconds > limit:
        raise MediaRefused(f"A {kind} lasts at most {limit} seconds; this lasts {seconds:.1f}.")
    if seconds < 0.1:
        raise MediaRefused("The sound lasts less than a tenth of a second.")
    if kind is MediaKind.AMBIENCE:
        samples = samples * np.float32(AMBIENCE_RMS / max(float(samples.std()), 1e-6))
    return HouseMedia(SOUND_ROLES[kind], "audio/flac", encode_flac(samples), length_ms=-(-len(samples) // 48))


def _require_few_streams(container: InputContainer) -> None:
    if len(container.streams) > STREAMS_MAX:
        raise MediaRefused(f"The file has {len(container.streams)} streams; it may have {STREAMS_MAX}.")


def _clip(content: bytes, found: str) -> HouseMedia:
    try:
        times, rate = _times(content, found)
        shown = [Fraction(frame) / rate for frame in range(max(1, round(times[-1] * rate) + 1))]
        form, data, looks = _encoded(content, found, times, shown, rate)
    except av.FFmpegError as error:
        raise MediaRefused("The clip can't be read.") from error
    return HouseMedia(
        "clip",
        "video/mp4",
        data,
        length_ms=round(1000 * len(shown) / rate),
        frames=len(shown),
        width_px=form.width_px,
        height_px=form.height_px,
        rate=rate,
        looks=looks,
    )


def _times(content: bytes, found: str) -> tuple[list[Fraction], Fraction]:
    """When each picture shows, seconds from the first, and the rate. Raises MediaRefused over a limit."""
    times: list[Fraction] = []
    with av.open(io.BytesIO(content), mode="r", format=_DEMUXERS[found]) as container:
        _require_few_streams(container)
        if len(container.streams.video) != 1:
            raise MediaRefused(f"A clip has one picture track; this file has {len(container.streams.video)}.")
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        rate = Fraction(stream.average_rate or 24).limit_denominator(1001)
        for frame in container.decode(stream):
            if frame.width * frame.height > PIXELS_MAX // 4:
                raise MediaRefused(f"A clip has at most {PIXELS_MAX // 4_000_000} megapixels.")
            at = Fraction(frame.pts or 0) * (frame.time_base or Fraction(1))
            times.append(at)
            if times[-1] - times[0] > CLIP_SECONDS_MAX or len(times) > CLIP_SECONDS_MAX * 240:
                raise MediaRefused(f"A clip lasts at most {CLIP_SECONDS_MAX} seconds.")
    if not times:
        raise MediaRefused("The clip shows nothing.")
    first = times[0]
    usual = rate if 1 <= rate <= RATE_MAX_HZ else Fraction(24)
    return [at - first for at in times], usual


def _encoded(
    content: bytes, found: str, times: list[Fraction], shown: list[Fraction], rate: Fraction
) -> tuple[PictureForm, bytes, tuple[bytes, ...]]:
    looks: list[bytes] = []
    due, written = 0, 0
    with av.open(io.BytesIO(content), mode="r", format=_DEMUXERS[found]) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        size = _within(stream.codec_context.width, stream.codec_context.height, CLIP_SIDE_MAX_PX)
        form = PictureForm(*size, rate.numerator, rate.denominator, len(shown))
        with ClipWriter(form) as writer:
            for picture, count in _paced(container.decode(stream), times, shown):
                rgb = _rgb(picture, *size)
                if shown[written] >= due and len(looks) < CLIP_LOOKS_MAX:
                    looks.append(look_of(Image.fromarray(rgb)))
                    due += CLIP_LOOK_SECONDS
                for _ in range(count):
                    writer.write_rgb(rgb)
                written += count
    return form, writer.data, tuple(looks)


def _paced(
    frames: Iterator[VideoFrame], times: list[Fraction], shown: list[Fraction]
) -> Iterator[tuple[VideoFrame, int]]:
    """Each picture that shows, with how many frames of the steady rate it shows for."""
    at = 0
    for number, frame in enumerate(frames):
        until = times[number + 1] if number + 1 < len(times) else None
        count = 0
        while at < len(shown) and (until is None or shown[at] < until):
            count, at = count + 1, at + 1
        if count:
            yield frame, count


def _rgb(frame: VideoFrame, width_px: int, height_px: int) -> NDArray[np.uint8]:
    # What says nothing of its colours is taken as BT.709.
    colorspace = Colorspace.ITU601 if int(frame.colorspace) in _BT601 else Colorspace.ITU709
    turned = frame.reformat(
        width=width_px,
        height=height_px,
        format="rgb24",
        src_colorspace=colorspace,
        dst_color_range=ColorRange.JPEG,
    )
    return np.ascontiguousarray(turned.to_ndarray(), dtype=np.uint8)
