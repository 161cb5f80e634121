"""Starts, kills, freezes, drains and restarts the simulated processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg

from studio_platform.errors import Unavailable
from tests.simulation.chaos import Chaos
from tests.simulation.laws import Laws
from tests.simulation.loop import SimulatedLoop
from tests.simulation.members import Room, Work
from tests.simulation.process import Process
from tests.simulation.servers import Servers
from tests.simulation.wire import Wire

RESTART_MAX_SECONDS = 4.0
SESSION_END_MAX_SECONDS = 3.0
"""How long the server takes to notice that a client died."""

SKEW_MAX_SECONDS = 0.2
DRAIN_MAX_SECONDS = 20.0

_EXPECTED_ENDS = (Unavailable, asyncpg.PostgresConnectionError)

Note = Callable[[Process | None, str], None]


@dataclass(slots=True)
class Member:
    """A place in the deployment: what runs there, and the process that runs it now."""

    name: str
    work: Work
    incarnation: int = 0
    process: Process | None = None
    stopping: asyncio.Event | None = None


@dataclass(slots=True)
class Cluster:
    """The supervisor of every member; itself a part of the outside world."""

    loop: SimulatedLoop
    servers: Servers
    chaos: Chaos
    laws: Laws
    write: Note
    members: list[Member] = field(default_factory=list)
    graveyard: list[asyncio.Task[object]] = field(default_factory=list)

    def add(self, name: str, work: Work) -> Member:
        """A member that is started at once."""
        member = Member(name, work)
        self.members.append(member)
        self.start(member)
        return member

    def start(self, member: Member) -> None:
        """Start a fresh process, unless one lives."""
        if member.process is not None and member.process.is_alive:
            return
        member.incarnation += 1
        skew = self.chaos.between(f"{member.name}.skew", -SKEW_MAX_SECONDS, SKEW_MAX_SECONDS)
        process = member.process = Process(member.name, member.incarnation, skew)
        wire = Wire(process, self.chaos, self)
        member.stopping = asyncio.Event()
        room = Room(process, wire, self.servers, self.laws, member.stopping)
        self.loop.spawn(process, self._live(member, room), "main")

    async def _live(self, member: Member, room: Room) -> None:
        why = "ended"
        try:
            await member.work(room)
        except _EXPECTED_ENDS as away:
            why = f"ended: {away!r}"
        except Exception as fault:  # noqa: BLE001 - a process that ends so is a finding
            why = f"ended: {fault!r}"
            self.laws.breach("no process ends by a fault of its own", f"{room.process}: {fault!r}")
        self.kill(room.process, why)

    def kill(self, process: Process, why: str) -> None:
        """SIGKILL: nothing of the process runs again; its sessions end a little later; it is restarted."""
        if not process.is_alive:
            return
        self.note(process, why)
        self.laws.incidents += 1
        self.loop.stop(process)
        self.graveyard.extend(process.unfinished())
        place = f"{process}.death"
        self._after(self.chaos.between(place, 0.0, SESSION_END_MAX_SECONDS), lambda: self._bury(process))
        member = next(member for member in self.members if member.process is process)
        self._after(self.chaos.between(place, 0.1, RESTART_MAX_SECONDS), lambda: self.start(member))

    @staticmethod
    def _bury(process: Process) -> None:
        for end in process.deaths:
            end()

    def freeze(self, process: Process, seconds: float, why: str) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        if process.is_frozen or not process.is_alive:
            return
        self.note(process, why)
        self.laws.incidents += 1
        self.loop.freeze(process)
        self._after(seconds, lambda: self.loop.thaw(process))

    def drain(self, member: Member) -> None:
        """SIGTERM, and SIGKILL when it does not end in time."""
        process = member.process
        if process is None or not process.is_alive or member.stopping is None:
            return
        self.note(process, "told to stop")
        self.laws.incidents += 1
        member.stopping.set()
        self._after(DRAIN_MAX_SECONDS, lambda: self.kill(process, "did not stop in time"))

    def mend(self) -> None:
        """Thaw everybody."""
        for member in self.members:
            if member.process is not None and member.process.is_frozen:
                self.loop.thaw(member.process)

    def note(self, process: Process | None, text: str) -> None:
        """Write a line of the record."""
        self.write(process, text)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self.loop.call_later(seconds, act, context=self.servers.process.context)
