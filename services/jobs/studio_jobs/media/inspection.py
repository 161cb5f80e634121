"""Looks at files that another studio made, from their first byte to their last; in the child alone."""

from __future__ import annotations

import io

import av
import numpy as np
from PIL import Image, UnidentifiedImageError

from studio_jobs.media.decoding import (
    CLIP_LOOK_SECONDS,
    CLIP_LOOKS_MAX,
    PIXELS_MAX,
    STREAMS_MAX,
    MediaRefused,
    house_media,
    look_of,
)
from studio_jobs.media.formats import ACCEPTED, MediaKind, format_of
from studio_media.sound import SoundError, decode

FRAMES_MAX = 200_000
SOUND_SECONDS_MAX = 3_600


def inspect(media_type: str, content: bytes) -> list[bytes]:
    """Decode a file as what it is said to be; what is seen of it, as JPEGs. Raises MediaRefused."""
    names, look = _LOOKS[media_type]
    if format_of(content) not in names:
        raise MediaRefused(f"The file can't be read as {media_type}.")
    try:
        return look(content)
    except (av.FFmpegError, SoundError, UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MediaRefused(f"The file can't be read as {media_type}.") from error


def _picture(content: bytes) -> list[bytes]:
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        if image.width * image.height > PIXELS_MAX:
            raise MediaRefused(f"A still has at most {PIXELS_MAX // 1_000_000} megapixels.")
        image.load()
        return [look_of(image)]


def _clip(content: bytes) -> list[bytes]:
    frames = 0
    looks: list[bytes] = []
    with av.open(io.BytesIO(content), mode="r", format="mov") as container:
        if len(container.streams) > STREAMS_MAX or len(container.streams.video) != 1:
            raise MediaRefused("A clip has one picture track.")
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            frames += 1
            if frame.width * frame.height > PIXELS_MAX // 4:
                raise MediaRefused(f"A clip has at most {PIXELS_MAX // 4_000_000} megapixels.")
            if frames > FRAMES_MAX:
                raise MediaRefused(f"A clip has at most {FRAMES_MAX} frames.")
            if (frame.time or 0) >= CLIP_LOOK_SECONDS * len(looks) and len(looks) < CLIP_LOOKS_MAX:
                looks.append(look_of(Image.fromarray(frame.to_ndarray(format="rgb24"))))
    if not frames:
        raise MediaRefused("The clip shows nothing.")
    return looks


def _sound(content: bytes) -> list[bytes]:
    with av.open(io.BytesIO(content), mode="r", format="flac") as container:
        if container.duration and container.duration > SOUND_SECONDS_MAX * av.time_base:
            raise MediaRefused(f"A sound lasts at most {SOUND_SECONDS_MAX} seconds.")
        channels = container.streams.audio[0].codec_context.channels if container.streams.audio else 0
    if channels not in (1, 2):
        raise MediaRefused(f"Sound is mono or stereo; this has {channels} channels.")
    if not np.isfinite(decode(content, channels=channels, sound_format="flac")).all():
        raise MediaRefused("The sound can't be read.")
    return []


def _font(content: bytes) -> list[bytes]:
    house_media(MediaKind.FONT, content)
    return []


_LOOKS = {
    "image/png": (("png",), _picture),
    "video/mp4": (("mp4",), _clip),
    "audio/flac": (("flac",), _sound),
    "font/sfnt": (ACCEPTED[MediaKind.FONT], _font),
}
