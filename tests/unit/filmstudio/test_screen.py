"""The picture of a job fits the terminal and shows what matters."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from filmstudio.cli.job_view import JobView
from filmstudio.cli.screen import ScreenDisplay, picture
from tests.unit.filmstudio.updates import change, event, progress, tasks

COUNTS = [(3, 4), (1, 4), (2, 2), (0, 0)]


@pytest.fixture
def view() -> JobView:
    """A job 65 s after its start, a still and a clip at work."""
    clock = [0.0]
    view = JobView("The Last Ferry", lambda: clock[0])
    view.apply(event("QUEUED", 1, 1_000, counts=COUNTS))
    view.learn(tasks())
    running = [change(1, "RUNNING"), change(2, "RUNNING")]
    view.apply(event("GENERATING_IMAGES", 2, 1_060, counts=COUNTS, tasks=running))
    clock[0] = 5.0
    view.apply(progress(2, 45))
    return view


def drawn(view: JobView, width: int, most: int = 8) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(picture(view, width, most))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_picture_has_title_state_times_bars_and_what_is_at_work(view: JobView) -> None:
    lines = drawn(view, 80)

    assert lines[1].split("  ")[:2] == ["The Last Ferry", "generating images"]
    assert lines[1].endswith("left")
    assert "1:05, " in lines[1]
    assert [line.split()[0] for line in lines[3:7]] == ["stills", "clips", "sound", "cut"]
    assert [line.split()[-1] for line in lines[3:7]] == ["3/4", "1/4", "2/2", "none"]
    assert lines[8:] == ["  scene 1 shot 1 clip   45 %  camera", "  scene 1 shot 1 still        storyboard"]


def test_bars_are_as_long_as_what_is_done(view: JobView) -> None:
    lengths = [line.count("━") + line.count("╸") for line in drawn(view, 90)[3:6]]

    assert lengths == [30, 10, 40]


@pytest.mark.parametrize("width", [24, 40, 60, 80, 100])
def test_picture_is_never_wider_than_the_terminal(view: JobView, width: int) -> None:
    view.title = "A title that goes on and on and on and on and on and on and on and on and on"

    assert max(map(len, drawn(view, width))) <= width


def test_more_at_work_than_fits_is_counted(view: JobView) -> None:
    view.apply(event("GENERATING_IMAGES", 3, counts=COUNTS, tasks=[change(3, "RUNNING")]))

    assert drawn(view, 80, most=1)[-2:] == ["  scene 1 shot 1 clip  45 %  camera", "  and 2 more"]


def test_notes_stand_below(view: JobView) -> None:
    view.away_seconds = 3.0

    assert drawn(view, 80)[-1] == "  the studio has not answered for 3 s; asking again"


def test_last_picture_stays_and_shows_nothing_at_work(view: JobView) -> None:
    stream = io.StringIO()
    console = Console(width=80, height=30, file=stream, force_terminal=True, color_system=None)
    display = ScreenDisplay(view, console)
    last = event("COMPLETED", 3, 1_090, counts=[(4, 4), (4, 4), (2, 2), (3, 3)])

    display.show(last)
    view.apply(last)
    display.close()

    final = stream.getvalue().rpartition("The Last Ferry")[2]
    assert final.split()[:2] == ["completed", "1:30"]
    assert "4/4" in final
    assert "camera" not in final


def test_picture_fits_a_low_terminal(view: JobView) -> None:
    stream = io.StringIO()
    console = Console(width=80, height=11, file=stream, force_terminal=True, color_system=None)
    display = ScreenDisplay(view, console)
    view.apply(event("GENERATING_IMAGES", 3, counts=COUNTS, tasks=[change(3, "RUNNING")]))

    display.show(progress(2, 46))
    display.tick()
    display.close()

    assert "and 1 more" in stream.getvalue()
