"""Time as a port, so that tests and simulations own it."""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the time is, and how to wait."""

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`; for none or fewer, after the others had their turn."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`; for none or fewer, after the others had their turn."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A twin whose time moves only by `advance`; sleepers wake in the order of their times."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed_seconds = 0.0
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""
        return self._start + timedelta(seconds=self._elapsed_seconds)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._elapsed_seconds

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has passed `seconds`; at once for none."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (self._elapsed_seconds + seconds, self._order, waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        """Move time on and let everybody run whose time has come."""
        end = self._elapsed_seconds + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            wake_at, _, waiting = heapq.heappop(self._sleepers)
            self._elapsed_seconds = max(self._elapsed_seconds, wake_at)
            if not waiting.done():
                waiting.set_result(None)
            await asyncio.sleep(0)
        self._elapsed_seconds = end
        await asyncio.sleep(0)
