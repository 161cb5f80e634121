"""Removes the rows of deleted jobs, a bounded batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from studio_jobs.garbage.tombstones import columns
from studio_jobs.sql import SQL
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

OLD_JOBS_BATCH_MAX = 100
JOBS_BATCH_MAX = 20
TASKS_BATCH_MAX = 2_000
EVENTS_BATCH_MAX = 5_000


class Departures:
    """Jobs of deleted projects, and jobs that are kept no longer."""

    def __init__(self, database: Database, clock: Clock, faults: Faults) -> None:
        self._database = database
        self._clock = clock
        self._faults = faults

    async def step(self, kept: timedelta | None) -> bool:
        """Delete jobs that ended longer ago than `kept` (None: none), and remove a batch of rows of deleted
        jobs; whether there may be more."""
        now = self._clock.now()
        if kept is not None:
            await self._database.execute(SQL["delete_old_jobs"], now - kept, now, OLD_JOBS_BATCH_MAX)
        async with self._database.transaction() as tx:
            jobs = [row["job_id"] for row in await tx.fetch(SQL["deleted_jobs"], JOBS_BATCH_MAX)]
            if not jobs:
                return False
            removed = await remove_job_rows(tx, jobs)
            self._faults.hit("jobs.departures.before_commit")
        self._faults.hit("jobs.departures.after_commit")
        _log.info("rows of deleted jobs removed", jobs=len(jobs), rows=removed)
        return True


async def remove_job_rows(tx: Connection, jobs: Sequence[UUID]) -> int:
    """Remove a batch of tasks and events of locked, ended jobs, and the jobs after their last; how many rows.

    Runs go with their last task.
    """
    tasks = await tx.fetch(SQL["remove_tasks"], jobs, TASKS_BATCH_MAX)
    events: int = await tx.fetchval(SQL["remove_events"], jobs, EVENTS_BATCH_MAX)
    keys = {(row["workspace_id"], row["content_key"]) for row in tasks if row["content_key"] is not None}
    await tx.execute(SQL["forget_ended_runs"], *columns(sorted(keys), 2))
    if len(tasks) == TASKS_BATCH_MAX or events == EVENTS_BATCH_MAX:
        return len(tasks) + events
    await tx.execute(SQL["remove_jobs"], jobs)
    return len(tasks) + events + len(jobs)
