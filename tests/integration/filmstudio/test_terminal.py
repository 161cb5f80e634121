"""The film command at a terminal: the picture of a job, and Ctrl-C in any place."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio_platform.errors import Internal
from tests.integration.filmstudio.film_process import CTRL_C, Film
from tests.integration.filmstudio.plays import FILM, begins, completes, plays
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

QUESTION = "Cancel the job, or leave it running?"


@pytest.fixture
def script(stranger: Film) -> str:
    (stranger.folder / "ferry.fountain").write_text("Title: The Last Ferry\n\nINT. OFFICE - NIGHT\n\nRain.\n")
    return "ferry.fountain"


@pytest.fixture
def go_on() -> asyncio.Event:
    """Set by the test when a job that has begun may complete."""
    return asyncio.Event()


@pytest.fixture
def held(rig: StudioRig, go_on: asyncio.Event) -> StudioRig:
    """A studio whose jobs stop at their first still until they may go on."""

    async def play(job: ScriptedJob) -> None:
        await begins(job)
        await go_on.wait()
        await completes(job)

    plays(rig, play)
    return rig


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_picture_shows_stages_what_is_at_work_and_the_time(
    held: StudioRig, film: Film, script: str, go_on: asyncio.Event
) -> None:
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("scene 1 shot 1 still  45 %  storyboard")
        await terminal.shows("The Last Ferry at localhost")
        await terminal.shows("0/1  1 running")
        await terminal.shows("left")
        go_on.set()
        code = await terminal.ends()
        await terminal.shows("film tasks")

    assert code == 0
    assert (film.folder / "ferry.mp4").read_bytes() == FILM


async def test_job_that_is_left_goes_on(held: StudioRig, film: Film, script: str) -> None:
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("45 %")
        terminal.press(CTRL_C)
        await terminal.shows(QUESTION)
        terminal.press("l\n")
        code = await terminal.ends()
        await terminal.shows("goes on; see it again with: film watch")

    assert code == 130
    assert held.script.calls["CancelJob"] == 0


async def test_job_is_cancelled_and_its_end_awaited(held: StudioRig, film: Film, script: str) -> None:
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("45 %")
        terminal.press(CTRL_C)
        await terminal.shows(QUESTION)
        terminal.press("c\n")
        code = await terminal.ends()
        await terminal.shows("was cancelled; start it again with: film retry")

    assert code == 3
    assert held.script.calls["CancelJob"] == 1


async def test_watching_goes_on_and_may_be_interrupted_again(
    held: StudioRig, film: Film, script: str, go_on: asyncio.Event
) -> None:
    async with film.at_terminal("render", script) as terminal:
        for _ in range(2):
            await terminal.shows("45 %")
            terminal.press(CTRL_C)
            await terminal.shows(QUESTION)
            terminal.press("\n")
        go_on.set()
        code = await terminal.ends()

    assert code == 0
    assert (film.folder / "ferry.mp4").read_bytes() == FILM


async def test_answer_that_is_none_is_asked_for_again(held: StudioRig, film: Film, script: str) -> None:
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("45 %")
        terminal.press(CTRL_C)
        await terminal.shows(QUESTION)
        terminal.press("what?\n")
        await terminal.shows(QUESTION)
        terminal.press("leave\n")

        assert await terminal.ends() == 130


@pytest.mark.parametrize("keys", [CTRL_C, "\x04"], ids=["Ctrl-C", "end of input"])
async def test_second_ctrl_c_leaves_the_job_running(
    held: StudioRig, film: Film, script: str, keys: str
) -> None:
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("45 %")
        terminal.press(CTRL_C)
        await terminal.shows(QUESTION)
        terminal.press(keys)
        code = await terminal.ends()

    assert code == 130
    assert held.script.calls["CancelJob"] == 0
    assert "Traceback" not in terminal.text


async def test_ctrl_c_before_the_job_ends_quietly(rig: StudioRig, film: Film, script: str) -> None:
    reached = asyncio.Event()
    rig.script.hold["ImportScreenplay"] = reached
    async with film.at_terminal("render", script) as terminal:
        await reached.wait()
        terminal.press(CTRL_C)
        code = await terminal.ends()
        await terminal.shows("film: interrupted")

    assert code == 130
    assert "Traceback" not in terminal.text


async def test_ctrl_c_during_the_download_leaves_no_part_and_says_how_to_get_the_film(
    held: StudioRig, film: Film, script: str, go_on: asyncio.Event
) -> None:
    held.files.stall_after = len(FILM) // 2
    go_on.set()
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("Fetching ferry.mp4")
        terminal.press(CTRL_C)
        await terminal.shows("was not written; the studio keeps the file: film download")
        held.files.go_on.set()
        code = await terminal.ends()

    assert code == 130
    assert names_in(film.folder) == [script]
    assert "Traceback" not in terminal.text


async def test_studio_that_faults_ends_the_picture_and_is_told(
    held: StudioRig, film: Film, script: str, go_on: asyncio.Event
) -> None:
    held.script.breaks.append(5)
    async with film.at_terminal("render", script) as terminal:
        await terminal.shows("45 %")
        held.script.faults["WatchJob"].append(Internal("BUG", "The studio has a fault."))
        go_on.set()
        code = await terminal.ends()
        await terminal.shows("\nfilm: The studio has a fault.")

    assert code == 4
