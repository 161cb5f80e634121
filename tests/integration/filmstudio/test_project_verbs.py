"""film projects and film delete: what is printed, and what the studio is asked for."""

from __future__ import annotations

import io
import json
import sys

import pytest

from filmstudio.cli.project_list import NOTHING_YET, delete_project, list_projects
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from tests.integration.filmstudio.rig import StudioRig

Printed = pytest.CaptureFixture[str]


class Keyboard(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


async def test_projects_are_listed_with_revision_and_size(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    ferry = rig.script.project("The Last Ferry")
    ferry.latest_revision = f"{ferry.name}/revisions/3"
    ferry.stored_bytes = 48_260_000
    rig.script.project("Untouched")

    await list_projects(studio, 20, as_json=False)

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:1] == ["Untouched"]
    assert lines[2].split()[:6] == ["The", "Last", "Ferry", "3", "48.3", "MB"]
    assert lines[2].split()[-1] == ferry.name.removeprefix("projects/")


async def test_no_more_projects_are_listed_than_were_asked_for(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    for number in range(5):
        rig.script.project(f"Film {number}")

    await list_projects(studio, 2, as_json=True)

    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [project["displayName"] for project in listed] == ["Film 4", "Film 3"]


async def test_a_studio_without_projects_says_how_to_make_one(studio: FilmStudio, capsys: Printed) -> None:
    await list_projects(studio, 20, as_json=False)

    assert capsys.readouterr().out.strip() == NOTHING_YET


@pytest.mark.parametrize(
    ("answer", "left"), [("y\n", []), ("n\n", ["The Last Ferry"]), ("\n", ["The Last Ferry"])]
)
async def test_a_project_is_deleted_when_whoever_is_asked_agrees(
    rig: StudioRig, studio: FilmStudio, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[str]
) -> None:
    rig.script.project("The Last Ferry")
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))

    await delete_project(studio, "The Last Ferry", asked=True)

    assert [project.display_name for project in rig.script.projects] == left


async def test_where_nobody_can_be_asked_a_project_is_deleted_only_by_yes(
    rig: StudioRig, studio: FilmStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.script.project("The Last Ferry")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))

    with pytest.raises(RefusedError, match="--yes"):
        await delete_project(studio, "The Last Ferry", asked=True)
    assert "DeleteProject" not in rig.script.calls

    await delete_project(studio, "The Last Ferry", asked=False)
    assert rig.script.calls["DeleteProject"] == 1


async def test_an_unknown_project_is_told_with_where_to_look(studio: FilmStudio) -> None:
    with pytest.raises(RefusedError, match="film projects lists them"):
        await delete_project(studio, "No such film", asked=False)
