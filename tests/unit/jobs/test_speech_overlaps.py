"""L cuts of speech: who they serve, that no two lines meet, and what edits and selections make of them."""

from __future__ import annotations

from typing import Any

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import resolve, shot_length
from studio_jobs.timeline.edits import ShotEdit, TimelineEdits
from tests.unit.jobs.test_film_plan import edited, plan

LONG = "I waited for you at the harbour until the rain was over."
TALK = """Title: Talk

INT. OFFICE - NIGHT

MARA
{first}

JONAS
{second}

MARA
{third}
"""
RATE = task_pb2.Rate(numerator=24, denominator=1)


def script(first: str = LONG, second: str = LONG, third: str = LONG) -> bytes:
    return TALK.format(first=first, second=second, third=third).encode()


def segment_of(made: Plan) -> task_pb2.TaskSpec:
    return next(task.spec for task in made.tasks if task.kind is TaskKind.SEGMENT)


def overs_of(text: bytes, **changes: Any) -> list[int]:
    return [timing.over_frames for timing in segment_of(plan(text, **changes)).timings]


def test_a_longer_line_is_heard_over_the_cut_to_who_answers_and_not_at_two_cuts_in_a_row() -> None:
    assert overs_of(script()) == [11, 0, 0]


def test_a_short_line_is_not() -> None:
    assert overs_of(script(first="Where were you?")) == [0, 11, 0]


@pytest.mark.parametrize("speech_ms", [700, 1_500, 4_000])
def test_the_answer_waits_for_the_end_of_the_line(speech_ms: int) -> None:
    spec = segment_of(plan(script()))
    lengths = {role: speech_ms for timing in spec.timings for role in timing.speech_roles}

    shots = resolve(spec, lengths).segment.shots

    said_until = shots[0].cues[0].start_frame + -(-speech_ms * 24 // 1_000)
    answered = shots[0].length_frames + shots[1].cues[0].start_frame
    assert answered - said_until >= 12
    assert shots[0].over_frames == max(0, said_until - shots[0].length_frames)


def test_a_third_of_a_line_at_most_is_heard_over_the_cut() -> None:
    timing = task_pb2.ShotTiming(lead_frames=7, over_frames=11, speech_roles=["speech-1"], rate=RATE)

    assert shot_length(timing, {"speech-1": 1_000}).over_frames == 8
    assert shot_length(timing, {"speech-1": 3_000}).over_frames == 11


def test_a_trim_leaves_the_lengths_of_shots_as_they_were() -> None:
    before = segment_of(plan(script()))
    [first, *_] = [shot.shot_id for shot in before.segment.shots]

    after = segment_of(edited(script(), TimelineEdits(shots={first: ShotEdit(tail_trim_ms=200)})))

    assert list(after.timings) == list(before.timings)


def test_a_shot_whose_next_one_is_left_out_keeps_its_line_to_itself() -> None:
    first = segment_of(plan(script())).segment.shots[0].shot_id

    assert overs_of(script(), selection=jobs_pb2.Selection(shot_ids=[first])) == [0]


def test_a_table_read_has_none() -> None:
    assert not any(overs_of(script(), target=jobs_pb2.TARGET_TABLE_READ))
