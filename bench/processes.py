"""CPU time as the Linux kernel counts it: of the machine, and of processes with all that they started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KERNEL_TABLE = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat, counted after the name in brackets.
_PARENT, _TIMES = 1, slice(11, 15)


@dataclass(frozen=True, slots=True)
class MachineTimes:
    """Seconds of all cores: at work, idle, and taken by the machine's host."""

    busy_seconds: float
    idle_seconds: float
    stolen_seconds: float

    def since(self, before: MachineTimes) -> MachineTimes:
        """What has passed since an earlier reading."""
        return MachineTimes(
            self.busy_seconds - before.busy_seconds,
            self.idle_seconds - before.idle_seconds,
            self.stolen_seconds - before.stolen_seconds,
        )


def machine_times() -> MachineTimes:
    """Read the machine's times since it started."""
    fields = (KERNEL_TABLE / "stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, idle, iowait, irq, softirq, steal = (int(field) / TICKS_A_SECOND for field in fields)
    return MachineTimes(user + nice + system + irq + softirq, idle + iowait, steal)


def cpu_seconds_of_trees(roots: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds of each named process with its descendants, but without those that are named themselves.

    Descendants that have ended count where their parent waited for them. Raises KeyError for a dead root.
    """
    parents, seconds = _processes()
    names = {pid: name for name, pid in roots.items()}
    totals = {name: seconds[pid] for name, pid in roots.items()}
    for pid in parents.keys() - names.keys():
        ancestor = pid
        while ancestor in parents and ancestor not in names:
            ancestor = parents[ancestor]
        if ancestor in names:
            totals[names[ancestor]] += seconds[pid]
    return totals


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    """The parent and the CPU seconds of every living process."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for stat in KERNEL_TABLE.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[_PARENT])
        seconds[pid] = sum(int(field) for field in fields[_TIMES]) / TICKS_A_SECOND
    return parents, seconds
