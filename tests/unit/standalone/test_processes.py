"""Processes are known by pid and start time, ended after a grace, and never mistaken for another."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from studio_standalone.ending import end_processes
from studio_standalone.processes import ProcessLedger, identify, recorded_processes

DEAF = "import signal as s; s.signal(s.SIGTERM, s.SIG_IGN); print('deaf', flush=True); s.pause()"


async def deaf_process() -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DEAF, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


def test_own_process_is_alive() -> None:
    assert identify(os.getpid()).is_alive


def test_another_process_with_the_same_pid_is_not_the_same() -> None:
    assert not replace(identify(os.getpid()), started="1").is_alive


def test_process_that_was_gone_when_identified_is_not_alive() -> None:
    assert not identify(2**22 + 1).is_alive


async def test_process_that_hears_nothing_is_killed_after_the_grace() -> None:
    process = await deaf_process()
    identity = identify(process.pid)

    reaping = asyncio.create_task(process.wait())
    await end_processes({"deaf": identity}, grace_seconds=0.05)

    assert await reaping == -signal.SIGKILL
    assert not identity.is_alive


async def test_ledger_tells_who_is_left(tmp_path: Path) -> None:
    ledger = ProcessLedger(tmp_path / "processes.json")
    process = await deaf_process()
    ledger.add("self", os.getpid())
    ledger.add("deaf", process.pid)
    process.kill()
    await process.wait()

    assert set(recorded_processes(tmp_path / "processes.json")) == {"self"}


def test_ledger_forgets_who_ended(tmp_path: Path) -> None:
    ledger = ProcessLedger(tmp_path / "processes.json")
    ledger.add("self", os.getpid())

    ledger.remove("self")

    assert recorded_processes(tmp_path / "processes.json") == {}
