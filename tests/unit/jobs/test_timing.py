"""Lengths in frames from lengths of speech."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.timing import frames_of, resolve, shot_length

RATE = task_pb2.Rate(numerator=24, denominator=1)


def timing(*roles: str, least: int = 36, simultaneous: tuple[str, ...] = ()) -> task_pb2.ShotTiming:
    return task_pb2.ShotTiming(
        lead_frames=7,
        gap_frames=6,
        tail_frames=11,
        min_frames=least,
        speech_roles=roles,
        simultaneous_roles=simultaneous,
        rate=RATE,
    )


def test_a_length_takes_the_frames_that_hold_it() -> None:
    assert [frames_of(ms, RATE) for ms in (0, 1, 41, 42, 1000)] == [0, 1, 1, 2, 24]


def test_a_rate_of_1001_stays_exact_over_an_hour() -> None:
    assert frames_of(3_600_000, task_pb2.Rate(numerator=30000, denominator=1001)) == 107893


def test_a_shot_holds_lead_speech_and_tail() -> None:
    length = shot_length(timing("a"), {"a": 2000})

    assert (length.length_frames, length.starts) == (7 + 48 + 11, {"a": 7})


def test_a_short_speech_leaves_the_least_length() -> None:
    assert shot_length(timing("a"), {"a": 100}).length_frames == 36


def test_speeches_follow_each_other_after_the_gap() -> None:
    assert shot_length(timing("a", "b"), {"a": 1000, "b": 1000}).starts == {"a": 7, "b": 7 + 24 + 6}


def test_dual_speeches_start_together_and_the_longer_one_decides() -> None:
    length = shot_length(timing("a", "b", simultaneous=("b",)), {"a": 1000, "b": 3000})

    assert length.starts == {"a": 7, "b": 7}
    assert length.length_frames == 7 + 72 + 11


def test_a_shot_without_speech_has_its_least_length() -> None:
    assert shot_length(timing(least=96), {}).length_frames == 96


def test_a_clip_is_told_when_what_it_listens_to_starts() -> None:
    timing = task_pb2.ShotTiming(
        lead_frames=7,
        gap_frames=6,
        min_frames=24,
        speech_roles=["speech-1", "speech-2"],
        rate=task_pb2.Rate(numerator=24, denominator=1),
    )
    clip = task_pb2.ClipSpec(speeches=[task_pb2.ClipSpeech(role="speech-2")])

    resolved = resolve(task_pb2.TaskSpec(clip=clip, timings=[timing]), {"speech-1": 1000, "speech-2": 500})

    assert resolved.clip.speeches[0].start_frame == 7 + 24 + 6


def test_a_clip_and_its_scene_get_equal_lengths() -> None:
    clip = task_pb2.TaskSpec(clip=task_pb2.ClipSpec(), timings=[timing("a")])
    segment = task_pb2.TaskSpec(
        segment=task_pb2.SegmentSpec(
            shots=[
                task_pb2.SegmentShot(clip_role="clip-1", cues=[task_pb2.SpeechCue(role="a")]),
                task_pb2.SegmentShot(clip_role="clip-2"),
            ]
        ),
        timings=[timing("a"), timing(least=50)],
    )
    music = task_pb2.TaskSpec(music=task_pb2.MusicSpec(), timings=[timing("a"), timing(least=50)])
    lengths = {"a": 2000}

    frames = resolve(clip, lengths).clip.length_frames
    shots = resolve(segment, lengths).segment.shots

    assert [shot.length_frames for shot in shots] == [frames, 50]
    assert shots[0].cues[0].start_frame == 7
    assert resolve(music, lengths).music.length_frames == frames + 50


def test_an_effect_cue_starts_within_its_shot() -> None:
    effects = task_pb2.TaskSpec(
        effects=task_pb2.EffectsSpec(cues=[task_pb2.EffectCue(kind="DOOR", shot_index=1, offset_frames=500)]),
        timings=[timing(least=40), timing(least=50)],
    )

    cue = resolve(effects, {}).effects.cues[0]

    assert (cue.start_frame, cue.shot_index, cue.offset_frames) == (40 + 49, 0, 0)


def test_a_resolved_spec_holds_no_timings() -> None:
    assert not resolve(task_pb2.TaskSpec(clip=task_pb2.ClipSpec(), timings=[timing()]), {}).timings


def test_a_speech_of_unknown_length_is_a_fault() -> None:
    with pytest.raises(KeyError):
        shot_length(timing("a"), {})
