"""A studio of real processes with null engines, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

NULL_ENGINES = {
    "FILM_IMAGEGEN_ENGINE": "null",
    "FILM_VIDEOGEN_ENGINE": "null",
    "FILM_AUDIOGEN_ENGINES": "null-speech,null-music,null-effects",
    "FILM_LEASE_SECONDS": "2",
}
RENDER_TIMEOUT_SECONDS = 110


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render said and left."""

    code: int
    updates: list[dict[str, Any]]
    errors: str
    output: Path

    @property
    def events(self) -> list[dict[str, Any]]:
        return [update["event"] for update in self.updates if "event" in update]

    @property
    def states(self) -> list[str]:
        """Each state as it was entered."""
        moves = [
            event
            for event in self.events
            if event.get("previousState") != event["state"] or event["sequence"] == "1"
        ]
        return [event["state"].removeprefix("JOB_STATE_") for event in moves]

    @property
    def job(self) -> str:
        return str(self.events[0]["job"])


@dataclass(frozen=True, slots=True)
class Studio:
    """A studio of the test's own."""

    home: Path
    environment: dict[str, str]

    def film(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "film"), *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=RENDER_TIMEOUT_SECONDS,
            check=False,
        )

    def render(self, script: Path, name: str = "film.mp4") -> Rendered:
        output = self.home / name
        ran = self.film("render", str(script), "-o", str(output), "--json")
        updates = [json.loads(line) for line in ran.stdout.splitlines()]
        return Rendered(ran.returncode, updates, ran.stderr, output)

    def pids(self) -> dict[str, int]:
        status = json.loads(self.film("status", "--json").stdout)
        return {service["name"]: service["pid"] for service in status["services"]}


def make_studio(**environment: str) -> Studio:
    home = Path(tempfile.mkdtemp(prefix="film-e2e-"))
    home.chmod(0o711)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    return Studio(home, {**inherited, **NULL_ENGINES, **environment, "FILM_STUDIO_HOME": str(home)})


def end_studio(studio: Studio) -> None:
    studio.film("down")
    shutil.rmtree(studio.home, ignore_errors=True)


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    made = make_studio()
    yield made
    end_studio(made)


@pytest.fixture
def samples() -> Path:
    return Path(__file__).resolve().parents[2] / "samples"
