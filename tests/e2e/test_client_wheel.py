"""The client as a program gets it: built as a wheel, installed by itself, used as its page says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.e2e.conftest import FaultPoints, Studio
from tests.e2e.visitors import registered_key

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "libs" / "filmstudio"
PAGE = ROOT / "docs" / "client.md"
SERVERS = ("starlette", "uvicorn", "watchfiles", "typer", "rich", "studio_platform", "studio_standalone")

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]


def ran(*command: object, **options: Any) -> str:
    """What a command writes; it must succeed."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=200, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build leaves things beside its source."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    source = shutil.copytree(SOURCE, folder / "source", ignore=ignored)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index")
    ran(*pip, "--wheel-dir", folder, source)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python that has the wheel installed, and what it depends on from this one."""
    home = tmp_path_factory.mktemp("installed")
    ran(sys.executable, "-m", "venv", "--without-pip", home)
    python = home / "bin" / "python"
    ran(
        sys.executable,
        "-m",
        "pip",
        f"--python={python}",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
    )
    [packages] = home.glob("lib/python*/site-packages")
    # As a plain line: paths to the source that pip's editable installs keep there are not followed.
    (packages / "dependencies.pth").write_text(f"{Path(grpc.__file__).parents[1]}\n")
    yield python
    shutil.rmtree(home)


def quick_start() -> str:
    """The program of the page."""
    return PAGE.read_text().partition("## Quick start")[2].partition("```python\n")[2].partition("```")[0]


def test_the_quick_start_makes_a_film_as_it_is_written_while_the_gateway_is_killed(
    studio: Studio, faults: FaultPoints, python: Path, tmp_path: Path
) -> None:
    environment = {
        "FILM_SERVER": studio.address,
        "FILM_API_KEY": registered_key(studio),
        "HOME": str(tmp_path),
    }
    program = tmp_path / "quick_start.py"
    program.write_text(quick_start())
    faults.arm("gateway.streaming.WatchJob")

    said = ran(python, "-W", "error", program, cwd=tmp_path, env=environment).splitlines()

    film = (tmp_path / "a-room.mp4").read_bytes()
    sequences = [int(line.split()[0]) for line in said[:-1]]
    assert faults.has_struck("gateway.streaming.WatchJob")
    assert sequences == list(range(1, len(sequences) + 1))
    assert said[-2].endswith(" JOB_STATE_COMPLETED")
    assert said[-1] == f"a-room.mp4: {len(film)} bytes"
    assert film[4:8] == b"ftyp"


def test_the_wheel_holds_types_and_contracts_and_no_server(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        [about] = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(packed.read(about).decode())

    assert {name.split("/")[0] for name in names} == {"filmstudio", "buf", about.split("/")[0]}
    assert {"filmstudio/py.typed", "filmstudio/jobs/v1/jobs_pb2.pyi", "filmstudio/client.py"} <= set(names)
    assert not [name for name in names if name.endswith((".proto", ".sql", ".so")) or "test" in name]
    assert (metadata["Name"], metadata["Requires-Python"]) == ("filmstudio", ">=3.11")
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Summary"]


def test_the_client_is_imported_from_the_wheel_and_loads_no_server_and_no_terminal(python: Path) -> None:
    program = (
        "import sys, filmstudio.client as client; print(client.__file__, *sorted(sys.modules), sep='\\n')"
    )

    place, *modules = ran(python, "-W", "error", "-c", program, cwd="/").splitlines()

    assert Path(place).is_relative_to(python.parents[1])
    assert not {module.split(".")[0] for module in modules} & set(SERVERS)
    assert not [module for module in modules if module.startswith("filmstudio.cli.")]
