"""The segment engine: bit-exact pictures, exact stems."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio_composer.engines.segment import SegmentEngine
from studio_composer.held import fitted
from studio_composer.orders import SegmentOrder
from studio_media.house import PictureProfile
from studio_media.picture import Planes, frames, rgb_from_planes
from studio_media.sound import decode, samples_for
from studio_platform.engine import EngineFailure, Product, RunCancelled
from tests.unit.composer.material import RATE, WatchedRun, content, given, noise, segment_order, write_clip


def _composed(folder: Path, order: SegmentOrder) -> Product:
    [product] = SegmentEngine(folder).run([order], [WatchedRun()])
    return product


def _clips(order: SegmentOrder) -> list[Planes]:
    pictures: list[Planes] = []
    for shot in order.shots:
        pictures += frames(order.inputs[shot.clip_role].parts["clip"])
    return pictures


def _equal(one: Planes, two: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in ((one.y, two.y), (one.u, two.u), (one.v, two.v)))


def test_a_scene_of_cuts_is_its_clips_bit_by_bit(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 30, 7, 1, 25))

    pictures = list(frames(content(_composed(tmp_path, order), "picture")))

    assert len(pictures) == order.length_frames
    assert all(_equal(*pair) for pair in zip(pictures, _clips(order), strict=True))


def test_fades_touch_only_the_frames_before_the_first_and_after_the_last_cut(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", fade_in=12, fade_out=10)

    product = _composed(tmp_path, order)

    pictures, clips = list(frames(content(product, "picture"))), _clips(order)
    assert all(_equal(*pair) for pair in zip(pictures[12:-12], clips[12:-12], strict=True))
    assert pictures[0].y.max() <= 24
    assert pictures[-1].y.max() <= 24
    assert pictures[6].y.mean() < clips[6].y.mean()
    assert product.facts["frames_copied"] == str(order.length_frames - 24)


@pytest.mark.parametrize("length", [1, 5, 20, 30])
def test_a_scene_of_one_short_shot_fades_both_ways(tmp_path: Path, length: int) -> None:
    order = segment_order(tmp_path / "in", lengths=(length,), fade_in=12, fade_out=12, speech_seconds=0.01)
    order = replace(order, shots=(replace(order.shots[0], cues=()),))

    pictures = list(frames(content(_composed(tmp_path, order), "picture")))

    assert len(pictures) == length
    assert pictures[0].y.max() <= 24


def test_a_clip_of_another_profile_is_encoded_again(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    foreign = write_clip(tmp_path / "foreign.mp4", 36, 9, PictureProfile(preset="slow"))
    order = replace(order, inputs={**order.inputs, "clip-1": given(tmp_path, "clip-1", "clip", foreign)})

    product = _composed(tmp_path, order)

    assert product.facts["clips_encoded_again"] == "1"
    assert len(list(frames(content(product, "picture")))) == 84


def test_stems_are_exactly_as_long_as_the_scene(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")

    product = _composed(tmp_path, order)

    stems = {stem: decode(content(product, stem), channels=2) for stem in ("dialogue", "music", "effects")}
    assert {len(stem) for stem in stems.values()} == {samples_for(84, RATE, 1)}
    given_music = decode(order.inputs["music"].parts["music"], channels=2)
    assert np.array_equal(stems["music"], given_music)
    assert np.flatnonzero(stems["dialogue"][:, 0])[0] == pytest.approx(samples_for(6, RATE, 1), abs=2)


def test_a_scene_without_music_has_a_silent_stem(tmp_path: Path) -> None:
    order = replace(segment_order(tmp_path / "in"), music_role="")

    product = _composed(tmp_path, order)

    assert not decode(content(product, "music"), channels=2).any()


def test_cues_follow_the_speech(tmp_path: Path) -> None:
    product = _composed(tmp_path, segment_order(tmp_path / "in"))

    assert json.loads(content(product, "cues")) == [
        {"start_ms": 250, "end_ms": 750, "character": "MARA", "text": "It was raining."}
    ]


def test_a_speech_longer_than_its_shot_names_the_shot(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match=r"SPEECH_LONGER_THAN_SHOT.*shot-0") as failure:
        _composed(tmp_path, segment_order(tmp_path / "in", speech_seconds=3))

    assert failure.value.permanent


def test_music_of_another_length_is_refused(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    short = given(tmp_path, "music", "music", noise(48_000, 0.1, 1))

    with pytest.raises(EngineFailure, match="STEM_LENGTH"):
        _composed(tmp_path, replace(order, inputs={**order.inputs, "music": short}))


def test_a_clip_of_another_length_is_refused(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    shots = (replace(order.shots[0], length_frames=47), order.shots[1])

    with pytest.raises(EngineFailure, match="CLIP_FORM"):
        _composed(tmp_path, replace(order, shots=shots))


def test_a_broken_clip_fails_and_leaves_nothing_behind(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    order.inputs["clip-0"].parts["clip"].write_bytes(b"ffconcat version 1.0\n")

    with pytest.raises(EngineFailure):
        _composed(tmp_path / "scratch", order)

    assert not list((tmp_path / "scratch").iterdir())


def test_a_cancel_stops_the_scene_and_leaves_nothing_behind(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")

    with pytest.raises(RunCancelled):
        SegmentEngine(tmp_path / "scratch").run([order], [WatchedRun(checks=5)])

    assert not list((tmp_path / "scratch").iterdir())


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", fade_in=12, fade_out=12)

    one, two = _composed(tmp_path, order), _composed(tmp_path, order)

    for part in one.parts:
        assert content(one, part.role) == content(two, part.role)


def test_a_still_is_held_as_long_as_its_shot_and_joins_clips_by_copy(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 31))
    Image.fromarray(np.full((135, 240, 3), (180, 90, 40), np.uint8)).save(tmp_path / "still.png")
    still = given(tmp_path, "still-1", "image", tmp_path / "still.png")
    held = replace(order.shots[1], clip_role="", still_role="still-1")
    order = replace(order, shots=(order.shots[0], held), inputs={**order.inputs, "still-1": still})

    pictures = list(frames(content(_composed(tmp_path, order), "picture")))

    shown = [rgb_from_planes(picture) for picture in pictures[48:]]
    assert len(shown) == 31
    assert all(np.abs(picture.mean(axis=(0, 1)) - (180, 90, 40)).max() < 3 for picture in shown)
    clip = list(frames(order.inputs["clip-0"].parts["clip"]))
    assert all(_equal(*pair) for pair in zip(pictures[:48], clip, strict=True))


def test_a_still_of_other_proportions_fills_the_frame(tmp_path: Path) -> None:
    Image.fromarray(np.full((400, 100, 3), 128, np.uint8)).save(tmp_path / "still.png")

    picture = fitted(tmp_path / "still.png", 192, 108)

    assert picture.y.shape == (108, 192)
    assert picture.y.min() == picture.y.max()


def test_a_still_that_is_no_picture_fails_the_scene(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(24,))
    still = given(tmp_path, "still-1", "image", b"no picture")
    held = replace(order.shots[0], clip_role="", still_role="still-1")

    with pytest.raises(EngineFailure, match="SEGMENT_FAILED"):
        _composed(tmp_path, replace(order, shots=(held,), inputs={**order.inputs, "still-1": still}))
