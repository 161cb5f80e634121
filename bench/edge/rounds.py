"""Sides that take turns in short rounds, and the ratio of the first to each of the others."""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import uvloop

from bench.edge.callers import Call, Round, busy_round, first_answer
from bench.edge.cores import other_core

WARM_UP_SECONDS = 0.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Side:
    """A server that is called, by all of `calls` at a time."""

    name: str
    process_id: int
    calls: list[Call]


async def in_turns(sides: Sequence[Side], rounds: int, seconds: float) -> Mapping[str, list[Round]]:
    """`rounds` rounds of each, one side after another."""
    for side in sides:
        await first_answer(side.calls[0])
        await busy_round(side.calls, min(WARM_UP_SECONDS, seconds), side.process_id)
    measured: dict[str, list[Round]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            measured[side.name].append(await busy_round(side.calls, seconds, side.process_id))
    return measured


def print_table(measured: Mapping[str, list[Round]], ours: str) -> None:
    """A line a side: the median of the rounds, and ours as a part of it by time and by processor time."""
    print(f"{'':34} {'calls/s':>8} {'least':>7} {'most':>7} {'CPU us':>7} {'ours/it':>8} {'by CPU':>7}")
    for name, rounds in measured.items():
        rates = [one.rate for one in rounds]
        by_time, by_cpu = ratios(measured[ours], rounds)
        print(
            f"{name:34} {statistics.median(rates):8.0f} {min(rates):7.0f} {max(rates):7.0f} "
            f"{statistics.median(one.cpu_us for one in rounds):7.0f} {by_time:8.2f} {by_cpu:7.2f}"
        )
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


def ratios(ours: Sequence[Round], theirs: Sequence[Round]) -> tuple[float, float]:
    """The median over the turns of our calls/s by theirs, and of the calls for each processor second."""
    pairs = list(zip(ours, theirs, strict=True))
    by_time = statistics.median(our.rate / their.rate for our, their in pairs)
    return by_time, statistics.median(their.cpu_us / our.cpu_us for our, their in pairs)


def on_callers_core(work: Callable[[], Awaitable[T]]) -> T:
    """Run it on uvloop in this process, which moves to the callers' core."""
    os.sched_setaffinity(0, {other_core()})
    return on_any_core(work)


def on_any_core(work: Callable[[], Awaitable[T]]) -> T:
    """Run it on uvloop in this process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_awaited(work))


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
