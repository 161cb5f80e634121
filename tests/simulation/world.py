"""One simulated studio from a seed: built, troubled, left in peace, judged."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest import mock

import asyncpg
import structlog

from studio_jobs import dispatcher
from studio_jobs.domain.states import TaskKind
from studio_platform import ids
from studio_platform.broker_memory import MemoryBroker
from studio_platform.errors import Unavailable
from tests.simulation.chaos import Chaos, Dice, Weather
from tests.simulation.cluster import Cluster, Member
from tests.simulation.laws import Laws
from tests.simulation.loop import Livelock, SimulatedLoop
from tests.simulation.members import Pace, generator, jobs_replica
from tests.simulation.process import CURRENT, START, Process, ProcessClock
from tests.simulation.servers import Servers
from tests.simulation.workload import Clients, wishes

PROGRESS_BOUND_SECONDS = 240.0
"""How long after the last fault everything must be at its end: a store's patience of 60 s, the leases of
results (30 s) and orders, four failures with their pauses, a cancel's 30 s, the sweeper's 30 s."""

RUN_DEADLINE_SECONDS = 20
RECORD_MAX_LINES = 400

GENERATORS = {
    "vision": (TaskKind.STILL, TaskKind.CLIP),
    "sound": (TaskKind.SPEECH, TaskKind.MUSIC, TaskKind.EFFECTS),
    "composer": (TaskKind.SEGMENT, TaskKind.FILM),
}

_EXPECTED_FAULTS = (Unavailable, asyncpg.PostgresConnectionError, asyncpg.QueryCanceledError, TimeoutError)


@dataclass(slots=True)
class Outcome:
    """What became of a seed."""

    seed: int
    steps: int = 0
    simulated_seconds: float = 0.0
    cpu_seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    happened: dict[str, str] = field(default_factory=dict)
    record: list[str] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    executions: int = 0
    deadlocks: int = 0


def weather_of(random: Random) -> Weather:
    """Some worlds are calm, some have one kind of trouble, some have all."""
    if random.random() < 0.1:
        return Weather()
    return Weather(
        network=random.choice((0, 0.003, 0.02, 0.08)),
        kill=random.choice((0, 0, 0.002, 0.01)),
        freeze=random.choice((0, 0, 0.001, 0.005)),
        engine_failure=random.choice((0, 0, 0.05, 0.3)),
        engine_hang=random.choice((0, 0, 0.02)),
    )


class World:
    """Everything of one seed. `left_out` names faults, events and wishes that a shrunk replay omits."""

    def __init__(self, seed: int, left_out: frozenset[str] = frozenset()) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation wants to repeat itself
        self._left_out = left_out
        self.outcome = Outcome(seed)
        self._record: deque[str] = deque(maxlen=RECORD_MAX_LINES)
        self.loop = SimulatedLoop(self._random.getrandbits(32))
        self.process = Process("world")
        weather = weather_of(self._random)
        self._is_calm = weather == Weather()
        self.chaos = Chaos(Dice(seed), weather, left_out)
        self.loop.thread_seconds = self._thread_seconds
        self.servers = Servers(self.loop, self.process, MemoryBroker(ProcessClock(self.process)))
        self.laws = Laws(self.servers, self.chaos)
        self.servers.postgres.watcher = self.laws.committed
        self.cluster = Cluster(self.loop, self.servers, self.chaos, self.laws, self.note)
        self.clients = Clients(self.loop, self.laws)
        self._horizon_seconds = self._random.uniform(5, 40)
        self._pace = Pace(
            loop_poll_ms=self._random.choice((500, 2000, 5000)),
            outbox_poll_ms=self._random.choice((250, 1000)),
            sweep_interval_ms=self._random.choice((1000, 2000)),
            lease_seconds=self._random.choice((2.0, 5.0, 10.0)),
            slots=self._random.choice((1, 1, 2)),
            replicas=self._random.choice((1, 1, 2)),
        )
        self._revision = {name: 1 for name in GENERATORS}
        self._is_over = False

    def run(self) -> Outcome:
        """Live through the seed."""
        started = time.process_time()
        with _repeatable(self):
            try:
                self.process.context.run(self._begin)
                self.loop.run_until(lambda: self._is_over or bool(self.laws.broken))
            except Livelock as stuck:
                self.laws.breach("time goes on", str(stuck))
            if not self.laws.broken:
                self.laws.check_films()
            self._finish(started)
            self._bury_all()
        return self.outcome

    def note(self, process: Process | None, text: str) -> None:
        """Write a line of the record."""
        self._record.append(f"{self.loop.time():8.3f} {str(process or ''):12} {text}")

    def _finish(self, started: float) -> None:
        outcome = self.outcome
        outcome.steps = self.loop.steps
        outcome.simulated_seconds = self.loop.time()
        outcome.cpu_seconds = time.process_time() - started
        outcome.broken = self.laws.broken
        outcome.happened.update(self.chaos.happened)
        outcome.record = list(self._record)
        outcome.deadlocks = self.servers.postgres.deadlocks
        outcome.executions = sum(map(len, self.laws.executions.values()))
        for row in self.servers.postgres.tables.jobs.committed():
            outcome.ends[row["state"]] = outcome.ends.get(row["state"], 0) + 1

    def _begin(self) -> None:
        for number in (1, 2):
            self.cluster.add(f"jobs-{number}", jobs_replica(self._pace, self.clients.opened))
        for name, kinds in GENERATORS.items():
            for number in range(1, self._pace.replicas + 1):
                work = generator(kinds, self._pace, self._revision_of(name))
                self.cluster.add(f"{name}-{number}", work)
        for wish in wishes(self._random, self._horizon_seconds):
            cancel = not self._omits(f"{wish.name}.cancel")
            if not self._omits(wish.name):
                self._spawn(self.clients.fulfil(wish, cancel=cancel))
        for event in self._events():
            self._spawn(event)
        self._spawn(self._end())

    def _omits(self, name: str) -> bool:
        if name in self._left_out:
            return True
        self.outcome.happened[name] = "a client's wish"
        return False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def watched() -> None:
            try:
                await work
            except Exception as fault:  # noqa: BLE001 - a fault of the simulation, or an answer to a client
                self.laws.breach("no call is answered by a fault", repr(fault))

        self.loop.spawn(self.process, watched(), "world")

    def _revision_of(self, name: str) -> Callable[[], str]:
        return lambda: str(self._revision[name])

    # Trouble that is no single request's.

    def _events(self) -> Iterator[Coroutine[Any, Any, None]]:
        if self._is_calm:
            return
        kinds: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = (
            self._wipe_broker,
            self._broker_away,
            self._store_away,
            self._database_away,
            self._upgrade,
            self._drain,
            self._kill_all_replicas,
        )
        for number in range(self._random.choice((0, 0, 1, 2, 4))):
            act = self._random.choice(kinds)
            at_seconds = self._random.uniform(0, self._horizon_seconds)
            name = f"event-{number}"
            if name not in self._left_out:
                self.outcome.happened[name] = f"{act.__name__.strip('_')} at {at_seconds:.3f} s"
                yield self._event(at_seconds, act)

    async def _event(self, at_seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await asyncio.sleep(at_seconds)
        self.note(None, act.__name__.strip("_").replace("_", " "))
        self.laws.incidents += 1
        await act()

    async def _wipe_broker(self) -> None:
        self.servers.broker.wipe()

    async def _broker_away(self) -> None:
        self.servers.broker_is_down = True
        await asyncio.sleep(self.chaos.between("outage", 0.1, 20))
        self.servers.broker_is_down = False

    async def _store_away(self) -> None:
        self.servers.store_is_down = True
        await asyncio.sleep(self.chaos.between("outage", 0.1, 70))
        self.servers.store_is_down = False

    async def _database_away(self) -> None:
        self.servers.database_is_down = True
        for member in self.cluster.members:
            if member.process is not None:
                for end in member.process.deaths:
                    end()
        await asyncio.sleep(self.chaos.between("outage", 0.1, 20))
        self.servers.database_is_down = False

    async def _upgrade(self) -> None:
        name = self.chaos_choice("upgrade", list(GENERATORS))
        self._revision[name] += 1
        for member in self._members(name):
            self.cluster.drain(member)
            await asyncio.sleep(self.chaos.between("rollout", 0.5, 5))

    async def _drain(self) -> None:
        self.cluster.drain(self.chaos_choice("drain", self.cluster.members))

    async def _kill_all_replicas(self) -> None:
        for member in self._members("jobs"):
            if member.process is not None:
                self.cluster.kill(member.process, "killed with its siblings")

    def _members(self, name: str) -> list[Member]:
        return [member for member in self.cluster.members if member.name.startswith(name)]

    def chaos_choice(self, place: str, among: list[Any]) -> Any:
        """One of these, by the dice."""
        return among[int(self.chaos.dice.throw(place)[0] * len(among))]

    # Peace.

    async def _end(self) -> None:
        while self.loop.time() < self._horizon_seconds and self._waiting() is not None:
            await asyncio.sleep(1.0)
        self.chaos.is_over = True
        self.note(None, "the faults end")
        self.cluster.mend()
        bound = self.loop.time() + PROGRESS_BOUND_SECONDS
        while (waiting := self._waiting()) is not None:
            if self.loop.time() > bound:
                self.laws.breach("everything ends in time", waiting)
                return
            await asyncio.sleep(1.0)
        self._is_over = True

    def _waiting(self) -> str | None:
        """What is still on its way, or None."""
        if self.clients.unfinished:
            return self.laws.settled() or f"{self.clients.unfinished} clients still wait"
        return self.laws.settled()

    def _thread_seconds(self, executor: Executor | None) -> float:
        process = CURRENT.get()
        run_id = structlog.contextvars.get_contextvars().get("run")
        if executor is None or run_id is None:
            return self.chaos.between(f"{process}.thread", 0.0001, 0.003)
        execution = self.laws.engine_started(process, run_id)
        self.note(process, f"engine at work on {run_id}")
        place = f"{process}.engine"
        if self.chaos.strikes(place, self.chaos.weather.engine_hang, "the engine hangs"):
            seconds = self.chaos.between(f"{place}~", RUN_DEADLINE_SECONDS, 3 * RUN_DEADLINE_SECONDS)
        else:
            seconds = 8.0 * self.chaos.between(f"{place}~", 0.1, 1.0) ** 3

        def over() -> None:
            execution.is_over = True

        self.loop.call_later(seconds, over)
        return seconds

    def heard(self, event: MutableMapping[str, Any]) -> None:
        """A line that the code logged."""
        self.note(CURRENT.get(), f"[{event['event']}] {event.get('error', '')}")
        fault = sys.exc_info()[1]
        if event.get("exc_info") and fault is not None and not isinstance(fault, _EXPECTED_FAULTS):
            self.laws.breach("no loop meets a fault of its own", f"{event['event']}: {fault!r}")

    def _bury_all(self) -> None:
        """End what is left of every process, its ports dead."""
        tasks = [*self.cluster.graveyard]
        for process in (self.process, *(m.process for m in self.cluster.members if m.process)):
            tasks += process.unfinished()
            process.is_alive = False
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own field
        hook, sys.unraisablehook = sys.unraisablehook, lambda _unraisable: None
        self.loop.run_dead(tasks)
        tasks.clear()
        self.cluster.graveyard.clear()
        self.cluster.members.clear()
        gc.collect()
        sys.unraisablehook = hook


@contextlib.contextmanager
def _repeatable(world: World) -> Iterator[None]:
    """Within it ids, folders, deadlines and logs are the world's own."""
    folder = tempfile.mkdtemp(prefix="film-simulation-")
    noise = Random(world.outcome.seed)  # noqa: S311 - a simulation wants to repeat itself
    clock = mock.Mock(time_ns=lambda: int((START.timestamp() + world.loop.time()) * 1e9))
    secrets = mock.Mock(randbits=noise.getrandbits)
    deadlines = dict.fromkeys(TaskKind, RUN_DEADLINE_SECONDS)
    gc.disable()
    gc.freeze()
    with (
        mock.patch.object(ids, "time", clock),
        mock.patch.object(ids, "secrets", secrets),
        mock.patch.object(tempfile, "tempdir", folder),
        mock.patch.dict(dispatcher.RUN_DEADLINE_SECONDS, deadlines),
        _logs_heard_by(world),
    ):
        yield
    gc.unfreeze()
    gc.enable()
    shutil.rmtree(folder)


@contextlib.contextmanager
def _logs_heard_by(world: World) -> Iterator[None]:
    def hear(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        world.heard(event)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, hear],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.configure(**before)
