"""The way of one process's requests to the servers, where they meet the faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tests.simulation.chaos import Chaos, Fault
from tests.simulation.process import Process

T = TypeVar("T")

LATENCY_MAX_SECONDS = 0.004
DELAY_MAX_SECONDS = 8.0
FREEZE_MAX_SECONDS = 45.0
ANSWER_TIMEOUT_SECONDS = 2.0


class Lost(Exception):
    """No answer came; `was_done` is what only the simulation knows."""

    def __init__(self, *, was_done: bool) -> None:
        super().__init__("no answer")
        self.was_done = was_done


class Hospital(Protocol):
    """Who kills and freezes processes."""

    def kill(self, process: Process, why: str) -> None:
        """End a process here and now."""

    def freeze(self, process: Process, seconds: float, why: str) -> None:
        """Stop a process for a while."""

    def note(self, process: Process | None, text: str) -> None:
        """Write a line of the record."""


class Wire:
    """Carries requests of one process."""

    def __init__(self, process: Process, chaos: Chaos, hospital: Hospital) -> None:
        self.process = process
        self.chaos = chaos
        self._hospital = hospital

    async def carry(self, name: str, request: Callable[[], Awaitable[T]]) -> T:
        """The answer to a request. Raises Lost; never returns in a process that was killed on the way."""
        place = f"{self.process}.{name}"
        fault = self.chaos.fault(place)
        await self._travel(place)
        if fault is not None:
            await self._before(place, fault)
        answer = await request()
        if fault is not None:
            await self._after(place, fault)
        await self._travel(place)
        return answer

    async def _travel(self, place: str) -> None:
        await asyncio.sleep(self.chaos.between(f"{place}~", 0.0001, LATENCY_MAX_SECONDS))

    async def _before(self, place: str, fault: Fault) -> None:
        match fault:
            case Fault.LOSE_REQUEST:
                self.note(f"{place}: {fault.value}")
                await asyncio.sleep(self.chaos.between(f"{place}~", 0.01, ANSWER_TIMEOUT_SECONDS))
                raise Lost(was_done=False)
            case Fault.DELAY:
                await asyncio.sleep(self.chaos.between(f"{place}~", 0.05, DELAY_MAX_SECONDS))
            case Fault.KILL_BEFORE:
                await self.die(f"{place}: {fault.value}")
            case Fault.FREEZE_BEFORE:
                await self._freeze(place, fault)
            case _:
                return

    async def _after(self, place: str, fault: Fault) -> None:
        match fault:
            case Fault.LOSE_ANSWER:
                self.note(f"{place}: {fault.value}")
                await asyncio.sleep(self.chaos.between(f"{place}~", 0.01, ANSWER_TIMEOUT_SECONDS))
                raise Lost(was_done=True)
            case Fault.KILL_AFTER:
                await self.die(f"{place}: {fault.value}")
            case Fault.FREEZE_AFTER:
                await self._freeze(place, fault)
            case _:
                return

    async def die(self, why: str) -> None:
        """Kill this process; never returns."""
        self._hospital.kill(self.process, why)
        await asyncio.get_running_loop().create_future()

    async def _freeze(self, place: str, fault: Fault) -> None:
        seconds = self.chaos.between(f"{place}~", 0.2, FREEZE_MAX_SECONDS)
        self._hospital.freeze(self.process, seconds, f"{place}: {fault.value} for {seconds:.1f} s")
        await asyncio.sleep(0)

    def note(self, text: str) -> None:
        """Write a line of the record."""
        self._hospital.note(self.process, text)
