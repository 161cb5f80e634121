"""From the broker's task specs to composer orders, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.generation.v1 import task_pb2
from studio_composer.blends import Blend
from studio_composer.convert_looks import brand_of, caption_style_of
from studio_composer.orders import (
    FilmForm,
    FilmOrder,
    FilmSegment,
    Framing,
    Level,
    LevelsOrder,
    LowerThird,
    MasterOrder,
    ReadingOrder,
    SegmentOrder,
    SegmentShot,
    SoundEnd,
    SpeechCue,
    TranslatedCue,
)
from studio_composer.sheet_orders import SheetFrame, SheetLine, SheetOrder, SheetScene
from studio_platform.engine import EngineFailure, Input

USUAL_LOUDNESS_MILLILUFS = -16_000
USUAL_TRUE_PEAK_MILLIDBTP = -1_000

ComposerOrder = SegmentOrder | LevelsOrder | MasterOrder | FilmOrder | ReadingOrder | SheetOrder


def order_of(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> ComposerOrder:
    """Return the order that a resolved spec describes.

    An unset loudness is -16 LUFS. Raises EngineFailure, permanent, for another kind of work, a missing
    size or rate, or a shot without a length.
    """
    match spec.WhichOneof("work"):
        case "segment":
            _check_segment(spec.segment)
            return segment_order(spec.segment, inputs)
        case "film":
            _check_form(spec.film.size, spec.film.rate)
            return film_order(spec.film, inputs)
        case "levels":
            return levels_order(spec.levels, inputs)
        case "master":
            _check_rate(spec.master.rate)
            return master_order(spec.master, inputs)
        case "reading":
            _check_rate(spec.reading.rate)
            return reading_order(spec.reading, inputs)
        case "sheet":
            return sheet_order(spec.sheet, inputs)
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
        ambience_role=spec.ambience_role,
        picture_only=spec.picture_only,
        fade_in_white=spec.fade_in_white,
        fade_out_white=spec.fade_out_white,
    )


_BLENDS = {
    task_pb2.BLEND_UNSPECIFIED: Blend.DISSOLVE,
    task_pb2.BLEND_WIPE: Blend.WIPE,
    task_pb2.BLEND_IRIS: Blend.IRIS,
}
_FORMS = {
    task_pb2.FILM_FORM_UNSPECIFIED: FilmForm.MP4,
    task_pb2.FILM_FORM_MP4_AV1: FilmForm.MP4_AV1,
    task_pb2.FILM_FORM_WEBM: FilmForm.WEBM,
}


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
        caption_style=caption_style_of(spec),
        brand=brand_of(spec),
        spoken_language=spec.spoken_language,
        form=_FORMS[spec.form],
    )


def _scene(segment: task_pb2.FilmSegment) -> FilmSegment:
    return FilmSegment(
        segment.role,
        segment.heading,
        segment.crossfade_frames,
        Level(segment.music_gain_millibels, segment.music_muted),
        Level(segment.effects_gain_millibels, segment.effects_muted),
        segment.sound_role,
        segment.picture_role,
        tuple(TranslatedCue(cue.character, cue.source_text, cue.text) for cue in segment.translated_cues),
        _BLENDS[segment.blend],
        segment.tone_role,
        segment.sound_before_frames,
        segment.sound_after_frames,
    )


def levels_order(spec: task_pb2.LevelsSpec, inputs: Mapping[str, Input]) -> LevelsOrder:
    """Return the order of a film's levels."""
    return LevelsOrder(
        tuple(_scene(segment) for segment in spec.segments),
        spec.loudness_target_millilufs or USUAL_LOUDNESS_MILLILUFS,
        inputs,
        spec.true_peak_max_millidbtp or USUAL_TRUE_PEAK_MILLIDBTP,
    )


def master_order(spec: task_pb2.MasterSpec, inputs: Mapping[str, Input]) -> MasterOrder:
    """Return the order of encoded sound."""
    segments = tuple(_scene(segment) for segment in spec.segments)
    return MasterOrder(
        segments,
        spec.levels_role,
        spec.rate.numerator,
        spec.rate.denominator,
        inputs,
        spec.true_peak_max_millidbtp or USUAL_TRUE_PEAK_MILLIDBTP,
        _sound_end(spec.start),
        _sound_end(spec.end),
        spec.with_mix,
    )


