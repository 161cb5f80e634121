"""Two people in one workspace, with the film command: what each role sees and does."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import RENDER_TIMEOUT_SECONDS, SIZE, Studio

pytestmark = pytest.mark.timeout(600)

PASSWORD = "correct horse battery"
SCRIPT = """Title: {title}

INT. KITCHEN - NIGHT

Rain on the window.

MARA
Is anybody there?
"""
BAD_INPUT = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account and a machine of their own."""

    studio: Studio
    folder: Path
    email: str

    def film(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command."""
        return subprocess.run(
            [str(Path(sys.executable).parent / "film"), *arguments],
            env={**self.studio.environment, "FILM_CONFIG_DIR": str(self.folder / "config")},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=RENDER_TIMEOUT_SECONDS,
            check=False,
        )

    def said(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command says to programs."""
        ran = self.film(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def refused(self, *arguments: str) -> str:
        """Why a command is refused."""
        ran = self.film(*arguments)
        assert ran.returncode == BAD_INPUT, ran.stdout
        return ran.stderr

    def render(self, title: str) -> subprocess.CompletedProcess[str]:
        """Make a small film."""
        script = self.folder / "script.fountain"
        script.write_text(SCRIPT.format(title=title))
        output = str(self.folder / "film.mp4")
        return self.film("render", str(script), "-o", output, "--size", SIZE, "--no-narrate")


@dataclass(frozen=True, slots=True)
class Crew:
    """A workspace of Ada's, with Eve as a reviewer, and a film that Ada made."""

    ada: Person
    eve: Person
    workspace: str
    title: str


def person(studio: Studio, folder: Path, name: str) -> Person:
    """Somebody new."""
    made = Person(studio, folder / name, f"{name.lower()}-{uuid4().hex}@example.org")
    made.folder.mkdir()
    registered = made.film(
        "register", "--server", studio.address, "--email", made.email, "--name", name, stdin=f"{PASSWORD}\n"
    )
    assert registered.returncode == 0, registered.stderr
    return made


@pytest.fixture(scope="module")
def crew(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Crew:
    folder = tmp_path_factory.mktemp("crew")
    ada, eve = person(studio, folder, "Ada"), person(studio, folder, "Eve")
    [made] = ada.said("workspace", "new", "The Crew")
    ada.said("workspace", "use", "The Crew")
    ada.said("members", "add", eve.email, "--role", "reviewer")
    eve.said("workspace", "use", made["name"])
    title = f"Rooms {uuid4().hex}"
    rendered = ada.render(title)
    assert rendered.returncode == 0, rendered.stderr
    return Crew(ada, eve, made["name"], title)


def test_both_see_the_members_and_their_workspaces(crew: Crew) -> None:
    members = crew.eve.said("members")
    workspaces = {each["name"]: each["role"] for each in crew.eve.said("workspace")}

    assert [(each["email"], each["role"]) for each in members] == [
        (crew.ada.email, "MEMBER_ROLE_OWNER"),
        (crew.eve.email, "MEMBER_ROLE_REVIEWER"),
    ]
    assert workspaces[crew.workspace] == "MEMBER_ROLE_REVIEWER"
    assert len(workspaces) == 2


def test_a_reviewer_comments_and_an_owner_answers_and_resolves(crew: Crew) -> None:
    [comment] = crew.eve.said("comment", crew.title, "She is afraid.", "--line", "8")
    [answer] = crew.ada.said("comment", crew.title, "Agreed.", "--reply", comment["name"][-12:])
    crew.ada.said("comments", crew.title, "resolve", comment["name"][-12:])
    listed = crew.eve.said("comments", crew.title, "--resolved")
    printed = crew.eve.film("comments", crew.title).stdout

    assert [each["name"] for each in listed] == [comment["name"]]
    assert [reply["name"] for reply in listed[0]["replies"]] == [answer["name"]]
    assert listed[0]["scriptLine"]["currentLine"] == 8
    assert "Is anybody there?" in printed
    assert "Eve" in printed
    assert "Ada" in printed


def test_a_reviewer_comments_on_a_moment_of_the_film(crew: Crew) -> None:
    [job] = crew.eve.said("jobs", "-n", "1")

    [comment] = crew.eve.said("comment", crew.title, "Louder.", "--job", job["name"], "--at", "0:01.5")
    found = crew.eve.said("comments", crew.title, "--job", job["name"])
    refused = crew.eve.refused("comment", crew.title, "Later.", "--job", job["name"], "--at", "59:00")

    assert comment["filmTime"] == {"job": job["name"], "atMs": 1500}
    assert [each["name"] for each in found] == [comment["name"]]
    assert "film's end" in refused


def test_a_reviewer_approves_a_shot_and_takes_it_back(crew: Crew) -> None:
    [approved] = crew.eve.said("approve", crew.title, "1.1", "--note", "Lovely.")
    [asked] = crew.eve.said("approve", crew.title, "1.1", "--changes", "Longer.")
    [last] = crew.ada.said("approve", crew.title)
    printed = crew.ada.film("approve", crew.title).stdout

    assert (approved["decision"], approved["locked"]) == ("DECISION_APPROVED", True)
    assert asked["decision"] == last["decision"] == "DECISION_CHANGES_REQUESTED"
    assert not last.get("locked", False)
    assert last["note"] == "Longer."
    assert printed.splitlines()[1].split()[:4] == ["1.1", "changes", "requested", "Eve"]


def test_a_reviewer_renders_nothing_and_changes_no_members(crew: Crew) -> None:
    rendered = crew.eve.render(crew.title)
    added = crew.eve.refused("members", "add", "bob@example.org", "--role", "viewer")

    assert rendered.returncode == BAD_INPUT
    assert "needs the role editor" in rendered.stderr
    assert "needs the role owner" in added


def test_whoever_was_taken_out_sees_nothing_and_finds_the_way_home(
    crew: Crew, studio: Studio, tmp_path: Path
) -> None:
    bob = person(studio, tmp_path, "Bob")
    crew.ada.said("members", "add", bob.email, "--role", "editor")
    bob.said("workspace", "use", "The Crew")
    before = bob.said("comments", crew.title)

    crew.ada.said("members", "remove", bob.email)
    lost = bob.refused("comments", crew.title)
    bob.said("workspace", "use", "personal")

    assert isinstance(before, list)
    assert f"{crew.workspace} does not exist" in lost
    assert bob.said("jobs") == []


def test_a_command_that_says_too_little_is_refused_before_anything_is_asked(crew: Crew) -> None:
    said = [
        crew.ada.refused("members", "add", crew.eve.email),
        crew.ada.refused("workspace", "use"),
        crew.ada.refused("comment", crew.title, "Where?"),
        crew.ada.refused("comments", crew.title, "resolve"),
        crew.ada.refused("comment", crew.title, "When?", "--at", "soon", "--job", "x"),
    ]

    assert [text.partition("?")[0].removeprefix("film: ") for text in said[:4]] == [
        "as what",
        "which workspace",
        "about what",
        "which comment",
    ]
    assert "'soon' is no time of a film" in said[4]
