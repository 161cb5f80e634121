"""Wall seconds, CPU seconds and peak memory of a piece of work in this process, and of a command."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took; CPU is user and system time, memory the largest process's highest."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float

    def record(self) -> dict[str, float]:
        """As JSON takes it."""
        return asdict(self)


def cost_of(work: Callable[[], object]) -> Cost:
    """Do some work here, with the processes that it starts; the memory is the process's whole life's."""
    began, cpu = time.perf_counter(), _cpu_seconds()
    work()
    wall_seconds, cpu_seconds = time.perf_counter() - began, _cpu_seconds() - cpu
    peak_kb = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Cost(wall_seconds, cpu_seconds, peak_kb / 1_024)


def cost_of_command(command: Sequence[str], log: Path) -> Cost:
    """Run a command from its start to its end. Raises RuntimeError, with the end of its log, when it fails.

    The kernel counts the starter's memory as the command's own: measure in a small process.
    """
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {log.read_text(errors='replace')[-2_000:]}")
    return Cost(wall_seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1_024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(cost.wall_seconds for cost in costs),
        median(cost.cpu_seconds for cost in costs),
        median(cost.peak_mb for cost in costs),
    )


def _cpu_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
