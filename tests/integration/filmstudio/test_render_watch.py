"""film render --watch: each save is planned and rendered, and what is out of date is stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.integration.filmstudio.film_process import CTRL_C, Film
from tests.integration.filmstudio.plays import FILM, begins, completes, fails, plays, whole
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

SCRIPT = "Title: The Last Ferry\n\nINT. OFFICE - NIGHT\n\nRain.\n"
READY = "ferry.mp4 is ready: 56.9 s long"


@pytest.fixture
def script(stranger: Film) -> Path:
    path = stranger.folder / "ferry.fountain"
    path.write_text(SCRIPT)
    return path


def saved_by_rename(script: Path, text: str) -> None:
    """As most editors save."""
    written = script.with_suffix(".new")
    written.write_text(text)
    written.rename(script)


async def test_each_save_is_planned_and_rendered(rig: StudioRig, film: Film, script: Path) -> None:
    plays(rig, whole)
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await terminal.shows(READY)
        terminal.press("\n")
        saved_by_rename(script, SCRIPT.replace("Rain", "Snow"))
        await terminal.shows("2.5 s")
        await terminal.shows(READY)
        terminal.press(CTRL_C)
        code = await terminal.ends()

    assert code == 0
    assert [b"Rain" in one.content for one in rig.script.requests["ImportScreenplay"]] == [True, False]
    assert len(rig.script.jobs) == 2
    assert (film.folder / "ferry.mp4").read_bytes() == FILM


async def test_text_with_mistakes_is_told_and_the_last_film_stays(
    rig: StudioRig, film: Film, script: Path
) -> None:
    plays(rig, whole)
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await terminal.shows(READY)
        terminal.press("\n")
        saved_by_rename(script, SCRIPT + "\n/* never closed\n")
        await terminal.shows("ferry.fountain:7:1: error: The boneyard opened by /* is never closed")
        await terminal.shows("the last film stays")
        terminal.press("\n")
        saved_by_rename(script, SCRIPT)
        await terminal.shows("the film is that of this text already")
        terminal.press(CTRL_C)
        code = await terminal.ends()

    assert code == 0
    assert len(rig.script.jobs) == 1
    assert (film.folder / "ferry.mp4").read_bytes() == FILM


async def test_save_during_a_render_stops_it_once_the_new_one_has_taken_over_its_runs(
    rig: StudioRig, film: Film, script: Path
) -> None:
    goes_on = asyncio.Event()
    later = False

    async def play(job: ScriptedJob) -> None:
        await begins(job)
        if later:
            await goes_on.wait()
            await completes(job)

    plays(rig, play)
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await terminal.shows("45 %")
        later = True
        terminal.press("\n")
        saved_by_rename(script, SCRIPT.replace("Rain", "Snow"))
        await terminal.shows("is cancelled")
        goes_on.set()
        await terminal.shows(READY)
        terminal.press(CTRL_C)
        code = await terminal.ends()

    assert code == 0
    newer, older = rig.script.jobs
    assert [request.name for request in rig.script.requests["CancelJob"]] == [older.name]
    assert newer.message.film_length_ms == 56_900


async def test_ctrl_c_cancels_the_job_that_runs_without_a_question(
    rig: StudioRig, film: Film, script: Path
) -> None:
    plays(rig, begins)
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await terminal.shows("45 %")
        terminal.press(CTRL_C)
        code = await terminal.ends()

    assert code == 0
    assert rig.script.calls["CancelJob"] == 1
    assert "Traceback" not in terminal.text


async def test_ctrl_c_while_the_job_is_being_made_cancels_it(
    rig: StudioRig, film: Film, script: Path
) -> None:
    made = asyncio.Event()

    async def play(job: ScriptedJob) -> None:
        made.set()
        await begins(job)

    plays(rig, play)
    rig.script.lost_answers["CreateJob"] = 1
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await made.wait()
        terminal.press(CTRL_C)
        code = await terminal.ends()

    assert code == 0
    assert rig.script.calls["CancelJob"] == 1


async def test_job_that_fails_is_told_and_the_next_save_is_rendered(
    rig: StudioRig, film: Film, script: Path
) -> None:
    plays(rig, fails)
    async with film.at_terminal("render", script.name, "--watch") as terminal:
        await terminal.shows("the engine has no ink")
        await terminal.shows("the last film stays")
        plays(rig, whole)
        terminal.press("\n")
        saved_by_rename(script, SCRIPT.replace("Rain", "Snow"))
        await terminal.shows(READY)
        terminal.press(CTRL_C)

        assert await terminal.ends() == 0


async def test_player_is_started_with_each_film(rig: StudioRig, film: Film, script: Path) -> None:
    plays(rig, whole)
    player = film.folder / "player.sh"
    player.write_text('#!/bin/sh\necho "$@" >> played\n')
    player.chmod(0o755)
    async with film.at_terminal("render", script.name, "--watch", "--player", f"{player} -loop") as terminal:
        await terminal.shows(READY)
        terminal.press("\n")
        saved_by_rename(script, SCRIPT.replace("Rain", "Snow"))
        await terminal.shows(READY)
        terminal.press(CTRL_C)
        await terminal.ends()

    assert set((film.folder / "played").read_text().splitlines()) == {"-loop ferry.mp4"}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--watch", "--detach"], "give one of them"),
        (["--open"], "give --watch, too"),
        (["--watch", "--player", "no-such-player"], "there is no such command"),
    ],
)
async def test_options_that_do_not_fit_are_refused(
    rig: StudioRig, film: Film, script: Path, options: list[str], text: str
) -> None:
    refused = await film("render", script.name, *options)

    assert refused.code == 2
    assert text in refused.err
    assert rig.script.calls["CreateJob"] == 0
