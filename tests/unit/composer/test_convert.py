"""Composer orders from task specs."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from studio_composer.convert import order_of
from studio_composer.orders import FilmOrder, FilmSegment, SegmentOrder, SegmentShot, SpeechCue
from studio_platform.engine import EngineFailure, Input

_SIZE = task_pb2.Size(width_px=1_280, height_px=720)
_RATE = task_pb2.Rate(numerator=24, denominator=1)


def test_a_segment_spec_becomes_an_order() -> None:
    cue = task_pb2.SpeechCue(role="speech-1", start_frame=6, character="MARA", text="Hello.")
    shot = task_pb2.SegmentShot(shot_id="s1", clip_role="clip-1", length_frames=48, cues=[cue])
    segment = task_pb2.SegmentSpec(
        size=_SIZE, rate=_RATE, shots=[shot], fade_in_frames=12, music_role="music", effects_role="effects"
    )
    inputs = {"music": Input("music", {})}

    order = order_of(task_pb2.TaskSpec(segment=segment), inputs)

    cues = (SpeechCue("speech-1", 6, "MARA", "Hello."),)
    shots = (SegmentShot("s1", "clip-1", 48, cues),)
    assert order == SegmentOrder(1_280, 720, 24, 1, shots, "music", "effects", 12, 0, inputs)


def test_a_film_spec_becomes_an_order_at_the_usual_loudness() -> None:
    film = task_pb2.FilmSpec(
        title="Tram",
        author="Ada",
        size=_SIZE,
        rate=_RATE,
        segments=[task_pb2.FilmSegment(role="segment-1", heading="INT. CAFÉ")],
        title_card_frames=72,
    )

    order = order_of(task_pb2.TaskSpec(film=film), {})

    segments = (FilmSegment("segment-1", "INT. CAFÉ"),)
    assert order == FilmOrder("Tram", 1_280, 720, 24, 1, segments, author="Ada", title_card_frames=72)


@pytest.mark.parametrize(
    "spec",
    [
        task_pb2.TaskSpec(),
        task_pb2.TaskSpec(music=task_pb2.MusicSpec()),
        task_pb2.TaskSpec(film=task_pb2.FilmSpec(title="No size")),
        task_pb2.TaskSpec(
            segment=task_pb2.SegmentSpec(size=_SIZE, rate=_RATE, shots=[task_pb2.SegmentShot(shot_id="s1")])
        ),
    ],
)
def test_what_cannot_be_composed_is_refused_for_good(spec: task_pb2.TaskSpec) -> None:
    with pytest.raises(EngineFailure, match="SPEC_INVALID") as failure:
        order_of(spec, {})

    assert failure.value.permanent
