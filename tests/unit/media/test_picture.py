"""The clip writer keeps the promises that packet copy rests on."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from studio_media.house import HOUSE_PICTURE, FormError, PictureForm, timescale_hz
from studio_media.picture import (
    ClipError,
    ClipWriter,
    Planes,
    frames,
    opened,
    packets,
    planes_from_rgb,
    probe,
    rgb_from_planes,
)

TICKS_PER_FRAME = 512
Picture = NDArray[np.uint8]


def form_of(length_frames: int, width_px: int = 192, height_px: int = 108) -> PictureForm:
    return PictureForm(width_px, height_px, 24, 1, length_frames)


def noise(form: PictureForm, seed: int) -> Callable[[int], Picture]:
    blocks = np.random.default_rng(seed).integers(
        0, 255, (form.height_px // 4, form.width_px // 4, 3), dtype=np.uint8
    )
    still = blocks.repeat(4, 0).repeat(4, 1)
    return lambda index: np.roll(still, index * 3, axis=1)


def clip(form: PictureForm, picture: Callable[[int], Picture]) -> bytes:
    with ClipWriter(form) as writer:
        for index in range(form.length_frames):
            writer.write_rgb(picture(index))
    return writer.data


def numbered(form: PictureForm) -> bytes:
    """A clip whose frame i is grey of level 2 i + 20."""
    return clip(form, lambda i: np.full((form.height_px, form.width_px, 3), 2 * i + 20, np.uint8))


def shown_frame(packet: Packet[VideoStream]) -> int:
    assert packet.pts is not None
    return packet.pts // TICKS_PER_FRAME


def join(head: bytes, data: bytes, body: range) -> bytes:
    """Put a clip's body, by packet copy, behind another clip of as many frames as the body's start."""
    memory = io.BytesIO()
    with opened(head) as (_, template), av.open(memory, mode="w", format="mp4") as container:
        stream = container.add_stream_from_template(template)
        kept = [p for p in packets(data) if shown_frame(p) in body]
        for packet in [*packets(head), *kept]:
            packet.stream = stream
            container.mux(packet)
    return memory.getvalue()


@pytest.mark.parametrize("length_frames", [1, 2, 12, 24, 25, 72])
def test_a_clip_has_exactly_the_ordered_frames(length_frames: int) -> None:
    form = form_of(length_frames)

    data = clip(form, noise(form, 1))

    facts = probe(data)
    assert (facts.width_px, facts.height_px, facts.rate_hz) == (192, 108, Fraction(24))
    assert facts.frames == length_frames
    assert len(list(frames(data))) == length_frames


def test_idr_pictures_stand_at_the_start_and_both_ends_of_the_body() -> None:
    form = form_of(72)

    key_frames = {shown_frame(p) for p in packets(clip(form, noise(form, 2))) if p.is_keyframe}

    assert {0, 12, 60} <= key_frames
    assert HOUSE_PICTURE.body(72) == range(12, 60)


def test_a_clip_of_two_joints_has_no_body() -> None:
    assert len(HOUSE_PICTURE.body(24)) == 0
    assert HOUSE_PICTURE.idr_frames(24) == {0}
    assert HOUSE_PICTURE.idr_frames(25) == {0, 12, 13}


def test_no_gop_is_longer_than_the_profile_allows() -> None:
    form = form_of(160)

    keys = sorted(shown_frame(p) for p in packets(clip(form, noise(form, 3))) if p.is_keyframe)

    assert max(b - a for a, b in zip(keys, [*keys[1:], 160], strict=True)) <= HOUSE_PICTURE.gop_frames


def test_parameter_sets_are_equal_whatever_the_picture_and_the_length() -> None:
    noisy, short, grey = form_of(40), form_of(7), form_of(90)

    sets = {probe(d).parameter_sets for d in (clip(noisy, noise(noisy, 3)), numbered(short), numbered(grey))}

    assert len(sets) == 1


def test_a_body_copied_behind_a_new_head_decodes_to_the_same_pictures() -> None:
    form, head_form = form_of(48), form_of(12)
    data, head = clip(form, noise(form, 4)), numbered(head_form)
    body = HOUSE_PICTURE.body(48)

    joined = list(frames(join(head, data, body)))

    whole, head_frames = list(frames(data)), list(frames(head))
    assert len(joined) == len(head_frames) + len(body)
    for shown, expected in zip(joined, head_frames + whole[body.start : body.stop], strict=True):
        assert np.array_equal(shown.y, expected.y)
        assert np.array_equal(shown.u, expected.u)
        assert np.array_equal(shown.v, expected.v)


def test_packets_are_in_rising_decoding_order_on_the_pinned_time_base() -> None:
    form = form_of(30)
    data = clip(form, noise(form, 5))

    listed = list(packets(data))

    assert probe(data).time_base == Fraction(1, 12_288)
    decoding_ticks = [p.dts for p in listed if p.dts is not None]
    assert decoding_ticks == sorted(set(decoding_ticks))
    assert sorted(shown_frame(p) for p in listed) == list(range(30))


def test_colour_is_tagged_and_converted_as_bt709() -> None:
    red = np.zeros((64, 64, 3), np.uint8)
    red[:] = (200, 40, 40)
    form = form_of(2, 64, 64)

    planes = planes_from_rgb(red)

    # 0.2126, 0.7152, 0.0722 of 200, 40, 40 in studio range; BT.601 would give 91.
    assert abs(int(planes.y[0, 0]) - 80) <= 1
    assert np.abs(rgb_from_planes(planes).astype(int) - red).max() <= 2
    assert probe(clip(form, lambda _: red)).is_house_colour


def test_the_same_pictures_give_the_same_bytes() -> None:
    form = form_of(30)

    assert clip(form, noise(form, 6)) == clip(form, noise(form, 6))


def test_planes_survive_odd_line_widths() -> None:
    form = form_of(3, 70, 34)
    planes = planes_from_rgb(noise(form_of(1, 72, 36), 7)(0)[:34, :70])

    with ClipWriter(form) as writer:
        for _ in range(3):
            writer.write_planes(planes.y, planes.u, planes.v)

    decoded = next(frames(writer.data))
    assert decoded.y.shape == (34, 70)
    assert np.abs(decoded.y.astype(int) - planes.y).mean() < 6


def test_a_painted_picture_is_encoded_as_one_that_is_handed_over() -> None:
    form = form_of(3, 70, 34)
    planes = planes_from_rgb(noise(form_of(1, 72, 36), 7)(0)[:34, :70])

    def paint(picture: Planes) -> None:
        picture.y[:], picture.u[:], picture.v[:] = planes.y, planes.u, planes.v

    with ClipWriter(form) as handed, ClipWriter(form) as painted:
        for _ in range(3):
            handed.write_planes(planes.y, planes.u, planes.v)
            painted.write_painted(paint)

    assert painted.data == handed.data


def test_frames_seeks_to_the_asked_range() -> None:
    data = numbered(form_of(72))

    levels = [int(planes.y.mean()) for planes in frames(data, 61, 64)]

    whole = [int(planes.y.mean()) for planes in frames(data)]
    assert levels == whole[61:64]
    assert len(set(whole)) > 60


@pytest.mark.parametrize("written", [1, 3])
def test_a_wrong_count_of_frames_is_refused_and_leaves_no_file(tmp_path: Path, written: int) -> None:
    form, path = form_of(2), tmp_path / "clip.mp4"

    def write() -> None:
        with ClipWriter(form, path) as writer:
            for index in range(written):
                writer.write_rgb(noise(form, 8)(index))

    with pytest.raises(ClipError):
        write()

    assert not path.exists()


def test_an_exception_in_the_block_passes_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    with pytest.raises(KeyError), ClipWriter(form_of(5), path):
        raise KeyError

    assert not path.exists()


def test_a_file_holds_the_same_bytes_as_memory(tmp_path: Path) -> None:
    form, path = form_of(9), tmp_path / "clip.mp4"

    with ClipWriter(form, path) as writer:
        for index in range(9):
            writer.write_rgb(noise(form, 9)(index))

    assert path.read_bytes() == clip(form, noise(form, 9))
    assert probe(path).frames == 9


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ClipError), ClipWriter(form_of(1)) as writer:
        writer.write_rgb(np.zeros((16, 16, 3), np.uint8))


def test_a_list_of_other_files_is_not_opened_as_a_clip(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(numbered(form_of(2)))
    disguised = tmp_path / "upload.mp4"
    disguised.write_text(f"ffconcat version 1.0\nfile '{secret}'\n")

    with pytest.raises(ClipError):
        probe(disguised)


def test_a_clip_that_ends_early_is_an_error() -> None:
    data = numbered(form_of(4))

    with pytest.raises(ClipError):
        list(frames(data, 0, 5))


@pytest.mark.parametrize(
    ("width_px", "height_px", "numerator", "denominator", "length_frames"),
    [
        (191, 108, 24, 1, 1),
        (8, 8, 24, 1, 1),
        (192, 108, 0, 1, 1),
        (192, 108, 1000, 1, 1),
        (192, 108, 24, 1, 0),
    ],
)
def test_a_form_outside_its_limits_is_refused(
    width_px: int, height_px: int, numerator: int, denominator: int, length_frames: int
) -> None:
    with pytest.raises(FormError):
        PictureForm(width_px, height_px, numerator, denominator, length_frames)


@pytest.mark.parametrize(
    ("rate", "ticks_hz"), [(Fraction(24), 12_288), (Fraction(25), 12_800), (Fraction(24_000, 1_001), 24_000)]
)
def test_the_time_base_divides_a_frame_exactly(rate: Fraction, ticks_hz: int) -> None:
    assert timescale_hz(rate) == ticks_hz
    assert (ticks_hz / rate).denominator == 1


def test_a_clip_does_not_depend_on_what_the_memory_held_before() -> None:
    # At these widths x264 is known to read more than a row. glibc fills the memory that it hands out.
    program = """
import hashlib
from tests.unit.media.test_picture import clip, form_of, noise
for size in ((424, 240), (320, 180), (192, 108)):
    form = form_of(30, *size)
    print(hashlib.sha256(clip(form, noise(form, 1))).hexdigest())
"""

    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"MALLOC_PERTURB_": filling, "PYTHONPATH": str(Path(__file__).parents[3])},
            check=True,
            capture_output=True,
        ).stdout
        for filling in ("1", "85", "170")
    }

    assert len(made) == 1


def test_the_revision_names_profile_and_codecs() -> None:
    assert HOUSE_PICTURE.revision().startswith("house4-av")
