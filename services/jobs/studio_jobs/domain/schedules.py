"""How long a whole plan takes, with what runs beside what and how many slots each pool has."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio_jobs.domain.paces import Band, PaceKey

BASE_MS = 250
"""From submit to the first dispatch, and from the last result to COMPLETED."""

RUN_OVERHEAD_MS = 25
"""A run's ways: dispatch, fetch, upload, result."""

RATIOS_MIN = 10
BUCKET_MS = 250
PERMILLE = 1000
COVERED = 0.9
"""The share of jobs whose time lies in the band."""

_UNKNOWN_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Step:
    """A task that takes a slot of its pool; one with `run_ms` None takes no time."""

    number: int
    pool: str
    run_ms: int | None
    inputs: Sequence[int]


def wall_ms(steps: Sequence[Step], slots: Mapping[str, int]) -> int:
    """The time of a list schedule: whatever is ready starts in the plan's order as soon as a slot is free."""
    schedule = _Schedule(slots)
    waits = {step.number: len(set(step.inputs)) for step in steps}
    dependents: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        for producer in set(step.inputs):
            dependents[producer].append(step)
    ready = [step for step in steps if not waits[step.number]]
    while ready or schedule.ends:
        schedule.enqueue(ready)
        ready = []
        for number in schedule.next_done():
            for step in dependents[number]:
                waits[step.number] -= 1
                if not waits[step.number]:
                    ready.append(step)
    return BASE_MS + schedule.now


class _Schedule:
    """Pools with queues and slots; `ends` holds what is at work by its end."""

    def __init__(self, slots: Mapping[str, int]) -> None:
        self.now = 0
        self.ends: list[tuple[int, int, str]] = []
        self._free = dict(slots)
        self._queues: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def enqueue(self, steps: Iterable[Step]) -> None:
        """Start what can start; the rest waits in its pool's queue."""
        pools = set()
        for step in steps:
            if step.run_ms is None:
                heapq.heappush(self.ends, (self.now, step.number, ""))
            else:
                heapq.heappush(self._queues[step.pool], (step.number, step.run_ms + RUN_OVERHEAD_MS))
                pools.add(step.pool)
        for pool in sorted(pools):
            self._start(pool)

    def next_done(self) -> list[int]:
        """Move on to the next end; everything that ends then."""
        if not self.ends:
            return []
        self.now = self.ends[0][0]
        done: list[int] = []
        while self.ends and self.ends[0][0] == self.now:
            _, number, pool = heapq.heappop(self.ends)
            done.append(number)
            if pool:
                self._free[pool] = self._free.get(pool, 1) + 1
                self._start(pool)
        return done

    def _start(self, pool: str) -> None:
        queue = self._queues[pool]
        while queue and self._free.get(pool, 1) > 0:
            number, run_ms = heapq.heappop(queue)
            self._free[pool] = self._free.get(pool, 1) - 1
            heapq.heappush(self.ends, (self.now + run_ms, number, pool))


def wall_key(scheduled_ms: int) -> PaceKey:
    """Where the ratios of true to scheduled time of films about as long are kept."""
    return PaceKey("", 0, 0, (scheduled_ms // BUCKET_MS).bit_length())


def wall_band(scheduled: Callable[[str], int], paces: Mapping[PaceKey, Sequence[int]]) -> Band:
    """The band of the true time, from the permille ratios that earlier films had.

    `scheduled` gives the scheduled time, ms, when each run takes its "low", "expected" or "high" time. Of n
    earlier films the true time lies between the outer ratios in COVERED of all cases, when the next film is
    like them. Before RATIOS_MIN are known the band is the runs' own, and a factor of two.
    """
    expected_ms = scheduled("expected")
    own = wall_key(expected_ms)
    ratios = list(paces.get(own, ()))
    if len(ratios) < RATIOS_MIN:
        ratios = [ratio for key, found in sorted(paces.items()) if key.kind == 0 for ratio in found]
    if len(ratios) < RATIOS_MIN:
        low_ms, high_ms = scheduled("low") // _UNKNOWN_FACTOR, scheduled("high") * _UNKNOWN_FACTOR
        return Band(low_ms, expected_ms, high_ms)
    ratios.sort()
    rank = max(1, math.floor((len(ratios) + 1) * (1 - COVERED) / 2))
    low, middle, high = ratios[rank - 1], ratios[len(ratios) // 2], ratios[-rank]
    return Band(*(expected_ms * ratio // PERMILLE for ratio in (low, middle, high)))
