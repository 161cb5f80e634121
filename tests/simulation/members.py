"""What runs in the simulated processes: the real job service and the real workers, on wired ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from studio_jobs.__main__ import build_loops
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.domain.states import TaskKind
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.collector import GarbagePace
from studio_jobs.loops import Keeping
from studio_jobs.moderation import LocalPolicy
from studio_jobs.productions import Productions
from studio_jobs.render_plans import RenderPlans
from studio_jobs.settings import JobsSettings
from studio_jobs.store.jobs import Jobs
from studio_jobs.store.projects import Projects
from studio_jobs.submissions import Submissions
from studio_jobs.wake import Wakes
from studio_jobs.watch import Watches
from studio_platform.faults import Faults
from studio_platform.generator import _announce
from studio_platform.manifests import Artifacts
from studio_platform.pools import PoolSettings, announcement, pool_name
from studio_platform.runner import Runner
from studio_platform.worker import Worker
from tests.simulation.engines import ToyEngine, convert
from tests.simulation.laws import Laws
from tests.simulation.network import WiredBroker, WiredObjects, wired_pool
from tests.simulation.postgres.pool import database_on
from tests.simulation.process import Process, ProcessClock
from tests.simulation.servers import Servers
from tests.simulation.wire import Wire

DRAIN_GRACE_SECONDS = 5.0
GARBAGE_GRACE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Room:
    """What a process finds when it starts."""

    process: Process
    wire: Wire
    servers: Servers
    laws: Laws
    stopping: asyncio.Event

    def broker(self) -> WiredBroker:
        """This process's way to the broker."""
        return WiredBroker(self.wire, self.servers, self.laws)

    def objects(self) -> WiredObjects:
        """This process's way to the store."""
        return WiredObjects(self.wire, self.servers)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the RPCs of a replica are made of."""

    process: Process
    projects: Projects
    jobs: Jobs
    submissions: Submissions
    watches: Watches
    stopping: asyncio.Event


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are looked at, and how much a pool takes."""

    loop_poll_ms: int
    outbox_poll_ms: int
    sweep_interval_ms: int
    lease_seconds: float
    slots: int
    replicas: int
    jobs_kept_seconds: float | None = None

    @property
    def keeping(self) -> Keeping:
        """Garbage goes soon; only who reports late must be told for as long as a world lasts."""
        jobs = None if self.jobs_kept_seconds is None else timedelta(seconds=self.jobs_kept_seconds)
        second = timedelta(seconds=1)
        return Keeping(jobs, GarbagePace(GARBAGE_GRACE, timedelta(hours=1), second, second, second))


Work = Callable[[Room], Coroutine[Any, Any, None]]


def jobs_replica(pace: Pace, opened: Callable[[Desk], None]) -> Work:
    """The job service, as its composition root builds it; `opened` is told of its desk."""
    settings = JobsSettings(
        database_url=SecretStr("postgresql://twin"),
        s3_access_key="twin",
        s3_secret_key=SecretStr("twin"),
        loop_poll_ms=pace.loop_poll_ms,
        outbox_poll_ms=pace.outbox_poll_ms,
        sweep_interval_ms=pace.sweep_interval_ms,
    )

    async def work(room: Room) -> None:
        broker, clock = room.broker(), ProcessClock(room.process)
        await broker.ensure()
        pool = wired_pool(room.wire, room.servers)
        room.process.deaths.append(pool.sever)
        database = database_on(pool)
        wakes, feeds = Wakes(broker), Feeds(broker)
        productions = Productions(database, Breakdowns(database), LocalPolicy(), clock)
        loops = build_loops(database, productions, broker, room.objects(), wakes, feeds, clock, Faults())
        siblings: list[asyncio.Task[None]] = []

        def spawn(name: str, sibling: Coroutine[Any, Any, None]) -> None:
            siblings.append(asyncio.create_task(sibling, name=name))

        loops.spawn(spawn, settings, room.stopping, pace.keeping)
        projects, jobs = Projects(database, clock), Jobs(database, clock)
        plans = RenderPlans(database, productions, "EUR")
        submissions = Submissions(database, projects, jobs, plans, wakes, clock)
        watches = Watches(database, feeds, clock)
        opened(Desk(room.process, projects, jobs, submissions, watches, room.stopping))
        await together(siblings)

    return work


def generator(kinds: tuple[TaskKind, ...], pace: Pace, revision: Callable[[], str]) -> Work:
    """A generator that hosts a toy engine for each kind, as studio_platform.generator does."""

    async def work(room: Room) -> None:
        broker, clock, faults = room.broker(), ProcessClock(room.process), Faults()
        artifacts = Artifacts(room.objects())
        runners = [
            Runner(
                "toy",
                ToyEngine(kind, revision(), room.wire.chaos),
                convert,
                _pool_settings(kind, pace, room.process),
                artifacts,
                clock,
                faults,
            )
            for kind in kinds
        ]
        await asyncio.gather(*(runner.load() for runner in runners))
        said = [announcement(runner.description, runner.settings) for runner in runners]
        workers = [Worker("toy", runner, broker, clock, faults) for runner in runners]
        await together(
            [
                asyncio.create_task(_announce(broker, said, room.stopping)),
                *(asyncio.create_task(worker.run(room.stopping)) for worker in workers),
            ]
        )

    return work


async def together(siblings: list[asyncio.Task[None]]) -> None:
    """Wait until all are done; raises the first fault, which ends the process as in the lifecycle."""
    done, _ = await asyncio.wait(siblings, return_when=asyncio.FIRST_EXCEPTION)
    for task in done:
        task.result()


def _pool_settings(kind: TaskKind, pace: Pace, process: Process) -> PoolSettings:
    return PoolSettings(
        pool=pool_name("toy", kind.name),
        slots=pace.slots,
        lease_seconds=pace.lease_seconds,
        crash_limit_deliveries=1,
        drain_grace_seconds=DRAIN_GRACE_SECONDS,
        worker=str(process),
        replicas_max=pace.replicas,
    )
