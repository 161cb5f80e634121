"""Fault hooks: nothing unless armed, and once only where a file says so."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio_platform.faults import Fault, FaultAction, FaultInjected, Faults

POINTS = ("jobs.b", "jobs.c", "videogen.run.middle")


def parse(*entries: str) -> Faults:
    return Faults.parse(entries, POINTS)


def test_a_point_that_is_not_armed_does_nothing() -> None:
    parse("videogen.run.middle=fail").hit("videogen.run.end")


def test_an_armed_point_fails_each_time() -> None:
    faults = parse("jobs.b=fail")

    for _ in range(2):
        with pytest.raises(FaultInjected, match=r"jobs\.b"):
            faults.hit("jobs.b")


@pytest.mark.parametrize(("action", "permanent"), [("fail", False), ("refuse", True)])
def test_a_fault_says_whether_trying_again_may_help(action: str, permanent: bool) -> None:
    with pytest.raises(FaultInjected) as raised:
        parse(f"jobs.b={action}").hit("jobs.b")

    assert raised.value.permanent is permanent


def test_with_a_once_file_it_fails_once_even_after_a_restart(tmp_path: Path) -> None:
    entry = f"jobs.b=fail@{tmp_path / 'once'}"
    with pytest.raises(FaultInjected):
        parse(entry).hit("jobs.b")

    parse(entry).hit("jobs.b")


def test_a_kill_is_a_sigkill(tmp_path: Path) -> None:
    entry = f"jobs.b=kill@{tmp_path / 'once'}"
    program = (
        f"from studio_platform.faults import Faults; Faults.parse(({entry!r},), ('jobs.b',)).hit('jobs.b')"
    )

    codes = [subprocess.run([sys.executable, "-c", program], check=False).returncode for _ in range(2)]

    assert codes == [-signal.SIGKILL, 0]


@pytest.mark.parametrize("entry", ["jobs.b", "jobs.b=explode", "=kill", ""])
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        parse(entry)


def test_the_parts_of_an_entry() -> None:
    faults = parse("jobs.b=kill@/x/y", "jobs.c=fail")

    assert faults.armed == {
        "jobs.b": Fault(FaultAction.KILL, Path("/x/y")),
        "jobs.c": Fault(FaultAction.FAIL),
    }


def test_an_unknown_point_of_this_process_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"jobs\.relay\.befor.*jobs\.b, jobs\.c"):
        parse("jobs.relay.befor=kill")


def test_a_point_of_no_service_is_refused() -> None:
    with pytest.raises(ValueError, match="gateway"):
        parse("job.b=kill")


def test_a_point_of_another_process_is_left_to_it() -> None:
    assert parse("composer.ran=kill").armed == {}
