"""Which core a process runs on, and the processor time that it took."""

from __future__ import annotations

import os
from pathlib import Path

from bench.processes import KERNEL_TABLE, TICKS_A_SECOND

_TIMES = slice(11, 13)


def server_core() -> int:
    """The core of what is measured."""
    return min(os.sched_getaffinity(0))


def other_core() -> int:
    """The core of callers and of what stands behind; the same where there is only one."""
    return max(os.sched_getaffinity(0))


def pin(process_id: int, core: int) -> None:
    """Keep every thread of a process, and what it starts from now on, on one core."""
    for thread in (KERNEL_TABLE / str(process_id) / "task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def cpu_seconds(process_id: int) -> float:
    """User and system time of a process since its start."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[_TIMES]) / TICKS_A_SECOND
