"""A process from start to end: ordered start, sibling tasks, signals, drain, ordered close.

    async def main(lifecycle: Lifecycle) -> None:
        database = await lifecycle.enter(open_database(settings, "jobs"))    # closed last
        server = ...
        lifecycle.spawn("relay", relay.run(lifecycle.stopping))              # returns when stopping is set
        await lifecycle.serve(server)                                        # drained first

    run("jobs", main, settings)

`main` returns when everything is started; the process is then ready and lives until a signal, the
end of its parent, or the failure of a sibling. The drain: readiness off, servers stop accepting,
siblings finish within the grace, dependencies close in the reverse order of their start.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol, TypeVar

from studio_platform import logs
from studio_platform.health import HealthServer
from studio_platform.setting_files import digests, file_changed, files_named
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics

T = TypeVar("T")
EXIT_CODE_FAILED = 1

_log = logs.get_logger(__name__)


class Server(Protocol):
    """Something that listens on `port`: a gRPC server, or another beside it."""

    port: int

    async def start(self) -> None:
        """Listens, not ready yet."""
        ...

    def set_ready(self) -> None:
        """The process is ready."""
        ...

    async def drain(self) -> None:
        """Ends within the grace."""
        ...


class Lifecycle:
    """What `main` hangs its parts on; one a process."""

    def __init__(self, service: str, settings: ServerSettings) -> None:
        self.metrics = Metrics(service)
        self.stopping = asyncio.Event()
        self.health_port = 0
        self._service = service
        self._settings = settings
        self._files = files_named(type(settings))
        self._digests = digests(self._files)
        self._ready = False
        self._stack = AsyncExitStack()
        self._servers: list[Server] = []
        self._siblings: dict[asyncio.Task[None], str] = {}
        self._failure: BaseException | None = None
        self._starting: asyncio.Task[Any] | None = None

    async def enter(self, dependency: AbstractAsyncContextManager[T]) -> T:
        """Opens a dependency; it is closed after all work has ended, the last opened first."""
        return await self._stack.enter_async_context(dependency)

    def on_close(self, close: Callable[[], Awaitable[Any]]) -> None:
        """Has `close` awaited among the dependencies, in their reverse order."""
        self._stack.push_async_callback(close)

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Runs a sibling for the process's life. It returns when `stopping` is set.

        One that raises, or returns before, ends the process with exit code 1.
        """
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._siblings[task] = name
        task.add_done_callback(self._sibling_done)

    async def serve(self, server: Server) -> None:
        """Starts a server; a gRPC one says SERVING once `main` has returned."""
        await server.start()
        self._servers.append(server)
        _log.info("listening", port=server.port)

    def stop(self, reason: str) -> None:
        """Begins the drain; a second call changes nothing."""
        if not self.stopping.is_set():
            _log.info("stopping", reason=reason)
            self._ready = False
            self.stopping.set()
            if self._starting is not None:
                self._starting.cancel()

    async def live(self, main: Callable[[Lifecycle], Awaitable[None]]) -> int:
        """Starts, lives, drains and closes; the exit code."""
        async with self._stack:
            await self._start_health()
            self._watch_parent()
            self._watch_files()
            try:
                await self._start(main)
                self._become_ready()
                await self.stopping.wait()
            finally:
                self._ready = False
                self.stopping.set()
                await self._drain()
        if self._failure is not None:
            _log.error("ended by a failure", exc_info=self._failure)
            return EXIT_CODE_FAILED
        _log.info("stopped")
        return 0

    async def _start(self, main: Callable[[Lifecycle], Awaitable[None]]) -> None:
        self._starting = asyncio.current_task()
        try:
            await main(self)
            if self.stopping.is_set():
                # Takes the cancellation that `stop` asked for here, where it is expected.
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            # Told to stop while still starting, as when the database stays away: no failure.
            if self._starting is None or not self.stopping.is_set():
                raise
            self._starting.uncancel()
        finally:
            self._starting = None

    async def _start_health(self) -> None:
        health = HealthServer(self._settings.health_listen, self.metrics, lambda: self._ready)
        await health.start()
        self.health_port = health.port
        self.on_close(health.close)

    def _watch_parent(self) -> None:
        if self._settings.parent_pipe_fd is None:
            return
        watch = asyncio.create_task(self._stop_after_parent(self._settings.parent_pipe_fd), name="parent")
        self._stack.callback(watch.cancel)

    async def _stop_after_parent(self, pipe_fd: int) -> None:
        from studio_platform.parent import parent_gone

        try:
            await parent_gone(pipe_fd)
        except OSError as error:
            _log.error("the parent's pipe can't be read", pipe_fd=pipe_fd, error=str(error))
        self.stop("the parent is gone")

    def _watch_files(self) -> None:
        if self._files:
            watch = asyncio.create_task(self._stop_after_change(), name="setting files")
            self._stack.callback(watch.cancel)

    async def _stop_after_change(self) -> None:
        field = await file_changed(self._files, self._digests)
        self.stop(f"the file of the setting {field} changed")

    def _become_ready(self) -> None:
        if self.stopping.is_set():
            return
        for server in self._servers:
            server.set_ready()
        self._ready = True
        _log.info("ready")

    async def _drain(self) -> None:
        await asyncio.gather(*(server.drain() for server in self._servers))
        if not self._siblings:
            return
        _, late = await asyncio.wait(list(self._siblings), timeout=self._settings.drain_grace_seconds)
        for task in late:
            _log.warning("sibling cancelled after the grace", sibling=self._siblings[task])
            task.cancel()
        await asyncio.gather(*self._siblings, return_exceptions=True)

    def _sibling_done(self, task: asyncio.Task[None]) -> None:
        name = self._siblings[task]
        if task.cancelled():
            return
        error = task.exception()
        if error is None and not self.stopping.is_set():
            error = RuntimeError(f"{name} returned before the process was told to stop")
        if error is not None:
            self._failure = self._failure or error
            self.stop(f"{name} failed")


def run(service: str, main: Callable[[Lifecycle], Awaitable[None]], settings: ServerSettings) -> None:
    """Runs a service until it is told to stop; raises SystemExit with its exit code."""
    logs.configure(service, settings.log_format, settings.log_level)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        raise SystemExit(runner.run(_supervised(service, main, settings)))


async def _supervised(
    service: str, main: Callable[[Lifecycle], Awaitable[None]], settings: ServerSettings
) -> int:
    lifecycle = Lifecycle(service, settings)
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def on_signal(name: str) -> None:
        if lifecycle.stopping.is_set() and task is not None:
            task.cancel()
        else:
            lifecycle.stop(name)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number.name)
    try:
        return await lifecycle.live(main)
    except asyncio.CancelledError:
        _log.warning("stopped at once by a second signal")
        return EXIT_CODE_FAILED
    except Exception as error:  # noqa: BLE001 - the process ends here; the reason belongs in its log
        _log.error("could not start", exc_info=error)
        return EXIT_CODE_FAILED


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
