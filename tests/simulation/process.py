"""A simulated process: its own queue of callbacks, its own clock, and how it dies or freezes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 1, tzinfo=UTC)

PRUNE_TASKS = 64


class Call:
    """A callback that waits for its turn, as light as asyncio allows: a life makes hundreds of thousands."""

    __slots__ = ("args", "callback", "context", "is_cancelled")

    def __init__(self, callback: Callable[..., Any], args: tuple[Any, ...], context: Context) -> None:
        self.callback: Callable[..., Any] | None = callback
        self.args = args
        self.context = context
        self.is_cancelled = False

    def cancel(self) -> None:
        """Never run it, and hold on to nothing."""
        self.is_cancelled = True
        self.callback, self.args = None, ()


@dataclass(slots=True, eq=False)
class Process:
    """Everything that runs in one incarnation; `skew_seconds` is how far its wall clock is off."""

    name: str
    incarnation: int = 0
    skew_seconds: float = 0.0
    is_alive: bool = True
    is_frozen: bool = False
    is_queued: bool = False
    ready: deque[Call] = field(default_factory=deque)
    context: Context = field(default_factory=Context)
    deaths: list[Callable[[], None]] = field(default_factory=list)
    _tasks: dict[asyncio.Task[object], None] = field(default_factory=dict)
    _prune_at: int = PRUNE_TASKS

    def __post_init__(self) -> None:
        self.context.run(CURRENT.set, self)

    def __str__(self) -> str:
        return f"{self.name}#{self.incarnation}"

    def hold(self, task: asyncio.Task[object]) -> None:
        """Keep a task from the garbage collector, which would run its finally blocks."""
        self._tasks[task] = None
        if len(self._tasks) > self._prune_at:
            self._tasks = {task: None for task in self._tasks if not task.done()}
            self._prune_at = 2 * len(self._tasks) + PRUNE_TASKS

    def unfinished(self) -> list[asyncio.Task[object]]:
        """The tasks that are not done, in the order of their making."""
        return [task for task in self._tasks if not task.done()]


CURRENT: ContextVar[Process] = ContextVar("simulated_process")


class ProcessClock:
    """The Clock port of one process: the loop's time, the wall clock off by the process's skew."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def now(self) -> datetime:
        """The wall time, aware, in UTC."""
        return START + timedelta(seconds=self.monotonic() + self._process.skew_seconds)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)
