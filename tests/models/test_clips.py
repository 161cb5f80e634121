"""Clips by real image-to-video pipelines of random weights."""

from __future__ import annotations

import io
import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio_media.picture import frames, probe, rgb_from_planes
from studio_models.choices import ModelChoice
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, Input, Product, RunCancelled
from studio_videogen.engines.camera import CameraEngine
from studio_videogen.engines.diffusers.engine import DiffusersEngine, FootageChoice
from studio_videogen.engines.fallback import FallbackEngine
from studio_videogen.orders import ClipOrder, Move
from tests.models.runs import Handle
from tests.models.tiny_motion import SVD_FRAMES

Levels = np.ndarray[Any, Any]
PIXELS_MAX = 32 * 32
WINDOW_FRAMES = 5
SHORT_WINDOWS = FootageChoice(WINDOW_FRAMES)


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> ClipOrder:
    """Half a second at 24 frames a second."""
    path = tmp_path_factory.mktemp("still") / "still.png"
    down, across = np.mgrid[0:112, 0:200]
    picture = np.stack([across * 255 // 200, down * 255 // 112, (across + down) % 256], -1)
    Image.fromarray(picture.astype(np.uint8)).save(path)
    still = Input("still", {"image": path})
    return ClipOrder(160, 90, 24, 1, 12, Move.PUSH_IN, 1000, 5, still, prompt="A door opens.")


def loaded(folder: Path, footage: FootageChoice = SHORT_WINDOWS, **changed: Any) -> DiffusersEngine:
    engine = DiffusersEngine(chosen(folder, **changed), footage)
    engine.load()
    return engine


def chosen(folder: Path, **changed: Any) -> ModelChoice:
    return replace(ModelChoice(str(folder), device="cpu", steps=2, pixels_max=PIXELS_MAX), **changed)


@pytest.fixture(scope="module")
def ltx_engine(ltx: Path) -> DiffusersEngine:
    return loaded(ltx)


def clip_of(product: Product) -> bytes:
    return next(part.data or b"" for part in product.parts if part.role == "clip")


def made(engine: DiffusersEngine | FallbackEngine, order: ClipOrder, run: Handle | None = None) -> Product:
    return engine.run([order], [run or Handle()])[0]


def pictures(product: Product) -> list[Levels]:
    return [rgb_from_planes(planes).astype(int) for planes in frames(clip_of(product))]


@pytest.mark.parametrize("family", ["ltx", "wan", "svd"])
def test_a_clip_of_any_family_has_the_length_rate_size_and_colour_of_its_shot(
    family: str, order: ClipOrder, request: pytest.FixtureRequest
) -> None:
    engine = loaded(request.getfixturevalue(family))

    product = made(engine, order)

    facts = probe(clip_of(product))
    assert (facts.frames, facts.width_px, facts.height_px) == (12, 160, 90)
    assert facts.rate_hz == Fraction(24)
    assert facts.is_house_colour
    assert (product.frames, product.length_ms) == (12, 500)
    assert product.facts["native_rate_hz"] == {"ltx": "25", "wan": "16", "svd": "7"}[family]


def test_a_model_without_a_number_of_frames_of_its_own_is_asked_for_those_it_was_made_for(svd: Path) -> None:
    engine = loaded(svd, FootageChoice())
    assert engine._model.nature.frames_max == SVD_FRAMES


def test_a_shot_longer_than_a_window_goes_on_from_the_last_frame_of_the_one_before(
    ltx_engine: DiffusersEngine, order: ClipOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Levels, Levels]] = []
    draw = ltx_engine._model.draw

    def noted(window: Any, run: Any) -> Levels:
        levels = draw(window, run)
        seen.append((window.picture, np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)))
        return levels

    monkeypatch.setattr(ltx_engine._model, "draw", noted)
    product = made(ltx_engine, order)

    assert len(seen) == int(product.facts["windows"]) == 3
    assert int(product.facts["native_frames"]) == sum(len(drawn) for _, drawn in seen) - 2
    for (_, before), (picture, _) in itertools.pairwise(seen):
        assert np.array_equal(picture, before[-1])


def test_the_same_order_makes_the_same_clip_and_another_seed_or_move_another(
    ltx_engine: DiffusersEngine, order: ClipOrder
) -> None:
    first = clip_of(made(ltx_engine, order))

    assert clip_of(made(ltx_engine, order)) == first
    assert clip_of(made(ltx_engine, replace(order, seed=6))) != first
    assert clip_of(made(ltx_engine, replace(order, move=Move.PAN_LEFT))) != first


def test_progress_rises_over_all_windows(ltx_engine: DiffusersEngine, order: ClipOrder) -> None:
    run = Handle()
    made(ltx_engine, order, run)
    assert run.percents == sorted(run.percents)
    assert len(run.percents) == 2 * 3
    assert run.percents[-1] > 80


def test_a_cancelled_clip_ends_at_its_next_step(ltx_engine: DiffusersEngine, order: ClipOrder) -> None:
    run = Handle(cancelled_at=20)
    with pytest.raises(RunCancelled):
        made(ltx_engine, order, run)
    assert run.percents[-1] < 50


def black(levels: Levels) -> Levels:
    return np.zeros_like(levels)


