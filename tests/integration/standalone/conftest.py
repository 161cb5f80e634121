"""A studio whose three servers are real and whose six services are stand-ins, each a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio_standalone.control import down
from studio_standalone.home import Home
from studio_standalone.processes import ProcessIdentity, recorded_processes
from studio_standalone.state import SERVICES
from studio_standalone.status import StudioStatus, read_status

STANDINS = Path(__file__).with_name("standins")
DEADLINE_SECONDS = 30.0
MIGRATION = "-- migrate:up\nCREATE TABLE kept (id int);\n-- migrate:down\nDROP TABLE kept;\n"


@dataclass(frozen=True, slots=True)
class StudioUnderTest:
    home: Home
    environment: dict[str, str]

    def verb(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "studio_standalone", arguments[0], "--home", str(self.home.path)]
        return subprocess.run(
            [*argv, *arguments[1:]],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    def up(self, *arguments: str) -> dict[str, Any]:
        done = self.verb("up", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def status(self) -> StudioStatus:
        status = read_status(self.home.status_file)
        assert status is not None
        return status

    def children(self) -> dict[str, ProcessIdentity]:
        return recorded_processes(self.home.processes_file)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process does and nobody tells of; fail when it doesn't come."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standins")
    shutil.copy(STANDINS / "standin.py", folder)
    for name in SERVICES:
        package = folder / f"studio_{name}"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text("import standin\n\nstandin.run()\n")
        if name in ("gateway", "jobs"):
            (package / "migrations").mkdir()
            (package / "migrations" / "20260101000000_kept.sql").write_text(MIGRATION)
    return folder


@contextmanager
def studio_with(standins: Path) -> Iterator[StudioUnderTest]:
    folder = Path(tempfile.mkdtemp(prefix="film-studio-test-"))
    folder.chmod(0o711)
    home = Home(folder / "home")
    under_test = StudioUnderTest(home, os.environ | {"PYTHONPATH": str(standins)})
    yield under_test
    down(home)
    eventually(lambda: not under_test.children())
    shutil.rmtree(folder)


@pytest.fixture
def studio(standins: Path) -> Iterator[StudioUnderTest]:
    """A studio of the test's own, not started."""
    with studio_with(standins) as under_test:
        yield under_test


@pytest.fixture(scope="module")
def running(standins: Path) -> Iterator[StudioUnderTest]:
    """A studio that runs, for tests that leave it running."""
    with studio_with(standins) as under_test:
        under_test.up()
        yield under_test
