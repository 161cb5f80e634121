"""One run of the supervisor: the lock, the leftovers of a former run, the studio itself, and its status."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from studio_standalone.home import Home
from studio_standalone.logs import log_tail
from studio_standalone.processes import end_processes, recorded_processes
from studio_standalone.settings import StandaloneSettings
from studio_standalone.state import StudioState, load_state, save_state, settle_state
from studio_standalone.status import status_of_children, write_status
from studio_standalone.studio import StudioPlan
from studio_standalone.supervisor import Node, Supervisor
from studio_standalone.warden import start_warden

LEFTOVER_GRACE_SECONDS = 4.0

PlanMaker = Callable[[Home, StudioState, StandaloneSettings, int | None], tuple[Node, ...]]
Report = Callable[[dict[str, object]], None]


class AlreadyRunningError(RuntimeError):
    """Another supervisor holds this home."""


def studio_nodes(
    home: Home, state: StudioState, settings: StandaloneSettings, pipe_fd: int | None
) -> tuple[Node, ...]:
    """The plan of the real studio."""
    return StudioPlan(home, state, settings.inherited, settings.assets or home.assets, pipe_fd).nodes()


async def supervise(
    home: Home,
    settings: StandaloneSettings,
    gateway_port: int | None,
    report: Report,
    make_plan: PlanMaker = studio_nodes,
) -> None:
    """Run the studio of `home` until SIGTERM or SIGINT.

    `report` gets one message: {"address", "seconds"} when it is ready. Raises AlreadyRunningError,
    PortTakenError, StartError, CommandError or OSError when the start fails; nothing runs then.
    """
    began = time.monotonic()
    _reap_by_kernel_handle()
    with locked(home):
        await end_processes(recorded_processes(home.processes_file), LEFTOVER_GRACE_SECONDS)
        state = settle_state(load_state(home.state_file), gateway_port)
        save_state(state, home.state_file)
        with parent_pipe(settings.watch_pipe) as pipe_fd:
            if pipe_fd is not None:
                start_warden(pipe_fd, home)
            supervisor = Supervisor(
                make_plan(home, state, settings, pipe_fd), home, lambda it: _note(it, home, state)
            )
            await _run_until_signalled(supervisor, state, report, began)
        home.status_file.unlink(missing_ok=True)


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the home's lock, which ends with this process. Raises AlreadyRunningError if another holds it."""
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"a studio runs in {home.path} already") from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def parent_pipe(wanted: bool) -> Iterator[int | None]:
    """The reading end of a pipe whose writing end only this process holds; None if it isn't wanted."""
    if not wanted:
        yield None
        return
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


async def _run_until_signalled(
    supervisor: Supervisor, state: StudioState, report: Report, began: float
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def tell_when_ready() -> None:
        await supervisor.ready.wait()
        report({"address": state.gateway_address, "seconds": round(time.monotonic() - began, 2)})

    telling = asyncio.create_task(tell_when_ready())
    try:
        await supervisor.run(stop)
    finally:
        telling.cancel()
        ends = {name: child.exit_status for name, child in supervisor.children.items()}
        print(json.dumps({"event": "stopped", "exit_statuses": ends}), file=sys.stderr, flush=True)


def _note(supervisor: Supervisor, home: Home, state: StudioState) -> None:
    phase = "stopping" if supervisor.stopping else "ready" if supervisor.ready.is_set() else "starting"
    children = [(child, state.ports.get(name, 0)) for name, child in supervisor.children.items()]
    write_status(status_of_children(phase, state.gateway_address, children), home.status_file)


def _reap_by_kernel_handle() -> None:
    """Wait for children by pidfd, as later Pythons do: the default of 3.11 takes a thread for each child."""
    if sys.platform == "linux" and sys.version_info < (3, 12):
        watcher = asyncio.PidfdChildWatcher()
        watcher.attach_loop(asyncio.get_running_loop())
        asyncio.get_event_loop_policy().set_child_watcher(watcher)


def fault_report(error: BaseException, home: Home) -> dict[str, object]:
    """What to say of a failed start: the error, and the end of the log that explains it."""
    name = getattr(error, "name", None)
    log = log_tail(home.log_file(name)) if isinstance(name, str) else ""
    return {"error": str(error) or type(error).__name__, "log": log}


def encode_report(message: dict[str, object]) -> bytes:
    """One line of JSON."""
    return json.dumps(message).encode() + b"\n"
