"""Each service dies once in the middle of a film; the film is the same and nothing finished is made twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Rendered, end_studio, make_studio

pytestmark = pytest.mark.timeout(240)

SCRIPT = """Title: Two Rooms

INT. KITCHEN - NIGHT

Rain on the window. MARA stands by the table.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits.
"""

POINTS = (
    "imagegen.running",
    "videogen.ran",
    "audiogen.uploaded",
    "composer.running",
    "jobs.advance.before_commit",
    "jobs.results.before_ack",
)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "rooms.fountain"
    path.write_text(SCRIPT)
    return path


@pytest.fixture(scope="module")
def undisturbed(script: Path) -> Iterator[Rendered]:
    studio = make_studio()
    yield studio.render(script)
    end_studio(studio)


@pytest.mark.parametrize("point", POINTS)
def test_the_film_survives_a_kill_at(point: str, script: Path, undisturbed: Rendered, tmp_path: Path) -> None:
    once = tmp_path / "killed"
    studio = make_studio(FILM_FAULTS=f"{point}=kill@{once}")
    try:
        rendered = studio.render(script)
        tasks = studio.film("tasks", rendered.job).stdout
        film = rendered.output.read_bytes()
    finally:
        end_studio(studio)

    assert once.exists()
    assert rendered.code == 0, rendered.errors
    assert film == undisturbed.output.read_bytes()
    assert ("dispatch 2" in tasks) == point.endswith((".running", ".ran", ".uploaded"))


def test_the_film_survives_a_killed_gateway(script: Path, undisturbed: Rendered) -> None:
    studio = make_studio()
    try:
        studio.film("up")
        before = studio.pids()["gateway"]
        os.kill(before, signal.SIGKILL)
        rendered = studio.render(script)
        after = studio.pids()["gateway"]
    finally:
        end_studio(studio)

    assert rendered.code == 0, rendered.errors
    assert after != before
    assert rendered.states[-1] == undisturbed.states[-1] == "COMPLETED"
