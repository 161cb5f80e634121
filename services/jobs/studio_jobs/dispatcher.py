"""Dispatches waiting runs into each pool's window, fairly between workspaces, through the outbox."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from studio_jobs import convert
from studio_jobs.domain.fairness import WaitingRun, choose, window_runs
from studio_jobs.domain.states import TaskKind
from studio_jobs.meters import Meters
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_jobs.wake import Loop, Wakes
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.ids import new_id
from studio_platform.topology import task_subject

CONCURRENT_POOLS_MAX = 4

RUN_DEADLINE_SECONDS = {
    TaskKind.STILL: 900,
    TaskKind.CLIP: 3600,
    TaskKind.SPEECH: 900,
    TaskKind.MUSIC: 1800,
    TaskKind.EFFECTS: 1800,
    TaskKind.SEGMENT: 3600,
    TaskKind.FILM: 4 * 3600,
    TaskKind.READING: 2 * 3600,
    TaskKind.SHEET: 3600,
    TaskKind.LEVELS: 900,
    TaskKind.MASTER: 3600,
}
"""The longest that one dispatch of a kind may run."""


class Dispatcher:
    """Fills windows; replicas share the pools by skipping locked ones."""

    def __init__(
        self, database: Database, wakes: Wakes, clock: Clock, faults: Faults, meters: Meters
    ) -> None:
        self._database = database
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._meters = meters

    async def step(self) -> bool:
        """Dispatch what fits in every pool; always False: the next round comes with the next wake-up."""
        pools = await self._pools_with_room()
        gate = asyncio.Semaphore(CONCURRENT_POOLS_MAX)

        async def guarded(pool: str) -> None:
            async with gate:
                if await self.dispatch(pool):
                    # That tasks run now is told with what comes next, or at the advancer's poll.
                    await self._wakes.wake_all(Loop.RELAY)

        ended = await asyncio.gather(*map(guarded, pools), return_exceptions=True)
        for fault in filter(None, ended):
            raise fault
        return False

    async def _pools_with_room(self) -> list[str]:
        """Pools to lock: whoever ends a run after this look wakes the dispatcher after the commit."""
        return [
            row["pool"]
            for row in await self._database.fetch(SQL["pools_with_waiting_runs"])
            if row["in_flight"] < window_runs(row["replicas_max"], row["slots"])
        ]

    async def dispatch(self, pool: str) -> int:
        """Dispatch runs of one pool; how many."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(SQL["lock_pool"], pool)
            if row is None:
                return 0
            chosen = await self._choose(tx, row, now)
            if not chosen:
                return 0
            ids = [run.run_id for run in chosen]
            dispatched = await tx.fetch(SQL["dispatch_runs"], ids, now)
            # Who joined a run held it until its task could be seen: its job is looked for after the lock.
            await order_runs(tx, dispatched, now)
            self._faults.hit("jobs.dispatch.before_commit")
        self._faults.hit("jobs.dispatch.after_commit")
        ready = {run.run_id: run.waiting_since for run in chosen}
        again = sum(run["dispatch"] > 1 for run in dispatched)
        self._meters.dispatched(pool, now, [ready[run["run_id"]] for run in dispatched], again)
        return len(dispatched)

    @staticmethod
    async def _choose(tx: Any, pool: Record, now: datetime) -> list[WaitingRun]:
        window = window_runs(pool["replicas_max"], pool["slots"])
        flying: dict[UUID, int] = {}
        waiting: dict[UUID, list[WaitingRun]] = defaultdict(list)
        for row in await tx.fetch(SQL["pool_window"], pool["pool"], window, now):
            if row["run_id"] is None:
                flying[row["workspace_id"]] = row["in_flight"]
            else:
                run = WaitingRun(row["run_id"], row["workspace_id"], row["ready_at"])
                waiting[run.workspace_id].append(run)
        return choose(waiting, flying, window - sum(flying.values()))


async def order_runs(tx: Any, runs: Sequence[Record], now: datetime) -> None:
    """Leave an order of each run in the outbox, and mark the jobs that wait for them due."""
    await tx.execute(
        SQL["order_runs"],
        [run["run_id"] for run in runs],
        [new_id() for _ in runs],
        [subject_of(run) for run in runs],
        [order(run, now).SerializeToString() for run in runs],
        now,
    )


def subject_of(run: Record) -> str:
    """The subject of a run's present dispatch."""
    return task_subject(TaskKind(run["kind"]).name.lower(), run["pool"], str(run["run_id"]), run["dispatch"])


def order(run: Record, now: datetime) -> message_pb2.RunOrder:
    """The stage event of a run's present dispatch."""
    message = message_pb2.RunOrder(
        run_id=str(run["run_id"]),
        workspace_id=str(run["workspace_id"]),
        dispatch=run["dispatch"],
        content_key=run["content_key"].hex(),
        generation=run["generation"],
        deadline_seconds=RUN_DEADLINE_SECONDS[TaskKind(run["kind"])],
        dispatch_time=convert.timestamp(now),
    )
    if run["body"] is not None:
        message.inline.ParseFromString(run["body"])
    else:
        message.body_sha256 = run["body_sha256"]
    return message
