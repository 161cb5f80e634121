"""Processes by pid and start time, which can't be reused, and a ledger of those started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from studio_standalone.private_file import write_private

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
