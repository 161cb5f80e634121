"""Brought files: told by their first bytes, limited, decoded in a child process, in the house form after."""

from __future__ import annotations

import io
import itertools
import struct
import subprocess
import sys
import zlib
from fractions import Fraction
from typing import Any
from uuid import uuid4

import av
import numpy as np
import pytest
from PIL import Image

from studio_jobs.media.decoding import HouseMedia, MediaRefused, house_media
from studio_jobs.media.formats import MediaKind, format_of
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import LocalPolicy
from studio_media.picture import frames, probe
from studio_media.sound import decode, encode_flac
from studio_platform.errors import InvalidInput


def picture(width_px: int = 320, height_px: int = 200, form: str = "PNG", **options: object) -> bytes:
    rows = np.linspace(0, 255, height_px, dtype=np.uint8)[:, None, None]
    memory = io.BytesIO()
    Image.fromarray(np.broadcast_to(rows, (height_px, width_px, 3)).copy()).save(memory, form, **options)
    return memory.getvalue()


def tone(seconds: float, channels: int = 2, form: str = "flac") -> bytes:
    at = np.arange(round(seconds * 48_000)) / 48_000
    wave = (0.3 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    flac = encode_flac(np.repeat(wave[:, None], channels, axis=1))
    return flac if form == "flac" else _converted(flac, form)


def _converted(flac: bytes, form: str) -> bytes:
    memory = io.BytesIO()
    codec: Any = {"wav": "pcm_s16le", "mp3": "libmp3lame"}[form]
    with av.open(io.BytesIO(flac), "r", format="flac") as source, av.open(memory, "w", format=form) as target:
        track: Any = target.add_stream(codec, rate=48_000)
        resampler = av.AudioResampler(track.codec_context.format or "s16", "stereo", 48_000)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                target.mux(track.encode(part))
        target.mux(track.encode(None))
    return memory.getvalue()


def movie(count: int = 30, rate: int = 25, form: str = "mp4", codec: str = "libx264") -> bytes:
    memory = io.BytesIO()
    with av.open(memory, "w", format=form) as target:
        track: Any = target.add_stream(codec, rate=rate)
        track.width, track.height, track.pix_fmt = 320, 180, "yuv420p"
        for number in range(count):
            shade = np.full((180, 320, 3), min(255, 40 + 5 * number), np.uint8)
            target.mux(track.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        target.mux(track.encode(None))
    return memory.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_png_of_even_sides(form: str) -> None:
    made = house_media(MediaKind.STILL, picture(321, 201, form))

    assert (made.role, made.media_type, made.width_px, made.height_px) == ("image", "image/png", 320, 200)
    with Image.open(io.BytesIO(made.data)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (320, 200), "RGB")


def test_a_large_picture_is_brought_down_and_a_turned_one_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = house_media(MediaKind.STILL, picture(5_000, 2_500, "JPEG", exif=exif))

    assert (made.width_px, made.height_px) == (1_920, 3_840)


@pytest.mark.parametrize("form", ["wav", "flac", "mp3"])
def test_sound_becomes_flac_a_line_in_mono_and_music_in_stereo(form: str) -> None:
    line, music = (house_media(kind, tone(1.5, form=form)) for kind in (MediaKind.LINE, MediaKind.MUSIC))

    assert (line.role, music.role, line.media_type) == ("speech", "music", "audio/flac")
    for made, channels in ((line, 1), (music, 2)):
        samples = decode(made.data, channels=channels)
        assert len(samples) / 48_000 == pytest.approx(1.5, abs=0.1)
        assert made.length_ms == pytest.approx(len(samples) / 48, abs=1)
        assert samples.std() == pytest.approx(0.21, abs=0.03)


def test_an_ambience_is_as_loud_as_the_studios_own_whatever_it_was() -> None:
    made = house_media(MediaKind.AMBIENCE, tone(1))

    assert (made.role, made.media_type) == ("effects", "audio/flac")
    assert 20 * np.log10(decode(made.data, channels=2).std()) == pytest.approx(-35, abs=0.1)


@pytest.mark.parametrize(("form", "codec"), [("mp4", "libx264"), ("webm", "libvpx-vp9")])
def test_a_clip_becomes_a_house_clip_of_its_own_size_and_rate(form: str, codec: str) -> None:
    made = house_media(MediaKind.CLIP, movie(form=form, codec=codec))

    facts = probe(made.data)
    shades = [float(planes.y.mean()) for planes in frames(made.data)]
    assert (made.frames, made.rate, made.length_ms) == (30, Fraction(25), 1_200)
    assert (facts.width_px, facts.height_px, facts.frames) == (320, 180, 30)
    assert facts.is_house_colour
    assert all(one < two for one, two in itertools.pairwise(shades))


def bomb() -> bytes:
    """A PNG of 4 gigapixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        (MediaKind.STILL, b"ffconcat version 1.0\nfile /etc/passwd\n", "this file is none of these"),
        (MediaKind.CLIP, b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "this file is none of these"),
        (MediaKind.CLIP, b"\0\0\0\x18ftypmp42" + b"ffconcat version 1.0\n", "can't be read"),
        (MediaKind.STILL, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this file is none of these"),
        (MediaKind.STILL, tone(1), "this file is FLAC"),
        (MediaKind.LINE, picture(), "this file is PNG"),
        (MediaKind.STILL, bomb(), "can't be read"),
        (MediaKind.STILL, picture()[:200], "can't be read"),
        (MediaKind.STILL, picture(40, 40), "at least 64 pixels"),
        (MediaKind.LINE, tone(1)[:60], "can't be read"),
        (MediaKind.LINE, tone(61, 1), "at most 60 seconds"),
        (MediaKind.LINE, tone(0.05), "less than a tenth"),
        (MediaKind.CLIP, movie(count=64, rate=1), "at most 60 seconds"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused_in_words(kind: MediaKind, content: bytes, text: str) -> None:
    with pytest.raises(MediaRefused, match=text):
        house_media(kind, content)


def test_every_format_is_told_by_its_bytes_alone() -> None:
    told = [format_of(content) for content in (picture(), picture(form="JPEG"), picture(form="WEBP"))]
    heard = [format_of(tone(0.2, form=form)) for form in ("wav", "flac", "mp3")]

    assert (told, heard) == (["png", "jpeg", "webp"], ["wav", "flac", "mp3"])
    assert [format_of(movie(3)), format_of(movie(3, form="webm", codec="libvpx-vp9"))] == ["mp4", "webm"]


async def test_a_child_process_gives_what_decoding_gives() -> None:
    content = picture()

    brought = await Ingest(LocalPolicy()).bring(uuid4(), MediaKind.STILL, content)

    here: HouseMedia = house_media(MediaKind.STILL, content)
    assert brought.data == here.data
    assert brought.facts["role"] == "image"


async def test_a_child_that_refuses_says_why() -> None:
    with pytest.raises(InvalidInput, match="this file is FLAC"):
        await Ingest(LocalPolicy()).bring(uuid4(), MediaKind.STILL, tone(0.2))


def test_who_starts_children_loads_no_codec() -> None:
    program = "import sys, studio_jobs.media.ingest; print({'av', 'PIL', 'numpy'} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert loaded.stdout.strip() == "set()"
