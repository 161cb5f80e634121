"""Processes by pid and start time, which can't be reused: a ledger of those started, how to end them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from studio_standalone.state import write_private

POLL_SECONDS = 0.02
KERNEL_TABLE = Path("/proc")
START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the name in brackets


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that is or was; `started` is the kernel's start time, as text."""

    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        return self.started != "" and start_time(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Signal it, if it still is what it was."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def start_time(pid: int) -> str:
    """When the kernel started `pid`, as text; empty if there is no such process or it is a zombie."""
    if KERNEL_TABLE.is_dir():
        try:
            fields = (KERNEL_TABLE / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] == "Z" else fields[START_TIME_FIELD]
    argv = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False).stdout.strip()


def identify(pid: int) -> ProcessIdentity:
    """The identity of a process that is running now."""
    return ProcessIdentity(pid, start_time(pid))


class ProcessLedger:
    """The file of the processes that were started and not seen to end, by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, ProcessIdentity] = {}

    def add(self, name: str, pid: int) -> None:
        self._entries[name] = identify(pid)
        self._save()

    def remove(self, name: str) -> None:
        self._entries.pop(name, None)
        self._save()

    def _save(self) -> None:
        write_private(self._path, json.dumps({name: asdict(entry) for name, entry in self._entries.items()}))


def recorded_processes(path: Path) -> dict[str, ProcessIdentity]:
    """The processes in the ledger at `path` that are still alive, by name."""
    try:
        entries = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    processes = {name: ProcessIdentity(**entry) for name, entry in entries.items()}
    return {name: process for name, process in processes.items() if process.is_alive}


async def end_processes(processes: dict[str, ProcessIdentity], grace_seconds: float) -> None:
    """Ask each to end, kill those that haven't after `grace_seconds`, and return when none is left."""
    for process in processes.values():
        process.signal(signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace_seconds):
            await _until_gone(processes)
    for process in processes.values():
        process.signal(signal.SIGKILL)
    await _until_gone(processes)


async def _until_gone(processes: dict[str, ProcessIdentity]) -> None:
    """No kernel tells of the end of a process that isn't one's child everywhere, so ask again and again."""
    while any(process.is_alive for process in processes.values()):  # noqa: ASYNC110 -- nobody sets an event
        await asyncio.sleep(POLL_SECONDS)
