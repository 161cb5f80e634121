"""Fault hooks: nothing unless armed, and once only where a file says so."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio_platform.faults import Fault, FaultAction, FaultInjected, Faults


def test_a_point_that_is_not_armed_does_nothing() -> None:
    Faults.parse(("videogen.run.middle=fail",)).hit("videogen.run.end")


def test_an_armed_point_fails_each_time() -> None:
    faults = Faults.parse(("a.b=fail",))

    for _ in range(2):
        with pytest.raises(FaultInjected, match=r"a\.b"):
            faults.hit("a.b")


def test_with_a_once_file_it_fails_once_even_after_a_restart(tmp_path: Path) -> None:
    entry = f"a.b=fail@{tmp_path / 'once'}"
    with pytest.raises(FaultInjected):
        Faults.parse((entry,)).hit("a.b")

    Faults.parse((entry,)).hit("a.b")


def test_a_kill_is_a_sigkill(tmp_path: Path) -> None:
    entry = f"a.b=kill@{tmp_path / 'once'}"
    program = f"from studio_platform.faults import Faults; Faults.parse(({entry!r},)).hit('a.b')"

    codes = [subprocess.run([sys.executable, "-c", program], check=False).returncode for _ in range(2)]

    assert codes == [-signal.SIGKILL, 0]


@pytest.mark.parametrize("entry", ["a.b", "a.b=explode", "=kill", ""])
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        Faults.parse((entry,))


def test_the_parts_of_an_entry() -> None:
    faults = Faults.parse(("a.b=kill@/x/y", "c=fail"))

    assert faults.armed == {
        "a.b": Fault(FaultAction.KILL, Path("/x/y")),
        "c": Fault(FaultAction.FAIL),
    }
