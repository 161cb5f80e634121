"""Stops dispatched runs that nobody waits for any more: at the broker, at the worker, at last by time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from studio_jobs.dispatcher import subject_of
from studio_jobs.domain.states import RunState
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_jobs.streams import with_streams
from studio_jobs.wake import Loop, Wakes
from studio_platform.broker import Broker
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.topology import TASKS_STREAM, pool_consumer

_log = structlog.get_logger(__name__)

CANCEL_GRACE = timedelta(seconds=30)
"""The longest that a cancel waits for a running engine."""

CANCELS_BATCH_MAX = 500


class Cancels:
    """Carries run cancels out; a run ends when it never was delivered, its worker says so, or late."""

    def __init__(
        self, database: Database, broker: Broker, wakes: Wakes, clock: Clock, faults: Faults
    ) -> None:
        self._database = database
        self._broker = broker
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._told: set[UUID] = set()

    async def step(self) -> bool:
        """Look at every run that shall stop; always False."""
        asked = await self._database.fetch(SQL["runs_to_cancel"], CANCELS_BATCH_MAX)
        self._told &= {run["run_id"] for run in asked}
        ended = [run["run_id"] for run in asked if await self._is_over(run)]
        if ended:
            await self._end(ended)
        return False

    async def _is_over(self, run: Record) -> bool:
        run_id: UUID = run["run_id"]
        if run_id not in self._told and await self._takes_back(run):
            return True
        if run["cancel_requested_at"] + CANCEL_GRACE < self._clock.now():
            _log.warning("cancelled run did not report in time", run_id=str(run_id))
            return True
        return False

    async def _takes_back(self, run: Record) -> bool:
        """Tell workers and take the order from the broker; whether no worker ever had it."""
        await with_streams(self._broker, lambda: self._broker.mark_cancelled(str(run["run_id"])))
        self._faults.hit("jobs.cancels.marked")
        subject = subject_of(run)
        untouched = not await self._broker.was_delivered(pool_consumer(run["pool"]), subject)
        purged = await self._broker.purge_subject(TASKS_STREAM, subject)
        self._faults.hit("jobs.cancels.purged")
        # Only now: what failed halfway is tried again, and no order outlives its run.
        self._told.add(run["run_id"])
        return untouched and purged > 0

    async def _end(self, run_ids: list[UUID]) -> None:
        async with self._database.transaction() as tx:
            await tx.fetch(SQL["lock_runs"], sorted(run_ids))
            await tx.execute(SQL["end_runs"], run_ids, RunState.CANCELLED.value, self._clock.now())
            await tx.execute(SQL["mark_due_by_runs"], run_ids)
            self._faults.hit("jobs.cancels.before_commit")
        self._faults.hit("jobs.cancels.after_commit")
        await self._wakes.wake_all(Loop.ADVANCER, Loop.DISPATCHER)
