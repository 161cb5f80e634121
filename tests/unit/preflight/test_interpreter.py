"""Which Pythons the preflight takes, and what it says of the others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio_preflight.finding import Finding
from studio_preflight.interpreter import (
    Interpreter,
    environment_findings,
    interpreter_findings,
    read_interpreter,
)

_GOOD = Interpreter((3, 12, 1), "/usr/bin/python3.12")


def _faults(python: Interpreter, family: str = "debian") -> list[Finding]:
    return [finding for finding in interpreter_findings(python, family) if not finding.well]


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_each_supported_version_is_well(minor: int) -> None:
    assert _faults(_GOOD._replace(version=(3, minor, 0))) == []


def test_the_python_of_these_tests_is_well() -> None:
    assert _faults(read_interpreter()) == []


@pytest.mark.parametrize(
    ("python", "state"),
    [
        (_GOOD._replace(version=(3, 10, 13)), "3.10.13 at /usr/bin/python3.12 is too old"),
        (_GOOD._replace(version=(3, 6, 15)), "is too old: 3.11 to 3.14 are supported"),
        (_GOOD._replace(version=(3, 15, 0)), "is too new"),
        (_GOOD._replace(implementation="pypy"), "is pypy"),
        (_GOOD._replace(free_threaded=True), "is a free-threaded build"),
        (_GOOD._replace(pointer_bytes=4), "is a 32-bit build"),
        (_GOOD._replace(missing=("ssl",)), "was built without ssl"),
    ],
)
def test_another_python_is_refused_with_how_to_get_one_that_fits(python: Interpreter, state: str) -> None:
    (fault,) = _faults(python)
    assert state in fault.state
    assert "install CPython 3.11 to 3.14" in fault.cure
    assert "make film PYTHON=" in fault.cure


def test_a_python_without_ensurepip_asks_for_the_distributions_own_package() -> None:
    python = _GOOD._replace(missing=("ensurepip",))
    assert _faults(python, "debian")[0].cure.startswith("apt install python3.12-venv")
    assert _faults(python, "")[0].cure == "install the part of Python that has venv and ensurepip"


def test_every_missing_module_is_named_at_once() -> None:
    faults = _faults(_GOOD._replace(version=(3, 9, 2), missing=("ensurepip", "zlib", "ctypes")))
    assert len(faults) == 4


def test_an_environment_of_an_old_python_is_to_be_removed() -> None:
    (fault,) = _faults(_GOOD._replace(version=(3, 10, 1), environment="/film/.venv"))
    assert fault.cure.startswith("remove /film/.venv and run make again")


def test_an_environment_whose_python_is_gone_is_to_be_removed(tmp_path: Path) -> None:
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    assert list(environment_findings(folder)) == []
    (folder / "bin" / "python").symlink_to(tmp_path / "gone")
    (fault,) = environment_findings(folder)
    assert f"{tmp_path / 'gone'} does not run" in fault.state
    assert str(folder) in fault.cure


def test_an_environment_whose_python_runs_is_well(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert list(environment_findings(tmp_path)) == []