def _sound_end(end: task_pb2.SoundEnd) -> SoundEnd:
    return SoundEnd(
        end.card_frames,
        end.music_role,
        end.tone_role,
        end.lead_frames,
        end.tail_frames,
        Level(end.effects_gain_millibels, end.effects_muted),
    )


def reading_order(spec: task_pb2.ReadingSpec, inputs: Mapping[str, Input]) -> ReadingOrder:
    """Return a table read's order."""
    return ReadingOrder(
        title=spec.title,
        rate_numerator=spec.rate.numerator,
        rate_denominator=spec.rate.denominator,
        segments=tuple(_scene(segment) for segment in spec.segments),
        author=spec.author,
        loudness_target_millilufs=spec.loudness_target_millilufs or USUAL_LOUDNESS_MILLILUFS,
        scene_pause_frames=spec.scene_pause_frames,
        language=spec.language or "en",
        inputs=inputs,
    )


def sheet_order(spec: task_pb2.SheetSpec, inputs: Mapping[str, Input]) -> SheetOrder:
    """Return a storyboard's order."""
    return SheetOrder(
        title=spec.title,
        scenes=tuple(
            SheetScene(scene.number, scene.heading, tuple(_frame(frame) for frame in scene.frames))
            for scene in spec.scenes
        ),
        credit=spec.credit,
        author=spec.author,
        language=spec.language or "en",
        inputs=inputs,
    )


def _frame(frame: task_pb2.SheetFrame) -> SheetFrame:
    return SheetFrame(
        still_role=frame.still_role,
        ordinal=frame.ordinal,
        camera=_camera(frame),
        action=frame.action,
        lines=tuple(SheetLine(line.character, line.delivery, line.text) for line in frame.lines),
        expected_ms=frame.expected_ms,
    )


def _camera(frame: task_pb2.SheetFrame) -> str:
    size = task_pb2.ShotSize.Name(frame.shot_size).removeprefix("SHOT_SIZE_")
    move = task_pb2.CameraMove.Name(frame.move).removeprefix("CAMERA_MOVE_")
    known = [word for word in (size, move) if word != "UNSPECIFIED"]
    return ", ".join(word.replace("_", " ").lower() for word in known)


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
        shot.still_role,
        Framing(shot.framing.still_role, shot.framing.subject) if shot.HasField("framing") else None,
        _BLENDS[shot.blend],
        shot.dip_to_white,
        shot.dip_from_cut,
        tuple(LowerThird(it.text, it.small_text) for it in shot.lower_thirds),
        shot.over_frames,
    )


def _cue(cue: task_pb2.SpeechCue) -> SpeechCue:
    level = Level(cue.gain_millibels, cue.muted)
    role = cue.dub_role or cue.role
    return SpeechCue(role, cue.start_frame, cue.character, cue.text, level, bool(cue.dub_role))


def _check_form(size: task_pb2.Size, rate: task_pb2.Rate) -> None:
    if not (size.width_px and size.height_px and rate.numerator and rate.denominator):
        raise _refusal("the size or the rate is missing")


def _check_segment(spec: task_pb2.SegmentSpec) -> None:
    """A size and pictures of all shots go together."""
    _check_rate(spec.rate)
    is_shown = [bool(shot.clip_role or shot.still_role) for shot in spec.shots]
    if any(is_shown) and not all(is_shown):
        raise _refusal("some of its shots have no picture")
    if any(is_shown):
        _check_form(spec.size, spec.rate)
    elif spec.HasField("size"):
        raise _refusal("no shot has a picture")
    if any(shot.HasField("framing") for shot in spec.shots) and len(spec.shots) > 1:
        raise _refusal("a shot is framed anew by itself")


def _check_rate(rate: task_pb2.Rate) -> None:
    if not (rate.numerator and rate.denominator):
        raise _refusal("the rate is missing")


def _refusal(text: str) -> EngineFailure:
    return EngineFailure("SPEC_INVALID", f"This can't be composed: {text}.", log_text=text, permanent=True)
