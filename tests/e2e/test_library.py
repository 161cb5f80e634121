"""A character of the library in a film: given, made anew, and brought to the newest version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.conftest import Studio

TITLE = "From the Library"
SCRIPT = """\
Title: From the Library

INT. OFFICE - NIGHT

IRIS winds the clock.

IRIS
Is it gone?

EXT. PIER - DAY

Rain on the planks. A boat comes in.

TOM
Look.
"""

pytestmark = pytest.mark.timeout(180)


def film(studio: Studio, *arguments: str) -> list[dict[str, Any]]:
    """What a verb says to programs."""
    ran = studio.film(*arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_newer_look_makes_the_characters_shots_anew_when_the_project_takes_it(studio: Studio) -> None:
    script = studio.home / "library.fountain"
    script.write_text(SCRIPT)
    assert studio.render(script, "library.mp4").code == 0
    film(studio, "library", "add", "Iris the elder", "--kind", "character", "--look", "a blue cardigan")
    film(studio, "library", "use", TITLE, "iris", "iris the elder")
    assert studio.render(script, "library.mp4").code == 0
    film(studio, "library", "add", "Iris the elder", "--kind", "character", "--look", "a red coat")

    (used,) = film(studio, "library", "uses", TITLE)
    unchanged = film(studio, "plan", TITLE, "--size", "320x180")[0]
    (upgraded,) = film(studio, "library", "upgrade", TITLE)
    planned = film(studio, "plan", TITLE, "--size", "320x180")[0]

    assert used["version"] != used["latestVersion"]
    assert unchanged["total"]["cached"] == unchanged["total"]["tasks"]
    assert upgraded["version"] == upgraded["latestVersion"] == used["latestVersion"]
    causes = {cause["cause"] for shot in planned["diff"]["shots"] for cause in shot.get("causes", [])}
    assert causes == {"CHANGE_CAUSE_LOOK"}
    made = [task["displayName"] for task in planned["tasks"] if task["verdict"] == "VERDICT_RUN"]
    assert made
    assert all(name.startswith("scene 1") and name.endswith("still") for name in made)
