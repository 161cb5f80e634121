"""Where nobody looks at a screen a job is told in few lines."""

from __future__ import annotations

import io
import json

import pytest

from filmstudio.cli.displays import JsonDisplay, LineDisplay
from filmstudio.cli.job_view import JobView
from filmstudio.jobs.v1 import jobs_pb2
from tests.unit.filmstudio.updates import JOB, change, event, progress, tasks


class Rig:
    """A display of lines whose clock is in hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.view = JobView(now=lambda: self.now)
        self.stream = io.StringIO()
        self.display = LineDisplay(self.view, self.stream, lambda: self.now)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        self.view.apply(update)
        self.display.show(update)


def test_each_state_is_a_line() -> None:
    rig = Rig()

    for number, state in enumerate(("PENDING", "VALIDATING", "QUEUED"), start=1):
        rig.show(event(state, number))

    assert [line.split()[1] for line in rig.lines] == ["PENDING", "VALIDATING", "QUEUED"]


def test_counters_are_told_at_most_every_few_seconds() -> None:
    rig = Rig()
    for second in range(60):
        rig.now = float(second)
        rig.show(event("GENERATING_IMAGES", second + 1, 1_000 + second, counts=[(second, 60)]))

    assert len(rig.lines) == 12
    assert "stills 55/60" in rig.lines[-1]


def test_long_jobs_are_told_more_rarely() -> None:
    rig = Rig()
    for minute in range(60):
        rig.now = minute * 60.0
        rig.show(event("GENERATING_IMAGES", minute + 1, counts=[(minute, 60)]))
    rig.now += 59
    rig.show(event("GENERATING_IMAGES", 61, counts=[(60, 60)]))

    assert len(rig.lines) == 60


def test_progress_in_percent_is_no_line() -> None:
    rig = Rig()
    rig.show(event("GENERATING_IMAGES", tasks=[change(1, "RUNNING")]))

    for percent in range(0, 100, 10):
        rig.now += 10
        rig.show(progress(1, percent))

    assert len(rig.lines) == 1


def test_line_tells_time_state_counters_and_time_left() -> None:
    rig = Rig()
    rig.view.apply(event("QUEUED", 1, 1_000, counts=[(0, 1)]))
    rig.view.learn(tasks())
    rig.view.apply(event("GENERATING_IMAGES", 2, 1_001, counts=[(0, 1)], tasks=[change(1, "RUNNING")]))

    rig.show(event("GENERATING_VIDEO", 3, 1_065, counts=[(1, 1), (0, 1)], tasks=[change(1, "DONE")]))

    assert rig.lines == [" 1:05  GENERATING_VIDEO   stills 1/1  clips 0/1  about 15 s left"]


def test_cancel_that_waits_is_told() -> None:
    rig = Rig()
    rig.show(event("GENERATING_IMAGES"))

    rig.now = 6.0
    rig.show(event("GENERATING_IMAGES", 2, cancel_requested=True))

    assert rig.lines[-1].endswith("cancel requested; waiting for what runs")


def test_programs_get_each_update_as_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    display = JsonDisplay()

    for update in (event("PENDING"), progress(1, 45)):
        display.show(update)

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["event"]["job"] == JOB
    assert second["progress"]["percent"] == 45
