"""The supervisor carries a plan out in the order of its needs, and tells what went wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from studio_platform.embedded.commands import Command
from studio_platform.embedded.ports import free_ports
from studio_platform.embedded.probes import Probe
from studio_standalone.child import Phase, Service, StartError
from studio_standalone.home import Home
from studio_standalone.supervisor import Node, Step, Supervisor

LISTEN = "import signal,socket,sys; s=socket.create_server(('127.0.0.1', int(sys.argv[1]))); signal.pause()"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


def listener(name: str, folder: Path, after: tuple[str, ...] = ()) -> Service:
    (port,) = free_ports(1)
    command = Command((sys.executable, "-S", "-c", LISTEN, str(port)), folder, dict(os.environ))
    return Service(name, after, command, Probe(port, b"", b""))


async def test_steps_run_after_what_they_need(home: Home) -> None:
    order: list[str] = []
    stop = asyncio.Event()

    async def first() -> None:
        await asyncio.sleep(0)
        order.append("first")

    async def second() -> None:
        order.append("second")
        stop.set()

    await Supervisor([Step("second", ("first",), second), Step("first", (), first)], home).run(stop)

    assert order == ["first", "second"]


async def test_failed_step_is_raised_and_everything_stopped(home: Home) -> None:
    async def fail() -> None:
        raise OSError("no room left")

    plan: list[Node] = [listener("server", home.path), Step("step", ("server",), fail)]
    supervisor = Supervisor(plan, home)

    with pytest.raises(OSError, match="no room left"):
        await supervisor.run(asyncio.Event())

    assert supervisor.children["server"].phase is Phase.STOPPED
    assert supervisor.children["server"].exit_status == -signal.SIGTERM


async def test_service_that_never_gets_ready_is_named(home: Home) -> None:
    broken = Service("broken", (), Command(("/bin/false",), home.path), Probe(1, b"", b"never"))

    with pytest.raises(StartError, match="broken did not start"):
        await Supervisor([broken], home).run(asyncio.Event())


async def test_services_stop_before_what_they_need(home: Home) -> None:
    order: list[str] = []

    def changed(supervisor: Supervisor) -> None:
        stopped = [name for name, child in supervisor.children.items() if child.phase is Phase.STOPPED]
        order.extend(name for name in stopped if name not in order)

    plan: list[Node] = [
        listener("server", home.path),
        Step("step", ("server",), _nothing),
        listener("service", home.path, ("step",)),
    ]
    supervisor, stop = Supervisor(plan, home, changed), asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await supervisor.ready.wait()

    stop.set()
    await running

    assert order == ["service", "server"]


async def test_stop_in_the_middle_of_a_start_leaves_nothing(home: Home) -> None:
    never = asyncio.Event()
    stop = asyncio.Event()

    async def hang() -> None:
        stop.set()
        await never.wait()

    supervisor = Supervisor([listener("server", home.path), Step("step", ("server",), hang)], home)

    await supervisor.run(stop)

    assert supervisor.children["server"].pid is None


def test_need_that_is_not_planned_is_refused(home: Home) -> None:
    with pytest.raises(ValueError, match="needs database"):
        Supervisor([Step("step", ("database",), _nothing)], home)


async def _nothing() -> None:
    return None
