"""Where histories are played: replicas on one real Postgres, workers, and the laws over all of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from structlog.typing import EventDict

from studio_jobs.domain.states import TaskKind
from studio_jobs.store import rows
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.database import Database
from studio_platform.errors import Unavailable
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.topology import RESULTS_LEASE_SECONDS
from tests.integration.jobs.histories import LOOPS
from tests.integration.jobs.journal import Journal
from tests.integration.jobs.stage import Stage, build_stage
from tests.integration.jobs.workshop import Report, Workshop
from tests.simulation.chaos import Chaos, Dice, Weather
from tests.simulation.laws import Laws
from tests.simulation.postgres.server import MemoryPostgres
from tests.simulation.process import Process

PAUSE_SECONDS = RESULTS_LEASE_SECONDS + 1
PAUSE_MAX_SECONDS = 30.0
"""How long nothing happens after a round of peace in which no work was done: longer after each such round."""

REST_ROUNDS_MAX = 60
"""After this many rounds of peace everything must be at its end."""

_RESULTS_FIRST = sorted(LOOPS, key=lambda loop: loop != "results")
"""So that in one round a result is recorded and what waited for it goes on."""


@dataclass(slots=True)
class Stores:
    """A copy of the tables as they are committed, and the twins of broker and store."""

    broker: MemoryBroker
    postgres: MemoryPostgres = field(default_factory=MemoryPostgres)
    objects: MemoryObjectStore = field(default_factory=MemoryObjectStore)


@dataclass(slots=True)
class Theatre:
    """One history's studio. `lines` are what the code has logged."""

    replicas: Sequence[Stage]
    workshop: Workshop
    laws: Laws
    journal: Journal
    clock: ManualClock
    broker: MemoryBroker
    lines: Sequence[EventDict]
    jobs: list[rows.Job] = field(default_factory=list)

    def add(self, job: rows.Job) -> None:
        """A client knows of a job."""
        self.jobs.append(job)

    def job(self, number: int) -> rows.Job | None:
        """One of the jobs that clients know of, or None without any."""
        return self.jobs[number % len(self.jobs)] if self.jobs else None

    async def announce(self) -> None:
        """Each replica hears every pool that is there, at the same time."""
        for said in self.workshop.said():
            await asyncio.gather(*(stage.loops.announcements.take(said) for stage in self.replicas))

    async def pass_time(self, seconds: float) -> None:
        """Move time on; orders in hands lose their leases."""
        self.laws.incidents += 1
        await self.clock.advance(seconds)
        await self.announce()

    async def turn(self, replica: int, loop: str) -> None:
        """One step of a loop, which outlives that a server is away."""
        with contextlib.suppress(Unavailable):
            await getattr(self.replicas[replica].loops, loop).step()

    async def turn_all(self, loops: Sequence[str] = LOOPS) -> None:
        """Both replicas take a step of every loop together."""
        for loop in loops:
            await asyncio.gather(*(self.turn(number, loop) for number in range(len(self.replicas))))

    async def take_all(self) -> None:
        """Each pool's workers begin an order."""
        for kind in TaskKind:
            await self.workshop.take(kind)

    async def finish_all(self) -> None:
        """Workers hear of cancels and succeed with all else that they have begun."""
        await self.workshop.stop_cancelled()
        for hand in list(self.workshop.hands):
            await self.workshop.report(hand, Report.SUCCESS)

    async def check(self) -> None:
        """Raise AssertionError when a law is broken or a loop met a fault."""
        await self.journal.catch_up()
        faults = [line for line in self.lines if line["log_level"] == "error"]
        assert not faults, faults[0]
        assert not self.laws.broken, self.laws.broken[0]

    async def rest(self) -> None:
        """Let all pools come back and everything end. Raises AssertionError when it does not."""
        self.workshop.silent.clear()
        await self.announce()
        pause_seconds = PAUSE_SECONDS
        for _ in range(REST_ROUNDS_MAX):
            await self.turn_all(_RESULTS_FIRST)
            # All that a window lets out.
            await self.take_all()
            await self.take_all()
            begun = len(self.workshop.hands)
            await self.finish_all()
            await self.check()
            if self.laws.settled() is None:
                break
            if len(self.workshop.hands) < begun:
                pause_seconds = PAUSE_SECONDS
            else:
                await self.pass_time(pause_seconds)
                pause_seconds = min(2 * pause_seconds, PAUSE_MAX_SECONDS)
        assert self.laws.settled() is None, self.laws.settled()
        await self.journal.require_complete()
        self.laws.check_films()
        await self.check()


async def opened(databases: Sequence[Database], lines: Sequence[EventDict]) -> Theatre:
    """A theatre on emptied databases: one for each replica, the last for the journal."""
    *own, last = databases
    clock = ManualClock()
    broker = MemoryBroker(clock)
    await broker.ensure()
    stores = Stores(broker)
    laws = Laws(stores, Chaos(Dice(0), Weather()))
    journal = await Journal.begun(last, stores.postgres.tables, laws.committed)
    workshop = Workshop(broker, stores.objects, laws, journal)
    replicas = [
        build_stage(database, workshop.broker_of(Process("jobs", number)), stores.objects, clock=clock)
        for number, database in enumerate(own, start=1)
    ]
    theatre = Theatre(replicas, workshop, laws, journal, clock, broker, lines)
    await theatre.announce()
    return theatre
