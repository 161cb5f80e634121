"""Memory of the job service over many small films: samples of its resident memory, and their slope."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.studio import running_studio, until_pools
from bench.throughput.films import crowd_of

BATCH_JOBS = 50
SHOTS = 1


@dataclass(frozen=True, slots=True)
class MemoryTrend:
    """Resident memory, kB, after so many jobs each; the slope is that of the second half of the samples."""

    jobs: Sequence[int]
    resident_kb: Sequence[int]

    @property
    def slope_bytes_per_job(self) -> float:
        """By least squares; the first half is left out, in which caches and pools fill."""
        half = len(self.jobs) // 2
        fit = statistics.linear_regression(self.jobs[half:], self.resident_kb[half:])
        return fit.slope * 1024


async def memory_trend(jobs: int) -> MemoryTrend:
    """Make so many films of one shot in batches, all but the first of each batch from the cache."""
    counts: list[int] = []
    resident_kb: list[int] = []
    with running_studio() as studio:
        pid = studio.pids["jobs"]
        async with studio.client() as client:
            await until_pools(client)
            for done in range(BATCH_JOBS, jobs + 1, BATCH_JOBS):
                await crowd_of(client, BATCH_JOBS, SHOTS)
                counts.append(done)
                resident_kb.append(_resident_kb(pid))
    return MemoryTrend(counts, resident_kb)


def _resident_kb(pid: int) -> int:
    """VmRSS of a process. Raises FileNotFoundError when it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
