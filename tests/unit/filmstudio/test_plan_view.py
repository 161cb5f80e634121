"""A plan as people read it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from filmstudio.cli.amounts import amount
from filmstudio.cli.plan_view import print_plan
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

CACHED, RUN, OPEN = jobs_pb2.VERDICT_CACHED, jobs_pb2.VERDICT_RUN, jobs_pb2.VERDICT_RUN_UNLESS_EQUAL


def task(name: str, kind: str, verdict: jobs_pb2.Verdict.ValueType, shot: str = "") -> jobs_pb2.PlannedTask:
    said = jobs_pb2.PlannedTask(
        display_name=name,
        kind=task_pb2.TaskKind.Value(f"TASK_KIND_{kind}"),
        verdict=verdict,
        shot_id=shot,
        line_first=9 if shot else 0,
        line_last=11 if shot else 0,
    )
    if verdict != CACHED:
        said.run_ms.expected, said.cost_micros.expected = 1_500, 2_000_000
    return said


def plan(
    *tasks: jobs_pb2.PlannedTask, job: str = "jobs/01a21923-d5d8-7000-8000-000000000000"
) -> jobs_pb2.RenderPlan:
    made = jobs_pb2.RenderPlan(
        options=jobs_pb2.RenderOptions(size=task_pb2.Size(width_px=1280, height_px=720)),
        tasks=tasks,
        currency="EUR",
    )
    made.diff.job = job
    made.total.tasks = len(tasks)
    made.total.cached = sum(one.verdict == CACHED for one in tasks)
    made.total.runs = sum(one.verdict == RUN for one in tasks)
    made.total.runs_unless_equal = sum(one.verdict == OPEN for one in tasks)
    made.wall_ms.low, made.wall_ms.expected, made.wall_ms.high = 8_000, 12_000, 190_000
    return made


def shown(made: jobs_pb2.RenderPlan, capsys: pytest.CaptureFixture[str]) -> list[str]:
    table = io.StringIO()
    print_plan("Two Rooms", made, Console(file=table, width=80))
    return [*capsys.readouterr().out.splitlines(), *table.getvalue().splitlines()]


def test_only_what_is_made_has_a_row_and_says_what_may_be_saved(capsys: pytest.CaptureFixture[str]) -> None:
    made = plan(
        task("scene 1 shot 1 still", "STILL", CACHED, "a"),
        task("scene 1 shot 2 Tom", "SPEECH", RUN, "b"),
        task("scene 1 shot 2 clip", "CLIP", OPEN, "b"),
        task("film", "FILM", OPEN),
    )

    lines = shown(made, capsys)

    rows = [" ".join(line.split()) for line in lines]
    assert "scene 1 shot 2 9-11 speech clip? 3.0 s" in rows
    assert not any(row.startswith("scene 1 shot 1") for row in rows)
    assert "parts 1 of 4 are there, 1 to make" in rows
    assert any(row.startswith("2 more (?) unless") for row in rows)


def test_no_line_is_wider_than_a_terminal_of_80(capsys: pytest.CaptureFixture[str]) -> None:
    made = plan(task("scene 1 shot 2 Tom", "SPEECH", RUN, "b"), task("scene 12 cut", "SEGMENT", OPEN))
    made.total.cost_micros.high = made.total.cost_micros.expected = 4_000_000
    cause = jobs_pb2.ShotCause(cause=jobs_pb2.CHANGE_CAUSE_SCRIPT, detail="was this -> is that " * 9)
    made.diff.shots.add(shot_id="b", change=jobs_pb2.SHOT_CHANGE_CHANGED, causes=[cause])

    assert max(map(len, shown(made, capsys))) <= 80


def test_a_plan_with_everything_there_says_that_nothing_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(plan(task("film", "FILM", CACHED)), capsys)

    assert "  parts    all 1 are there: nothing is made" in lines


def test_shots_that_are_gone_are_told_with_their_old_line(capsys: pytest.CaptureFixture[str]) -> None:
    made = plan(task("film", "FILM", RUN))
    made.diff.shots.add(change=jobs_pb2.SHOT_CHANGE_GONE, display_name="scene 2 shot 1", line_first=30)

    assert "gone: scene 2 shot 1 (line 30 then)" in shown(made, capsys)


def test_a_first_render_marks_nothing_as_open(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(plan(task("scene 1 shot 2 clip", "CLIP", OPEN, "b"), job=""), capsys)

    assert not any("?" in line for line in lines)


@pytest.mark.parametrize(
    ("micros", "text"), [(0, "0.00"), (2_000, "0.0020"), (1_250_000, "1.25"), (12_345_678_000, "12345.68")]
)
def test_money_has_more_places_where_it_is_small(micros: int, text: str) -> None:
    assert amount(micros) == text
