"""One studio of real processes for these tests: null engines, faults to arm, and a store that can be full."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filmstudio.account import Account
from studio_platform.testing.standin import ObjectStandIn

NULL_ENGINES = {
    "FILM_IMAGEGEN_ENGINE": "null",
    "FILM_VIDEOGEN_ENGINE": "null",
    "FILM_AUDIOGEN_ENGINES": "null-speech,null-music,null-effects",
    "FILM_LEASE_SECONDS": "2",
    "FILM_WEBHOOK_PRIVATE_ADDRESSES": "true",
    **{
        f"FILM_LIMIT_{rate}_PER_MINUTE": "1000000"
        for rate in ("READ", "WRITE", "SUBMIT", "STREAM", "AUTH", "ADDRESS")
    },
}
# Far above what it takes: it ends a hang, and says nothing of speed.
RENDER_TIMEOUT_SECONDS = 400
SIZE = "320x180"
ACTIONS_OF_FAULTS = {
    "imagegen.still.running": "kill",
    "videogen.clip.ran": "kill",
    "audiogen.speech.uploaded": "kill",
    "audiogen.music.running": "kill",
    "composer.segment.running": "kill",
    "composer.film.uploaded": "kill",
    "jobs.relay.after_publish": "kill",
    "jobs.results.before_ack": "kill",
    "jobs.advance.before_commit": "kill",
    "gateway.answered.CreateJob": "kill",
    "gateway.streaming.WatchJob": "kill",
    "videogen.clip.running": "refuse",
}


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

    @property
    def address(self) -> str:
        """The gateway's host:port."""
        return f"127.0.0.1:{self._port('gateway')}"

    @property
    def http_address(self) -> str:
        """The gateway's host:port for HTTP."""
        return f"127.0.0.1:{self._port('gateway-http')}"

    @property
    def s3_address(self) -> str:
        """The S3 server's host:port."""
        return f"127.0.0.1:{self._port('s3')}"

    @property
    def account(self) -> Account:
        """Who the film command signs in as."""
        state = self._read("state.json")
        return Account(state["account_email"], state["secrets"]["account"])

    def _port(self, name: str) -> int:
        return int(self._read("state.json")["ports"][name])

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / name).read_text())
        return content

    def film(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "film"), *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=RENDER_TIMEOUT_SECONDS,
            check=False,
        )

    def render(self, script: Path, name: str = "film.mp4", project: str = "") -> Rendered:
        """A small film without a narrator; what is tried here depends on neither."""
        output = self.home / name
        options = ["-o", str(output), "--size", SIZE, "--no-narrate"]
        options += ["--project", project] if project else []
        ran = self.film("render", str(script), *options, "--json")
        updates = [json.loads(line) for line in ran.stdout.splitlines()]
        return Rendered(ran.returncode, updates, ran.stderr, output)

    def pids(self) -> dict[str, int]:
        """The process of each service, now."""
        return {service["name"]: service["pid"] for service in self._read("status.json")["services"]}


@dataclass(frozen=True, slots=True)
class FaultPoints:
    """Faults of a studio, by point what happens there; each happens once after it was armed."""

    folder: Path
    actions: Mapping[str, str]

    def setting(self) -> str:
        """FILM_FAULTS with every fault as if it had happened already."""
        for point in self.actions:
            self._once_file(point).touch()
        return ",".join(
            f"{point}={action}@{self._once_file(point)}" for point, action in self.actions.items()
        )

    def arm(self, point: str) -> None:
        """Let a fault happen."""
        self._once_file(point).unlink()

    def has_struck(self, point: str) -> bool:
        """Whether an armed fault has happened."""
        return self._once_file(point).exists()

    def _once_file(self, point: str) -> Path:
        return self.folder / point


def make_studio(**environment: str) -> Studio:
    home = Path(tempfile.mkdtemp(prefix="film-e2e-"))
    home.chmod(0o711)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    return Studio(home, {**inherited, **NULL_ENGINES, **environment, "FILM_STUDIO_HOME": str(home)})


def end_studio(studio: Studio) -> None:
    studio.film("down")
    shutil.rmtree(studio.home, ignore_errors=True)


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> FaultPoints:
    """The faults that tests may arm in `studio`."""
    return FaultPoints(tmp_path_factory.mktemp("faults"), ACTIONS_OF_FAULTS)


@pytest.fixture(scope="session")
def studio_and_store(faults: FaultPoints) -> Iterator[tuple[Studio, ObjectStandIn]]:
    """A studio that runs, and what stands before its S3 server."""
    store = ObjectStandIn(lambda: made.s3_address)
    with store.running():
        made = make_studio(FILM_S3_ENDPOINT=store.endpoint, FILM_FAULTS=faults.setting())
        started = made.film("up")
        assert started.returncode == 0, started.stderr
        yield made, store
        end_studio(made)


@pytest.fixture(scope="session")
def studio(studio_and_store: tuple[Studio, ObjectStandIn]) -> Studio:
    return studio_and_store[0]


@pytest.fixture(scope="session")
def store(studio_and_store: tuple[Studio, ObjectStandIn]) -> ObjectStandIn:
    return studio_and_store[1]


@pytest.fixture
def samples() -> Path:
    return Path(__file__).resolve().parents[2] / "samples"
