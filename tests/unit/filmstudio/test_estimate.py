"""The time left follows the pace of each kind of work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from filmstudio.cli.estimate import Estimate, Kind
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

STILL, CLIP, FILM = task_pb2.TASK_KIND_STILL, task_pb2.TASK_KIND_CLIP, task_pb2.TASK_KIND_FILM
SEGMENT, SPEECH = task_pb2.TASK_KIND_SEGMENT, task_pb2.TASK_KIND_SPEECH
RUNNING, DONE = jobs_pb2.TASK_STATE_RUNNING, jobs_pb2.TASK_STATE_DONE
# One film of 16 shots as a busy machine of two cores made it: seconds, task, then kind and state, or percent.
RECORDED = Path(__file__).with_name("recorded_film.jsonl")


def estimate(**counts: int) -> Estimate:
    """Of a job with so many tasks a kind; they are named "STILL 1" and on."""
    return Estimate(
        {
            f"{kind} {number}": task_pb2.TaskKind.Value(f"TASK_KIND_{kind}")
            for kind, count in counts.items()
            for number in range(1, count + 1)
        }
    )


def make(told: Estimate, task: str, begin: float, end: float) -> None:
    told.change(task, RUNNING, begin)
    told.change(task, DONE, end)


def left(told: Estimate, at: float) -> float:
    seconds = told.seconds_left(at)
    assert seconds is not None
    return seconds


def test_nothing_is_said_before_anything_was_made() -> None:
    told = estimate(STILL=2, FILM=1)

    told.change("STILL 1", RUNNING, 0.0)

    assert told.seconds_left(5.0) is None


def test_nothing_is_said_when_nothing_is_left() -> None:
    told = estimate(STILL=1)

    make(told, "STILL 1", 0.0, 3.0)

    assert told.seconds_left(3.0) is None


def test_clips_count_by_their_own_pace_not_by_that_of_stills() -> None:
    quick, slow = estimate(STILL=10, CLIP=10), estimate(STILL=10, CLIP=10)
    for told, clip_seconds in ((quick, 2.0), (slow, 60.0)):
        for number in range(1, 6):
            make(told, f"STILL {number}", number - 1.0, number)
        make(told, "CLIP 1", 5.0, 5.0 + clip_seconds)

    assert left(quick, 7.0) < 30
    assert 200 < left(slow, 65.0) < 900


def test_kinds_are_made_side_by_side() -> None:
    told = estimate(STILL=11, SPEECH=11)
    for number in range(1, 11):
        make(told, f"STILL {number}", number - 1.0, number)
        make(told, f"SPEECH {number}", number - 1.0, number)

    assert 0.5 < left(told, 10.0) < 1.5


def test_segments_and_film_come_after_the_rest() -> None:
    without, with_film = estimate(CLIP=4), estimate(CLIP=4, SEGMENT=2, FILM=1)
    for told in (without, with_film):
        make(told, "CLIP 1", 0.0, 10.0)

    assert left(with_film, 10.0) > left(without, 10.0)


def test_work_that_was_made_before_costs_nothing() -> None:
    told = estimate(STILL=100)
    make(told, "STILL 100", 0.0, 2.0)
    for number in range(1, 98):
        told.change(f"STILL {number}", DONE, 2.0)

    assert 1.0 < left(told, 2.0) < 6.0


def test_told_percents_count_as_work() -> None:
    told = estimate(FILM=1)
    told.change("FILM 1", RUNNING, 0.0)

    told.progress("FILM 1", 50, 30.0)

    assert 15 < left(told, 30.0) < 45


def test_time_counts_down_while_nothing_is_heard() -> None:
    told = estimate(FILM=1)
    told.change("FILM 1", RUNNING, 0.0)
    told.progress("FILM 1", 50, 30.0)

    seconds = [left(told, at) for at in (30.0, 35.0, 40.0)]

    assert seconds == sorted(seconds, reverse=True)
    assert seconds[-1] > 0


def test_task_that_is_waiting_again_is_still_to_be_made() -> None:
    told = estimate(STILL=2)
    make(told, "STILL 1", 0.0, 2.0)
    told.change("STILL 2", RUNNING, 2.0)

    told.change("STILL 2", jobs_pb2.TASK_STATE_WAITING, 3.0)

    assert left(told, 100.0) > 1.0


def test_tasks_that_the_plan_does_not_name_change_nothing() -> None:
    told = estimate(STILL=1)

    told.change("CLIP 9", RUNNING, 0.0)
    told.progress("CLIP 9", 50, 1.0)

    assert told.seconds_left(2.0) is None


def test_estimates_of_a_recorded_film_are_of_the_right_size() -> None:
    ratios = [estimated / actual for estimated, actual in replayed()]

    assert 0.6 < median(ratios) < 1.4
    assert all(0.3 < ratio < 3.5 for ratio in ratios)


def replayed() -> Iterator[tuple[float, float]]:
    """Estimated and actual seconds left, at each tenth from the second to the ninth."""
    rows = [json.loads(line) for line in RECORDED.read_text().splitlines()]
    kinds: dict[str, Kind] = {
        str(row[1]): task_pb2.TaskKind.Value(f"TASK_KIND_{row[2]}") for row in rows if len(row) == 4
    }
    told, end = Estimate(kinds), rows[-1][0]
    moments = [end * tenth / 10 for tenth in range(2, 10)]
    for at, task, *news in rows:
        while moments and moments[0] < at:
            yield left(told, moments[0]), end - moments[0]
            moments.pop(0)
        if len(news) == 2:
            told.change(str(task), jobs_pb2.TaskState.Value(f"TASK_STATE_{news[1]}"), at)
        else:
            told.progress(str(task), news[0], at)
