"""One run of the supervisor: the lock, the leftovers of a former run, the studio itself, and its status."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from studio_platform.embedded.commands import CommandError
from studio_platform.embedded.ports import PortClaimedError, claimed
from studio_standalone.child import PortLostError, Service, StartError
from studio_standalone.ending import end_processes
from studio_standalone.home import Home
from studio_standalone.logs import log_tail, say
from studio_standalone.processes import recorded_processes
from studio_standalone.settings import StandaloneSettings
from studio_standalone.spawning import Nursery, nursery_works
from studio_standalone.state import StudioState, load_state, lost_ports, save_state, settle_state
from studio_standalone.status import status_of_children, write_status
from studio_standalone.studio import StudioPlan
from studio_standalone.supervisor import Node, Supervisor
from studio_standalone.warden import start_warden

LEFTOVER_GRACE_SECONDS = 4.0
STARTS_MAX = 4
PORT_FAULTS = (PortLostError, PortClaimedError)
START_FAULTS = (StartError, *PORT_FAULTS, CommandError, TimeoutError, OSError)

PlanMaker = Callable[[Home, StudioState, StandaloneSettings, int | None], tuple[Node, ...]]
Report = Callable[[dict[str, object]], None]


class AlreadyRunningError(RuntimeError):
    """Another supervisor holds this home."""


def studio_nodes(
    home: Home, state: StudioState, settings: StandaloneSettings, pipe_fd: int | None
) -> tuple[Node, ...]:
    """The plan of the real studio."""
    assets = settings.assets or home.assets
    return StudioPlan(
        home,
        state,
        settings.inherited,
        assets,
        pipe_fd,
        settings.s3_endpoint,
        settings.restart_pause_max_seconds,
        settings.start_timeout_seconds,
    ).nodes()


async def supervise(
    home: Home,
    settings: StandaloneSettings,
    gateway_port: int | None,
    report: Report,
    make_plan: PlanMaker = studio_nodes,
) -> None:
    """Run the studio of `home` until SIGTERM or SIGINT.

    `report` gets one message, {"address", "http_address", "seconds"}, when it is ready. A start that fails
    while others listen on one of the plan's ports, which were free when it looked, is made again with others.

    Raises AlreadyRunningError, PortTakenError, StartError, PortLostError, PortClaimedError, CommandError,
    TimeoutError or OSError when the start fails; nothing runs then.
    """
    began = time.monotonic()
    _reap_by_kernel_handle()
    with locked(home), parent_pipe(settings.watch_pipe) as pipe_fd, _status_file(home):
        await end_processes(recorded_processes(home.processes_file), LEFTOVER_GRACE_SECONDS)
        if pipe_fd is not None:
            start_warden(pipe_fd, home)
        async with _nursery(home, settings, pipe_fd) as nursery:
            stop, told = _stop_signal(), _Told(report)
            for starts_left in reversed(range(STARTS_MAX)):
                state = settle_state(load_state(home.state_file), gateway_port)
                save_state(state, home.state_file)
                plan = make_plan(home, state, settings, pipe_fd)
                supervisor = Supervisor(plan, home, partial(_note, home=home, state=state), nursery)
                try:
                    # A service that is started again finds its port, whoever else starts meanwhile: a call to
                    # this studio must not reach another one.
                    with claimed(*state.ports.values()):
                        await _run_until(stop, supervisor, state, told.report, began)
                    return
                except START_FAULTS as fault:
                    lost = lost_ports(state, needed=_ports_needed(plan))
                    # A port that was lost may be free again: others that start look for theirs, too.
                    if not starts_left or not (lost or isinstance(fault, PORT_FAULTS)):
                        raise
                    say(
                        {
                            "event": "ports lost, starting again with others",
                            "ports": lost,
                            "fault": str(fault),
                        }
                    )


def _ports_needed(plan: Iterable[Node]) -> frozenset[int]:
    return frozenset(port for node in plan if isinstance(node, Service) for port in node.listens)


@asynccontextmanager
async def _nursery(
    home: Home, settings: StandaloneSettings, pipe_fd: int | None
) -> AsyncIterator[Nursery | None]:
    """Started at once, so that it imports while the servers start; None where forks can't be had."""
    if pipe_fd is not None or not nursery_works():
        yield None
        return
    nursery = Nursery(home, settings.inherited)
    await nursery.start()
    try:
        yield nursery
    finally:
        await nursery.close()


@contextmanager
def _status_file(home: Home) -> Iterator[None]:
    """Gone when nothing runs any more."""
    try:
        yield
    finally:
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


class _Told:
    """Lets the first message through: a start may have looked ready with a stranger in a service's place."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._done = False

    def report(self, message: dict[str, object]) -> None:
        if not self._done:
            self._done = True
            self._report(message)


def _stop_signal() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _run_until(
    stop: asyncio.Event, supervisor: Supervisor, state: StudioState, report: Report, began: float
) -> None:
    async def tell_when_ready() -> None:
        await supervisor.ready.wait()
        seconds = round(time.monotonic() - began, 2)
        report({"address": state.gateway_address, "http_address": state.http_address, "seconds": seconds})

    telling = asyncio.create_task(tell_when_ready())
    try:
        await supervisor.run(stop)
    finally:
        telling.cancel()
        ends = {name: child.exit_status for name, child in supervisor.children.items()}
        say({"event": "stopped", "exit_statuses": ends})


def _note(supervisor: Supervisor, home: Home, state: StudioState) -> None:
    phase = "stopping" if supervisor.stopping else "ready" if supervisor.ready.is_set() else "starting"
    children = [(child, state.ports.get(name, 0)) for name, child in supervisor.children.items()]
    status = status_of_children(phase, state.gateway_address, state.http_address, children)
    write_status(status, home.status_file)


def _reap_by_kernel_handle() -> None:
    """Wait for children by pidfd, as later Pythons do: the default of 3.11 takes a thread for each child."""
    if sys.platform == "linux" and sys.version_info < (3, 12):
        watcher = asyncio.PidfdChildWatcher()
        watcher.attach_loop(asyncio.get_running_loop())
        asyncio.get_event_loop_policy().set_child_watcher(watcher)


def fault_report(error: BaseException, home: Home) -> dict[str, object]:
    """What to say of a failed start: the error, and the end of the service's log that explains it."""
    name = getattr(error, "name", None)
    service = name if isinstance(name, str) else ""
    log = log_tail(home.log_file(service)) if service else ""
    return {"error": str(error) or type(error).__name__, "log": log, "service": service}


def encode_report(message: dict[str, object]) -> bytes:
    """One line of JSON."""
    return json.dumps(message).encode() + b"\n"
