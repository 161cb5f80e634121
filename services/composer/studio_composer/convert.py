"""From the broker's task specs to composer orders, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.generation.v1 import task_pb2
from studio_composer.orders import FilmOrder, FilmSegment, Level, SegmentOrder, SegmentShot, SpeechCue
from studio_platform.engine import EngineFailure, Input

USUAL_LOUDNESS_MILLILUFS = -16_000

ComposerOrder = SegmentOrder | FilmOrder


def order_of(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> ComposerOrder:
    """Return the order that a resolved spec describes.

    An unset loudness is -16 LUFS. Raises EngineFailure, permanent, for another kind of work, a missing
    size or rate, or a shot without a length.
    """
    match spec.WhichOneof("work"):
        case "segment":
            _check_form(spec.segment.size, spec.segment.rate)
            return segment_order(spec.segment, inputs)
        case "film":
            _check_form(spec.film.size, spec.film.rate)
            return film_order(spec.film, inputs)
        case other:
            raise _refusal(f"the composer makes no {other or 'empty work'}")


def segment_order(spec: task_pb2.SegmentSpec, inputs: Mapping[str, Input]) -> SegmentOrder:
    """Return a scene's order."""
    return SegmentOrder(
        width_px=spec.size.width_px,
        height_px=spec.size.height_px,
        rate_numerator=spec.rate.numerator,
        rate_denominator=spec.rate.denominator,
        shots=tuple(_shot(shot) for shot in spec.shots),
        music_role=spec.music_role,
        effects_role=spec.effects_role,
        fade_in_frames=spec.fade_in_frames,
        fade_out_frames=spec.fade_out_frames,
        inputs=inputs,
        retimed=spec.retimed,
        music_fitted=spec.music_fitted,
    )


def film_order(spec: task_pb2.FilmSpec, inputs: Mapping[str, Input]) -> FilmOrder:
    """Return the film's order."""
    return FilmOrder(
        title=spec.title,
        width_px=spec.size.width_px,
        height_px=spec.size.height_px,
        rate_numerator=spec.rate.numerator,
        rate_denominator=spec.rate.denominator,
        segments=tuple(_scene(segment) for segment in spec.segments),
        credit=spec.credit,
        author=spec.author,
        loudness_target_millilufs=spec.loudness_target_millilufs or USUAL_LOUDNESS_MILLILUFS,
        title_card_frames=spec.title_card_frames,
        end_card_frames=spec.end_card_frames,
        language=spec.language or "en",
        inputs=inputs,
        end_title=spec.end_title,
        credits=tuple(spec.credits),
        credits_card_frames=spec.credits_card_frames,
    )


def _scene(segment: task_pb2.FilmSegment) -> FilmSegment:
    return FilmSegment(
        segment.role,
        segment.heading,
        segment.crossfade_frames,
        Level(segment.music_gain_millibels, segment.music_muted),
        Level(segment.effects_gain_millibels, segment.effects_muted),
    )


def _shot(shot: task_pb2.SegmentShot) -> SegmentShot:
    if not shot.length_frames:
        raise _refusal(f"shot {shot.shot_id} has no length")
    if shot.head_trim_frames + shot.tail_trim_frames >= shot.length_frames:
        trims = shot.head_trim_frames + shot.tail_trim_frames
        raise EngineFailure(
            "TRIM_TOO_LONG",
            f"The trims of shot {shot.shot_id} take {trims} frames; it has {shot.length_frames}.",
            permanent=True,
        )
    return SegmentShot(
        shot.shot_id,
        shot.clip_role,
        shot.length_frames,
        tuple(_cue(cue) for cue in shot.cues),
        shot.head_trim_frames,
        shot.tail_trim_frames,
        shot.hold_frames,
        shot.crossfade_frames,
        shot.dip_frames,
        shot.effects_role,
        shot.effects_start_frame,
        shot.fitted,
    )


def _cue(cue: task_pb2.SpeechCue) -> SpeechCue:
    level = Level(cue.gain_millibels, cue.muted)
    return SpeechCue(cue.role, cue.start_frame, cue.character, cue.text, level)


def _check_form(size: task_pb2.Size, rate: task_pb2.Rate) -> None:
    if not (size.width_px and size.height_px and rate.numerator and rate.denominator):
        raise _refusal("the size or the rate is missing")


def _refusal(text: str) -> EngineFailure:
    return EngineFailure("SPEC_INVALID", f"This can't be composed: {text}.", log_text=text, permanent=True)
