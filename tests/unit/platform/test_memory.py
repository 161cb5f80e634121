"""Freed memory goes back to the system while a process has nothing to do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence

import pytest

from studio_platform.engine import EngineDescription, EngineFailure, Product, Run
from studio_platform.memory import WatchedEngine, give_back_when_quiet, work_done

FREED_AND_GIVEN_BACK = """
from pathlib import Path
from studio_platform.memory import give_back

def resident_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

buffers = [bytearray(4_000) for _ in range(20_000)]
last = bytearray(4_000)  # keeps the heap's end in use, as a real process does
del buffers
before_kib = resident_kib()
give_back()
print(before_kib - resident_kib())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and glibc alone is meant")
def test_freed_buffers_are_no_longer_resident() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FREED_AND_GIVEN_BACK], capture_output=True, text=True, timeout=60, check=True
    )

    assert int(ran.stdout) > 60_000


@pytest.mark.parametrize(
    ("work_done", "times"),
    [
        ((0, 0, 0, 0), 1),  # after the start, and not again
        ((0, 0, None, None, 1, 1, 1), 2),  # after work
        ((0, 1, 2, 3), 0),  # never between orders that follow each other
        ((0, None, 0, None), 0),  # never while one is at work
        ((0, 0, 5, 5, 5), 2),  # after work that was over before anybody looked
    ],
)
async def test_memory_is_given_back_once_after_each_time_of_work(
    work_done: Sequence[int | None], times: int
) -> None:
    stopping = asyncio.Event()
    looks = list(work_done)
    given_back: list[int] = []

    def look() -> int | None:
        seen = looks.pop(0)
        if not looks:
            stopping.set()
        return seen

    await give_back_when_quiet(look, stopping, lambda: given_back.append(len(looks)), quiet_seconds=0.001)

    assert len(given_back) == times


class Refusing:
    """An engine that notes what its watcher says while it runs, and refuses its order."""

    def __init__(self) -> None:
        self.watched = WatchedEngine(self)
        self.work_done_inside: list[int | None] = []

    def describe(self) -> EngineDescription:
        return EngineDescription(kind="STILL", engine="refusing", revision="1")

    def load(self) -> None:
        """Nothing to load."""

    def run(self, orders: Sequence[object], runs: Sequence[Run]) -> Sequence[Product]:
        self.work_done_inside.append(self.watched.work_done())
        raise EngineFailure("REFUSED", "It won't.")


def test_an_engine_is_at_work_from_its_start_until_it_ends_with_or_without_a_product() -> None:
    engine = Refusing()

    with pytest.raises(EngineFailure):
        engine.watched.run([object()], [])

    assert engine.work_done_inside == [None]
    assert engine.watched.work_done() == 1


def test_engines_are_quiet_together_or_not_at_all() -> None:
    idle = WatchedEngine(Refusing())
    seen: list[int | None] = []

    class Looking(Refusing):
        def run(self, orders: Sequence[object], runs: Sequence[Run]) -> Sequence[Product]:
            seen.append(work_done([idle, self.watched]))
            return []

    busy = Looking()
    busy.watched.run([object()], [])

    assert seen == [None]
    assert work_done([idle, busy.watched]) == 1
