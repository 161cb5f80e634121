"""Music and effects by a real text-to-audio pipeline of random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio_audiogen.engines.diffusers.engine import DiffusersEngine, SharedModel
from studio_audiogen.engines.diffusers.level import integrated_lufs
from studio_audiogen.engines.diffusers.words import MUSIC_LUFS
from studio_audiogen.orders import EffectCue, EffectsOrder, Length, MusicOrder
from studio_media.sound import Samples, decode
from studio_models.choices import ModelChoice
from studio_models.loading import ModelError
from studio_platform.engine import EngineFailure, RunCancelled
from tests.models.runs import Handle
from tests.models.tiny_sound import SECONDS_MAX

SHORT = Length(48, 24, 1)
LONG = Length(10 * 24, 24, 1)


@pytest.fixture(scope="module")
def shared(stable_audio: Path) -> SharedModel:
    return SharedModel(ModelChoice(str(stable_audio), device="cpu", steps=2))


@pytest.fixture(scope="module")
def music(shared: SharedModel) -> DiffusersEngine:
    engine = DiffusersEngine("MUSIC", shared)
    engine.load()
    return engine


@pytest.fixture(scope="module")
def effects(shared: SharedModel) -> DiffusersEngine:
    engine = DiffusersEngine("EFFECTS", shared)
    engine.load()
    return engine


def heard(engine: DiffusersEngine, order: MusicOrder | EffectsOrder, run: Handle | None = None) -> Samples:
    (product,) = engine.run([order], [run or Handle()])
    assert product.length_ms == order.length.milliseconds
    return decode(product.parts[0].data or b"", channels=2)


@pytest.mark.parametrize("length", [SHORT, LONG, Length(101, 30_000, 1001)])
def test_music_is_exactly_as_long_as_its_scene_and_as_loud_as_music_shall_be(
    music: DiffusersEngine, length: Length
) -> None:
    samples = heard(music, MusicOrder("CALM", 3, length))
    assert samples.shape == (length.samples, 2)
    assert abs(integrated_lufs(samples) - MUSIC_LUFS) < 1.5
    assert np.abs(samples).max() <= 0.71


def test_music_longer_than_the_model_makes_sounds_throughout(music: DiffusersEngine) -> None:
    samples = heard(music, MusicOrder("TENSE", 3, LONG))
    assert LONG.seconds > 2 * SECONDS_MAX
    levels = np.sqrt(np.square(samples[: 9 * 48_000]).reshape(-1, 4_800, 2).mean(axis=(1, 2)))
    assert levels.min() > levels.mean() / 10


def test_the_same_order_makes_the_same_music_and_another_another(music: DiffusersEngine) -> None:
    first = heard(music, MusicOrder("CALM", 3, SHORT))
    assert np.array_equal(first, heard(music, MusicOrder("CALM", 3, SHORT)))
    assert not np.array_equal(first, heard(music, MusicOrder("CALM", 4, SHORT)))
    assert not np.array_equal(first, heard(music, MusicOrder("DARK", 3, SHORT)))


def test_a_single_sound_starts_at_its_frame(effects: DiffusersEngine) -> None:
    samples = heard(effects, EffectsOrder(LONG, 3, cues=(EffectCue("DOOR", 48),)))
    start = LONG.sample_of(48)
    assert not samples[:start].any()
    assert np.abs(samples[start : start + 4_800]).max() > 0


def test_an_ambience_fills_its_scene_and_is_quieter_where_it_shall_be(effects: DiffusersEngine) -> None:
    rain, room = (heard(effects, EffectsOrder(LONG, 3, (name,))) for name in ("RAIN", "ROOM_TONE"))
    assert rain.shape == room.shape == (LONG.samples, 2)
    assert integrated_lufs(rain) - integrated_lufs(room) > 15


def test_a_sound_that_comes_often_is_made_twice_and_no_more(
    effects: DiffusersEngine, shared: SharedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []
    sound = shared.loaded().sound

    def noted(wanted: Any, run: Any) -> Samples:
        seeds.append(wanted.seed)
        return sound(wanted, run)

    monkeypatch.setattr(shared.loaded(), "sound", noted)
    heard(
        effects, EffectsOrder(LONG, 3, cues=tuple(EffectCue("STEPS", frame) for frame in range(0, 200, 20)))
    )
    assert len(seeds) == len(set(seeds)) == 2


def test_progress_rises_over_all_pieces_and_a_cancel_ends_them(music: DiffusersEngine) -> None:
    run, cancelled = Handle(), Handle(cancelled_at=30)
    heard(music, MusicOrder("CALM", 3, LONG), run)
    with pytest.raises(RunCancelled):
        heard(music, MusicOrder("CALM", 3, LONG), cancelled)
    assert run.percents == sorted(run.percents)
    assert run.percents[-1] > 80
    assert cancelled.percents[-1] < 60


@pytest.mark.parametrize("level", [0.0, np.nan])
def test_silence_and_no_sound_at_all_are_made_anew_and_then_fail(
    music: DiffusersEngine, shared: SharedModel, monkeypatch: pytest.MonkeyPatch, level: float
) -> None:
    model: Any = shared.loaded()
    drawn, attempts = model._drawn, []

    def spoilt(wanted: Any, attempt: int, run: Any) -> Samples:
        attempts.append(attempt)
        empty: Samples = drawn(wanted, attempt, run) * np.float32(level)
        return empty

    monkeypatch.setattr(model, "_drawn", spoilt)
    with pytest.raises(EngineFailure) as told:
        heard(music, MusicOrder("CALM", 3, SHORT))
    assert told.value.reason == "EMPTY_SOUND"
    assert attempts == [0, 1]


def test_a_model_of_stills_is_refused(sdxl: Path) -> None:
    with pytest.raises(ModelError):
        DiffusersEngine("MUSIC", SharedModel(ModelChoice(str(sdxl), device="cpu"))).load()