def without_numbers(levels: Levels) -> Levels:
    return levels * np.nan


def one_black(levels: Levels) -> Levels:
    levels = levels.copy()
    levels[2] = 0
    return levels


def frozen(levels: Levels) -> Levels:
    return np.repeat(levels[:1], len(levels), axis=0)


@pytest.fixture
def spoil(ltx_engine: DiffusersEngine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Spoil what the model draws, the first times or always; the seeds that it is asked with."""

    def spoilt(how: Callable[[Levels], Levels], times: int = 1_000) -> list[int]:
        seeds: list[int] = []
        draw = ltx_engine._model.draw

        def drawn(window: Any, run: Any) -> Levels:
            seeds.append(window.seed)
            levels = draw(window, run)
            return how(levels) if len(seeds) <= times else levels

        monkeypatch.setattr(ltx_engine._model, "draw", drawn)
        return seeds

    return spoilt


SPOILS = [
    (black, "EMPTY_CLIP"),
    (without_numbers, "EMPTY_CLIP"),
    (one_black, "EMPTY_CLIP"),
    (frozen, "FROZEN_CLIP"),
]


@pytest.mark.parametrize(("how", "reason"), SPOILS)
def test_unusable_footage_is_drawn_anew_from_another_seed_and_then_fails(
    ltx_engine: DiffusersEngine, order: ClipOrder, spoil: Callable[..., list[int]], how: Any, reason: str
) -> None:
    seeds = spoil(how)
    with pytest.raises(EngineFailure) as told:
        made(ltx_engine, order)
    assert told.value.reason == reason
    assert not told.value.permanent
    assert len(set(seeds)) == 2


def test_a_second_seed_that_works_makes_the_clip_and_is_told(
    ltx_engine: DiffusersEngine, order: ClipOrder, spoil: Callable[..., list[int]]
) -> None:
    spoil(frozen, times=1)
    assert made(ltx_engine, order).facts["seeds_tried"] == "2"


def test_by_its_setting_alone_the_camera_makes_what_the_model_fails_at_and_says_so(
    ltx_engine: DiffusersEngine, order: ClipOrder, spoil: Callable[..., list[int]]
) -> None:
    spoil(frozen)
    engine = FallbackEngine(ltx_engine, CameraEngine())

    product = made(engine, order)

    assert product.facts["fallback"] == "camera: FROZEN_CLIP"
    assert probe(clip_of(product)).frames == 12
    assert engine.describe().model == f"{ltx_engine.describe().model}, else camera"
    assert engine.describe().revision != ltx_engine.describe().revision


def test_an_order_that_nobody_could_make_does_not_fall_back(
    ltx_engine: DiffusersEngine, order: ClipOrder
) -> None:
    with pytest.raises(EngineFailure) as told:
        made(FallbackEngine(ltx_engine, CameraEngine()), replace(order, width_px=161))
    assert told.value.reason == "BAD_SPEC"


def test_a_prompt_beyond_the_model_is_reported_from_the_word_on(
    ltx_engine: DiffusersEngine, order: ClipOrder
) -> None:
    facts = made(ltx_engine, replace(order, prompt=f"{'word ' * 40}zzyzx.")).facts
    assert facts["prompt_cut_before"].split()[0] in ("word", "zzyzx.")
    assert "prompt_cut_before" not in made(ltx_engine, order).facts


def test_a_folder_that_names_the_text_to_video_class_is_loaded_for_pictures(
    ltx: Path, tmp_path: Path
) -> None:
    shutil.copytree(ltx, tmp_path / "ltx")
    index = tmp_path / "ltx" / "model_index.json"
    told = json.loads(index.read_text())
    index.write_text(json.dumps({**told, "_class_name": "LTXPipeline"}))
    engine = loaded(tmp_path / "ltx")
    assert type(engine._model._pipeline).__name__ == "LTXImageToVideoPipeline"


def test_a_model_of_stills_is_refused(sdxl: Path) -> None:
    with pytest.raises(ModelError, match="makes no video from a picture"):
        loaded(sdxl)


def test_the_key_tells_all_that_decides_a_clip(ltx: Path) -> None:
    footages = (
        FootageChoice(),
        FootageChoice(9),
        FootageChoice(rate_hz=12),
        FootageChoice(negative_prompt="blur"),
    )
    keys = {DiffusersEngine(chosen(ltx), footage).describe().model_revision for footage in footages}
    assert len(keys) == len(footages)


def test_another_rate_of_the_model_is_taken_from_settings(ltx: Path, order: ClipOrder) -> None:
    engine = loaded(ltx, FootageChoice(WINDOW_FRAMES, rate_hz=6))
    facts = made(engine, order).facts
    assert engine._model.nature.rate_hz == Fraction(6)
    assert facts["windows"] == "1"
    assert facts["retiming"] == "interpolate"


def test_a_still_that_is_no_picture_is_refused(
    ltx_engine: DiffusersEngine, order: ClipOrder, tmp_path: Path
) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(io.BytesIO(b"no picture").read())
    with pytest.raises(EngineFailure) as told:
        made(ltx_engine, replace(order, still=Input("still", {"image": path})))
    assert told.value.reason == "BAD_STILL"
