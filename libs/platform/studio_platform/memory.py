"""Memory that was freed but that the C library keeps: given back to the system while nothing is to do.

Large buffers of pictures and sounds are freed inside glibc's heaps, one a thread, and stay there as resident
memory. On a machine that many processes share, an idle one shouldn't hold what it has no use for.
"""

from __future__ import annotations

import asyncio
import ctypes
import resource
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studio_platform.engine import Engine, EngineDescription, Product, Run

QUIET_SECONDS = 2.0
"""How long nothing may have been done before memory is given back; so it costs no work its time."""


def give_back() -> None:
    """Give freed memory back to the system; some 10 ms. Does nothing where the C library isn't glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))


def resident_bytes() -> int:
    """What this process holds of the machine's memory; the most it held, where the system says no more."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * resource.getpagesize()


class WatchedEngine:
    """An engine of which one can see whether it is at work; see the Engine port."""

    def __init__(self, engine: Engine[Any]) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._begun = 0
        self._at_work = 0

    def describe(self) -> EngineDescription:
        """What the engine says of itself."""
        return self._engine.describe()

    def load(self) -> None:
        """Load the engine's model."""
        self._engine.load()

    def run(self, orders: Sequence[Any], runs: Sequence[Run]) -> Sequence[Product]:
        """What the engine makes of the orders."""
        with self._lock:
            self._begun += 1
            self._at_work += 1
        try:
            return self._engine.run(orders, runs)
        finally:
            with self._lock:
                self._at_work -= 1

    def work_done(self) -> int | None:
        """How many runs began so far; None while one is at work."""
        with self._lock:
            return None if self._at_work else self._begun


def work_done(engines: Sequence[WatchedEngine]) -> int | None:
    """How many runs of all engines began so far; None while one is at work."""
    done = [engine.work_done() for engine in engines]
    return None if None in done else sum(count or 0 for count in done)


async def give_back_when_quiet(
    work_done: Callable[[], int | None],
    stopping: asyncio.Event,
    give_back: Callable[[], None] = give_back,
    quiet_seconds: float = QUIET_SECONDS,
) -> None:
    """Call `give_back` in a thread, once after the start and once after each time of work.

    Ends when `stopping` is set.

    `work_done` counts what was begun so far; None while something is at work.
    """
    seen: int | None = None
    given_back_at: int | None = None
    while not await _is_set_within(stopping, quiet_seconds):
        before, seen = seen, work_done()
        if seen is not None and seen == before and seen != given_back_at:
            await asyncio.to_thread(give_back)
            given_back_at = seen


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
