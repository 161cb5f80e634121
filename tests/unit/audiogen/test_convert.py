"""Task specs become the orders that they describe."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from studio_audiogen.convert import order_of
from studio_audiogen.orders import MOODS, EffectCue, EffectsOrder, Length, MusicOrder, SpeechOrder
from studio_platform.engine import EngineFailure

_RATE = task_pb2.Rate(numerator=24, denominator=1)


def test_a_speech_keeps_its_fields() -> None:
    spec = task_pb2.SpeechSpec(
        text="Hello", language="en-GB", voice="bf_emma", tempo_permille=900, delivery="softly"
    )
    assert order_of(task_pb2.TaskSpec(speech=spec)) == SpeechOrder("Hello", "en-GB", "bf_emma", 900, "softly")


def test_an_unset_tempo_and_intensity_are_usual() -> None:
    speech = order_of(task_pb2.TaskSpec(speech=task_pb2.SpeechSpec(text="Hello", voice="af_heart")))
    music = order_of(task_pb2.TaskSpec(music=task_pb2.MusicSpec(length_frames=24, rate=_RATE)))
    assert isinstance(speech, SpeechOrder)
    assert speech.tempo_permille == 1_000
    assert music == MusicOrder("NEUTRAL", 0, Length(24, 24, 1), 0, 1_000)


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_of_the_contract_is_played(mood: str) -> None:
    spec = task_pb2.MusicSpec(
        mood=task_pb2.Mood.Value(f"MOOD_{mood}"),
        length_frames=48,
        rate=_RATE,
        tempo_bpm=90,
        intensity_permille=700,
    )
    assert order_of(task_pb2.TaskSpec(music=spec, seed=7)) == MusicOrder(mood, 7, Length(48, 24, 1), 90, 700)


def test_effects_keep_ambiences_and_cues_in_order() -> None:
    cue = task_pb2.EffectCue(kind="DOOR", shot_index=1, offset_frames=2, start_frame=30, gain_millibels=-300)
    spec = task_pb2.EffectsSpec(length_frames=48, rate=_RATE, ambiences=["RAIN", "WIND"], cues=[cue])
    expected = EffectsOrder(Length(48, 24, 1), 5, ("RAIN", "WIND"), (EffectCue("DOOR", 30, -300),))
    assert order_of(task_pb2.TaskSpec(effects=spec, seed=5)) == expected


@pytest.mark.parametrize(
    "spec",
    [
        task_pb2.TaskSpec(),
        task_pb2.TaskSpec(still=task_pb2.StillSpec()),
        task_pb2.TaskSpec(speech=task_pb2.SpeechSpec(voice="af_heart")),
        task_pb2.TaskSpec(music=task_pb2.MusicSpec(rate=_RATE)),
        task_pb2.TaskSpec(music=task_pb2.MusicSpec(mood=99, length_frames=24, rate=_RATE)),  # type: ignore[arg-type]  # a mood of a later contract
        task_pb2.TaskSpec(effects=task_pb2.EffectsSpec(length_frames=24)),
    ],
)
def test_a_spec_that_cannot_be_made_fails_for_good(spec: task_pb2.TaskSpec) -> None:
    with pytest.raises(EngineFailure) as failure:
        order_of(spec)
    assert (failure.value.reason, failure.value.permanent) == ("SPEC_INVALID", True)
