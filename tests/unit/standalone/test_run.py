"""A run whose port is taken between the look at it and the start begins again with another port."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from studio_platform.embedded.commands import Command
from studio_platform.embedded.ports import PEER_OFFSET, port_is_free
from studio_platform.embedded.probes import Probe
from studio_standalone.child import PortLostError, Service, StartError
from studio_standalone.home import Home
from studio_standalone.run import supervise
from studio_standalone.settings import StandaloneSettings, read_settings
from studio_standalone.state import PortTakenError, StudioState, load_state, lost_ports
from studio_standalone.supervisor import Node, Step

LISTEN = """
import pathlib, signal, socket, sys, time
pathlib.Path("started").touch()
while not pathlib.Path("may-listen").exists():
    time.sleep(0.01)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.pause()
"""


@dataclass
class Rig:
    """A studio of one program that listens on the port called `name`; a stranger takes it `times` times.

    The program's probe asks for nothing, so that the stranger passes for it. An early stranger is there
    before the program starts, a late one before it listens. The studio ends as soon as the program is ready
    without a stranger.
    """

    home: Home
    name: str
    strangers: ExitStack
    times: int = 1
    late: bool = False
    taken: list[int] = field(default_factory=list)
    reports: list[dict[str, object]] = field(default_factory=list)

    def plan(
        self, home: Home, state: StudioState, settings: StandaloneSettings, pipe_fd: int | None
    ) -> tuple[Node, ...]:
        port = state.ports[self.name]
        argv = (sys.executable, "-S", "-c", LISTEN, str(port))
        program = Service(
            "program", (), Command(argv, home.path, dict(os.environ)), Probe(port, b"", b""), listens=(port,)
        )
        if len(self.taken) == self.times:
            return (program, Step("end", ("program",), self.end))
        if self.late:
            return (program, Step("stranger", (), lambda: self.come_late(port)))
        self.come(port)
        return (program,)

    def come(self, port: int) -> None:
        # Another test's studio may have it already: this start fails then, and the next is what is tested.
        self.strangers.enter_context(socket.create_server(("127.0.0.1", port)))
        self.taken.append(port)
        (self.home.path / "may-listen").touch()

    async def come_late(self, port: int) -> None:
        while not (self.home.path / "started").exists():  # noqa: ASYNC110 -- another process makes it
            await asyncio.sleep(0.01)
        self.come(port)

    async def end(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    async def run(self, port: int | None = None) -> StudioState:
        """Run it; what is remembered then."""
        self.home.make()
        async with asyncio.timeout(30):
            settings = replace(read_settings(), home=self.home.path)
            await supervise(self.home, settings, port, self.reports.append, self.plan)
        state = load_state(self.home.state_file)
        assert state is not None
        return state


@pytest.mark.parametrize("late", [False, True], ids=["before the program starts", "before it listens"])
@pytest.mark.parametrize("name", ["gateway", "nats"])
async def test_port_that_was_taken_is_replaced(tmp_path: Path, name: str, late: bool) -> None:
    with ExitStack() as strangers:
        rig = Rig(Home(tmp_path / "home"), name, strangers, late=late)

        state = await rig.run()

    assert len(rig.reports) <= 1
    assert state.ports[name] != rig.taken[0]


async def test_ports_may_be_lost_more_than_once(tmp_path: Path) -> None:
    with ExitStack() as strangers:
        rig = Rig(Home(tmp_path / "home"), "gateway", strangers, times=2)

        state = await rig.run()

    assert len({*rig.taken, state.ports["gateway"]}) == 3


async def test_a_start_is_made_again_also_when_the_port_was_lost_for_a_moment_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    starts: list[int] = []

    def lost_then_ended(
        home: Home, state: StudioState, settings: StandaloneSettings, pipe_fd: int | None
    ) -> tuple[Node, ...]:
        starts.append(state.ports["nats"])

        async def start() -> None:
            if len(starts) == 1:
                raise PortLostError("nats", starts[0])
            os.kill(os.getpid(), signal.SIGTERM)

        return (Step("start", (), start),)

    async with asyncio.timeout(30):
        await supervise(home, replace(read_settings(), home=home.path), None, lambda _: None, lost_then_ended)

    assert starts == [starts[0]] * 2


async def test_port_that_was_asked_for_is_not_replaced(tmp_path: Path) -> None:
    wanted = next(port for port in range(18_484, 18_584) if port_is_free(port))
    with ExitStack() as strangers:
        rig = Rig(Home(tmp_path / "home"), "gateway", strangers)

        with pytest.raises(PortTakenError, match=f"port {wanted} is taken"):
            await rig.run(wanted)


async def test_start_that_fails_without_losing_a_port_is_not_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    plans: list[StudioState] = []
    strangers = ExitStack()

    def broken(
        home: Home, state: StudioState, settings: StandaloneSettings, pipe_fd: int | None
    ) -> tuple[Node, ...]:
        plans.append(state)
        # Nothing of this plan listens there.
        strangers.enter_context(socket.create_server(("127.0.0.1", state.ports["nats"])))
        return (Service("broken", (), Command(("/bin/false",), home.path), Probe(1, b"", b"never")),)

    with strangers, pytest.raises(StartError, match="broken did not start"):
        await supervise(home, replace(read_settings(), home=home.path), None, lambda _: None, broken)

    assert len(plans) == 1
    assert not home.status_file.exists()


def test_port_above_that_the_object_server_takes_too_counts_as_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1] - PEER_OFFSET
        state = StudioState({"s3-filer": port, "nats": port}, {})

        lost = lost_ports(state)

    assert lost == {"s3-filer": port}
