"""Wake-ups between the loops of the job service: an event each in this process, a poke to other replicas."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any

import structlog

from studio_platform.broker import Broker

POKE_INTERVAL_SECONDS = 0.02
"""While this replica is busy with what it wakes, others need not hear of each step."""

_log = structlog.get_logger(__name__)


class Loop(StrEnum):
    """The loops that can be woken."""

    PLANNER = "planner"
    ADVANCER = "advancer"
    DISPATCHER = "dispatcher"
    RELAY = "relay"
    CANCELS = "cancels"
    RESULTS = "results"
    SWEEPER = "sweeper"
    HOUSEKEEPING = "housekeeping"
    GARBAGE = "garbage"
    WEBHOOKS = "webhooks"
    WEBHOOK_LOG = "webhook_log"


class Wakes:
    """Wakes loops here at once and in other replicas over core NATS; losing a wake costs one poll."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._sender = os.urandom(8)
        self._events = {loop: asyncio.Event() for loop in Loop}
        self._poked_at = dict.fromkeys(Loop, float("-inf"))

    def wake(self, *loops: Loop) -> None:
        """Wake loops of this process."""
        for loop in loops:
            self._events[loop].set()

    async def wake_all(self, *loops: Loop) -> None:
        """Wake loops of this process at once, and of every replica unless it was poked a moment ago."""
        self.wake(*loops)
        now = asyncio.get_running_loop().time()
        for loop in loops:
            if now >= self._poked_at[loop] + POKE_INTERVAL_SECONDS:
                self._poked_at[loop] = now
                await self._broker.poke(wake_subject(loop), self._sender)

    async def listen(self) -> None:
        """Turn the pokes of other replicas into wake-ups, for ever."""
        prefix = wake_subject("")
        async for message in self._broker.listen(wake_subject("*")):
            if message.payload != self._sender:
                self.wake(Loop(message.subject.removeprefix(prefix)))

    async def wait(self, loop: Loop, poll_seconds: float) -> None:
        """Return when the loop is woken, or after the poll's interval."""
        event = self._events[loop]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(poll_seconds):
                await event.wait()
        event.clear()


def wake_subject(loop: str) -> str:
    """The core NATS subject of a loop's wake-ups."""
    return f"studio.wake.{loop}"


async def run_loop(
    wakes: Wakes,
    loop: Loop,
    poll_seconds: float,
    step: Callable[[], Coroutine[Any, Any, bool]],
    stopping: asyncio.Event,
) -> None:
    """Call `step` while it says that there is more, then wait to be woken; until `stopping` is set.

    Faults are logged and outlived: after one, the loop waits for its next wake-up or poll.
    """
    while not stopping.is_set():
        try:
            more = await step()
        except Exception:  # noqa: BLE001 - a loop outlives every fault
            _log.exception("loop failed, going on", loop=loop.value)
            more = False
        if not more and not stopping.is_set():
            await wakes.wait(loop, poll_seconds)


async def until(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Run endless work until `stopping` is set; raises what the work raises."""
    running = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        running.cancel()
        stop.cancel()
        await asyncio.gather(running, stop, return_exceptions=True)
