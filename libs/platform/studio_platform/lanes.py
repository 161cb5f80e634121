"""The lanes of a pool: how many bodies it runs at once, shared by the queue's orders and by direct calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from studio_platform.stir import Stir


class LanesBusy(Exception):
    """Every lane works."""


class LanesClosed(Exception):
    """The process drains: no lane begins anything."""


class Lane:
    """A lane in somebody's hands: free to look for an order, at work from `work` on."""

    def __init__(self, stir: Callable[[], None]) -> None:
        self.works = False
        self._stir = stir

    def work(self) -> None:
        """Say that it has something to do until it is given up."""
        self.works = True
        self._stir()


class Lanes:
    """`slots` lanes, for one event loop.

    Who serves the queue holds a lane while it looks for an order, so nothing is fetched that has no lane
    to run in. A direct call gets the lane of a look that found nothing, before the next look.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._held: set[Lane] = set()
        self._calls = 0
        self._closed = False
        self._stir = Stir()

    @property
    def busy(self) -> int:
        """How many lanes work on something."""
        return sum(lane.works for lane in self._held)

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Lane]:
        """A lane to look for an order in. Raises LanesClosed."""
        await self._until(lambda: self._is_free() and not self._calls)
        with self._holding(Lane(self._stir.wake)) as lane:
            yield lane

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A lane at work, within one look of the queue's. Raises LanesBusy, LanesClosed."""
        self._calls += 1
        try:
            await self._until(lambda: self._is_free() or all(lane.works for lane in self._held))
            if not self._is_free():
                raise LanesBusy
        finally:
            self._calls -= 1
            self._stir.wake()
        with self._holding(Lane(self._stir.wake)) as lane:
            lane.work()
            yield

    def close(self) -> None:
        """From now on no lane is given out; those held go on."""
        self._closed = True
        self._stir.wake()

    async def until_empty(self) -> None:
        """Return when nobody holds a lane."""
        while self._held:
            await self._stir.next()

    def _is_free(self) -> bool:
        return len(self._held) < self.slots

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not self._closed and not holds():
            await self._stir.next()
        if self._closed:
            raise LanesClosed

    @contextmanager
    def _holding(self, lane: Lane) -> Iterator[Lane]:
        self._held.add(lane)
        try:
            yield lane
        finally:
            self._held.remove(lane)
            self._stir.wake()
