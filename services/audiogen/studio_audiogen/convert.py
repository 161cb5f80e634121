"""From the broker's task specs to audio orders, as pure functions."""

from __future__ import annotations

from typing import NoReturn

from filmstudio.generation.v1 import task_pb2
from studio_audiogen.orders import EffectCue, EffectsOrder, Length, MusicOrder, OrderError, SpeechOrder
from studio_platform.engine import EngineFailure

_USUAL_PERMILLE = 1_000
_OPENINGS = {
    task_pb2.MUSIC_OPENING_UNSPECIFIED: "",
    task_pb2.MUSIC_OPENING_STING: "STING",
    task_pb2.MUSIC_OPENING_SHIMMER: "SHIMMER",
}

AudioOrder = SpeechOrder | MusicOrder | EffectsOrder


def order_of(spec: task_pb2.TaskSpec) -> AudioOrder:
    """Return the order that a resolved spec describes.

    Unset tempo and intensity are the usual 1000 permille. Raises EngineFailure, permanent, for another
    kind of work or a value out of its range.
    """
    try:
        match spec.WhichOneof("work"):
            case "speech":
                return speech_order(spec.speech)
            case "music":
                return music_order(spec.music, spec.seed)
            case "effects":
                return effects_order(spec.effects, spec.seed)
            case other:
                return _refuse(other)
    except OrderError as error:
        text = f"This sound can't be made: {error}."
        raise EngineFailure("SPEC_INVALID", text, log_text=str(error), permanent=True) from error


def speech_order(spec: task_pb2.SpeechSpec) -> SpeechOrder:
    """Return a speech's order. Raises OrderError."""
    return SpeechOrder(
        text=spec.text,
        language=spec.language,
        voice=spec.voice,
        tempo_permille=spec.tempo_permille or _USUAL_PERMILLE,
        delivery=spec.delivery,
        window_ms=spec.window_ms,
    )


def music_order(spec: task_pb2.MusicSpec, seed: int) -> MusicOrder:
    """Return a score's order; an unspecified mood is NEUTRAL. Raises OrderError."""
    mood = spec.mood or task_pb2.MOOD_NEUTRAL
    if mood not in task_pb2.Mood.values():
        raise OrderError(f"no mood numbered {mood}")
    if spec.opening not in _OPENINGS:
        raise OrderError(f"no opening numbered {spec.opening}")
    return MusicOrder(
        mood=task_pb2.Mood.Name(mood).removeprefix("MOOD_"),
        seed=seed,
        length=_length(spec.length_frames, spec.rate),
        tempo_bpm=spec.tempo_bpm,
        intensity_permille=spec.intensity_permille or _USUAL_PERMILLE,
        key=spec.key,
        opening=_OPENINGS[spec.opening],
    )


def effects_order(spec: task_pb2.EffectsSpec, seed: int) -> EffectsOrder:
    """Return a scene's effects. Raises OrderError."""
    return EffectsOrder(
        length=_length(spec.length_frames, spec.rate),
        seed=seed,
        ambiences=tuple(spec.ambiences),
        cues=tuple(EffectCue(cue.kind, cue.start_frame, cue.gain_millibels) for cue in spec.cues),
    )


def _refuse(work: str | None) -> NoReturn:
    raise OrderError(f"the audio generator makes no {work or 'empty work'}")


def _length(frames: int, rate: task_pb2.Rate) -> Length:
    return Length(frames, rate.numerator, rate.denominator)
