"""A deterministic event loop: virtual time, a queue for each process, and a seeded choice between them.

Within a process callbacks run in asyncio's own order; which process runs next is chosen. Time moves on
only when no process can run. Threads are callbacks that come after a while.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from contextvars import Context, copy_context
from random import Random
from typing import Any, TypeVar, cast

from tests.simulation.process import CURRENT, Call, Process

T = TypeVar("T")

ThreadSeconds = Callable[[Executor | None], float]
"""How long a function takes on a thread of this executor."""

STEPS_AT_ONE_TIME_MAX = 200_000


class Livelock(Exception):
    """Callbacks follow each other without end while time stands still, or nothing will ever happen."""


class SimulatedLoop:
    """Runs callbacks one by one; `steps` counts them. It has what tasks and futures ask of a loop."""

    def __init__(self, seed: int) -> None:
        self.steps = 0
        self.thread_seconds: ThreadSeconds = lambda _executor: 0.0
        self.errors: list[dict[str, Any]] = []
        self._random = Random(seed).random  # noqa: S311 - a simulation wants to repeat itself
        self._now = 0.0
        self._order = 0
        self._timers: list[tuple[float, int, Call]] = []
        self._runnable: list[Process] = []
        self._same_time_steps = 0
        self._running = False
        self._face = cast("asyncio.AbstractEventLoop", self)

    # What asyncio asks of a loop.

    def time(self) -> float:
        return self._now

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return False

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self._face)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None, **_options: Any
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self._face, name=name, context=context)
        process = CURRENT.get() if context is None else context[CURRENT]
        process.hold(task)
        return task

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> Call:
        if context is None:
            context = copy_context()
        call = Call(callback, args, context)
        self._enqueue(call)
        return call

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> Call:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> Call:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> Call:
        """A call that is cancelled meanwhile is passed over when its time comes."""
        call = Call(callback, args, copy_context() if context is None else context)
        self._order += 1
        heapq.heappush(self._timers, (when, self._order, call))
        return call

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if future.cancelled():
                return
            try:
                result = func(*args)
            except Exception as error:  # noqa: BLE001 - it is raised where the future is awaited
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_later(self.thread_seconds(executor), work)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.errors.append(context)

    # How the simulation drives it.

    def run_until(self, is_over: Callable[[], bool]) -> None:
        """Step until `is_over`. Raises Livelock."""
        asyncio._set_running_loop(self._face)
        self._running = True
        try:
            while not is_over():
                self._step()
        finally:
            self._running = False
            asyncio._set_running_loop(None)

    def run_dead(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """Close the coroutines of dead tasks, so that the collector finds nothing to finish."""
        asyncio._set_running_loop(self._face)
        try:
            for task in tasks:
                _close(task.get_coro())
        finally:
            asyncio._set_running_loop(None)

    def spawn(self, process: Process, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start a task of a process."""
        task: asyncio.Task[None] = self.create_task(work, name=name, context=process.context)
        return task

    def stop(self, process: Process) -> None:
        """Kill a process: nothing of it is ever run again, no except or finally block either."""
        process.is_alive = False
        process.ready.clear()
        self._unqueue(process)

    def freeze(self, process: Process) -> None:
        """Let nothing of a process run until it is thawed; what comes for it waits."""
        process.is_frozen = True
        self._unqueue(process)

    def thaw(self, process: Process) -> None:
        """Let a frozen process go on."""
        process.is_frozen = False
        if process.ready and process.is_alive:
            self._queue(process)

    def _enqueue(self, call: Call) -> None:
        process = call.context[CURRENT]
        if process.is_alive:
            process.ready.append(call)
            if not process.is_queued and not process.is_frozen:
                self._queue(process)

    def _queue(self, process: Process) -> None:
        process.is_queued = True
        self._runnable.append(process)

    def _unqueue(self, process: Process) -> None:
        if process.is_queued:
            process.is_queued = False
            self._runnable.remove(process)

    def _step(self) -> None:
        if not self._runnable:
            self._pass_time()
            return
        position = int(self._random() * len(self._runnable))
        process = self._runnable[position]
        call = process.ready.popleft()
        if not process.ready:
            process.is_queued = False
            self._runnable[position] = self._runnable[-1]
            self._runnable.pop()
        if not call.is_cancelled:
            self.steps += 1
            self._same_time_steps += 1
            self._run(call)
            if self._same_time_steps > STEPS_AT_ONE_TIME_MAX:
                raise Livelock(f"{STEPS_AT_ONE_TIME_MAX} steps at {self._now:.3f} s, at last in {process}")

    def _run(self, call: Call) -> None:
        callback = call.callback
        assert callback is not None
        try:
            call.context.run(callback, *call.args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as fault:  # noqa: BLE001 - as asyncio's own handles do
            self.call_exception_handler({"message": f"fault in {callback}", "exception": fault})

    def _pass_time(self) -> None:
        if not self._timers:
            raise Livelock("nothing will ever happen again")
        self._same_time_steps = 0
        self._now = max(self._now, self._timers[0][0])
        while self._timers and self._timers[0][0] <= self._now:
            call = heapq.heappop(self._timers)[2]
            if not call.is_cancelled:
                self._enqueue(call)


CLOSES_MAX = 100


def _close(coroutine: Any) -> None:
    """Leave a coroutine, awaits in its finally blocks included."""
    for _ in range(CLOSES_MAX):
        try:
            coroutine.close()
        except RuntimeError:
            # It awaited something on its way out; ask it again.
            continue
        except BaseException:  # noqa: BLE001 - what dead code raises is nobody's
            return
        return
