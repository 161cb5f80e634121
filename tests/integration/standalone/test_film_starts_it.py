"""The film command starts this machine's studio, and tells what becomes of the start."""

from __future__ import annotations

import pytest

from filmstudio.cli import local_studio
from filmstudio.errors import UnreachableError
from tests.integration.filmstudio.film_process import CTRL_C, Film

from .conftest import StudioUnderTest


@pytest.fixture
def film(studio: StudioUnderTest) -> Film:
    """The command of somebody whose studio is the test's own, and not started."""
    folder = studio.home.path.parent
    own = {"FILM_STUDIO_HOME": str(studio.home.path), "FILM_CONFIG_DIR": str(folder / "config")}
    return Film(folder, studio.environment | own)


async def test_start_is_shown_and_may_be_interrupted(studio: StudioUnderTest, film: Film) -> None:
    async with film.at_terminal("jobs") as terminal:
        await terminal.shows("Starting the studio ...")
        terminal.press(CTRL_C)
        code = await terminal.ends()
        await terminal.shows("the studio goes on starting; stop it with: film down")

    assert code == 130
    assert "Traceback" not in terminal.text
    assert studio.verb("up").returncode == 0


async def test_start_that_fails_is_explained_once(film: Film) -> None:
    breaking = Film(film.folder, {**film.environment, "FILM_BREAK": "composer"})

    failed = await breaking("jobs")

    assert failed.code == 4
    assert failed.err.count("composer did not start") == 1
    assert failed.err.splitlines()[-1] == "All of it: film logs composer"
    assert "Traceback" not in failed.err


def test_machine_with_the_client_alone_says_where_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_studio, "PACKAGE", "a_studio_that_is_not_installed")

    with pytest.raises(UnreachableError, match="film login --server"):
        local_studio.LocalStart()
