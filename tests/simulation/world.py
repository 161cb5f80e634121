"""One simulated studio from a seed: built, troubled, left in peace, judged."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections import deque
from collections.abc import Coroutine, MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from random import Random
from typing import Any

import asyncpg

from studio_platform.broker_memory import MemoryBroker
from studio_platform.errors import Unavailable
from studio_platform.logs import bound_ids
from studio_platform.objects_memory import MemoryObjectStore
from tests.simulation.chaos import Chaos, Climate, Dice, climate_of
from tests.simulation.cluster import Cluster
from tests.simulation.laws import Laws
from tests.simulation.loop import Livelock, SimulatedLoop
from tests.simulation.members import Pace, generator, jobs_replica
from tests.simulation.process import CURRENT, Process, ProcessClock
from tests.simulation.servers import Servers
from tests.simulation.surroundings import RUN_DEADLINE_SECONDS, own_surroundings
from tests.simulation.troubles import GENERATORS, Troubles
from tests.simulation.workload import Clients, JobWish, pairs, wanted_again, wishes

PROGRESS_BOUND_SECONDS = 240.0
"""How long after the last fault everything must be at its end: a store's patience of 60 s, the leases of
results (30 s) and orders, four failures with their pauses, a cancel's 30 s, the sweeper's 30 s."""

RECORD_MAX_LINES = 400
KEPT_SECONDS = (None, None, 1.0, 5.0)
"""How long ended jobs may be kept; None: always."""

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
    met: dict[str, int] = field(default_factory=dict)
    executions: int = 0
    deadlocks: int = 0


class World:
    """Everything of one seed. `left_out` names faults, events and wishes that a shrunk replay omits.

    Without a `climate` the seed chooses one.
    """

    def __init__(
        self, seed: int, left_out: frozenset[str] = frozenset(), climate: Climate | None = None
    ) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation wants to repeat itself
        self._left_out = left_out
        self.outcome = Outcome(seed)
        self._record: deque[str] = deque(maxlen=RECORD_MAX_LINES)
        self.loop = SimulatedLoop(self._random.getrandbits(32))
        self.process = Process("world")
        chosen = climate_of(self._random)
        climate = climate or chosen
        self.chaos = Chaos(Dice(seed), climate.weather, left_out)
        self._climate = climate
        self.loop.thread_seconds = self._thread_seconds
        clock = ProcessClock(self.process)
        self.servers = Servers(
            self.loop, self.process, MemoryBroker(clock), objects=MemoryObjectStore(now=clock.now)
        )
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
            replicas=self._random.choice(climate.replicas),
            jobs_kept_seconds=climate.kept_seconds or Random(f"kept {seed}").choice(KEPT_SECONDS),  # noqa: S311
        )
        self._troubles = Troubles(self.cluster, self.servers, self.chaos, climate, self._pace.lease_seconds)
        self._is_over = False

    def run(self) -> Outcome:
        """Live through the seed."""
        started = time.process_time()
        with own_surroundings(self.outcome.seed, self.loop.time, self.heard):
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
        self._record.append(f"{self.loop.time():8.3f} {process or ''!s:12} {text}")

    def _finish(self, started: float) -> None:
        outcome = self.outcome
        outcome.steps = self.loop.steps
        outcome.simulated_seconds = self.loop.time()
        outcome.cpu_seconds = time.process_time() - started
        outcome.broken = self.laws.broken
        outcome.happened.update(self.chaos.happened)
        outcome.met = dict(self.laws.met)
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
                work = generator(kinds, self._pace, self._troubles.revision_of(name))
                self.cluster.add(f"{name}-{number}", work)
        for wish in self._wishes():
            cancel = not self._omits(f"{wish.name}.cancel")
            if not self._omits(wish.name):
                self._spawn(self.clients.fulfil(wish, cancel=cancel))
        for name, what, trouble in self._troubles.of_seed(self._random, self._horizon_seconds):
            if not self._omits(name, what):
                self._spawn(trouble())
        self._spawn(self._end())

    def _wishes(self) -> list[JobWish]:
        if self._climate.pairs:
            return pairs(self._random)
        if self._climate.kept_seconds is not None:
            return wanted_again(self._random)
        return wishes(self._random, self._horizon_seconds)

    def _omits(self, name: str, what: str = "a client's wish") -> bool:
        if name in self._left_out:
            return True
        self.outcome.happened[name] = what
        return False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def watched() -> None:
            try:
                await work
            except Exception as fault:  # noqa: BLE001 - a fault of the simulation, or an answer to a client
                self.laws.breach("no call is answered by a fault", repr(fault))

        self.loop.spawn(self.process, watched(), "world")

    # Peace.

    async def _end(self) -> None:
        await self._until_settled(self._horizon_seconds)
        self.chaos.is_over = True
        self.note(None, "the faults end")
        self.cluster.mend()
        waiting = await self._until_settled(self.loop.time() + PROGRESS_BOUND_SECONDS)
        if waiting is None:
            self._is_over = True
        else:
            self.laws.breach("everything ends in time", waiting)

    async def _until_settled(self, bound_seconds: float) -> str | None:
        """What is still on its way at a time; None as soon as there is nothing."""
        while (waiting := self._waiting()) is not None and self.loop.time() < bound_seconds:  # noqa: ASYNC110
            await asyncio.sleep(1.0)
        return waiting

    def _waiting(self) -> str | None:
        """What is still on its way, or None."""
        if self.clients.unfinished:
            return self.laws.settled() or f"{self.clients.unfinished} clients still wait"
        return self.laws.settled()

    def _thread_seconds(self, executor: Executor | None) -> float:
        process = CURRENT.get()
        run_id = bound_ids().get("run")
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
            self.loop.stop(process)
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio's own field
        hook, sys.unraisablehook = sys.unraisablehook, lambda _unraisable: None
        self.loop.run_dead(tasks)
        tasks.clear()
        self.cluster.graveyard.clear()
        self.cluster.members.clear()
        gc.collect()
        sys.unraisablehook = hook
