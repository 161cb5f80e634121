"""Removes the events of jobs that ended long ago, a bounded batch at a time."""

from __future__ import annotations

from datetime import timedelta

import structlog

from studio_jobs.sql import SQL
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

HOUSEKEEPING_INTERVAL_SECONDS = 60.0
JOBS_BATCH_MAX = 50
EVENTS_BATCH_MAX = 5_000


class Housekeeping:
    """Keeps the last event of a job for as long as the job: who watches it learns how it ended."""

    def __init__(self, database: Database, clock: Clock, faults: Faults) -> None:
        self._database = database
        self._clock = clock
        self._faults = faults

    async def trim(self, kept: timedelta) -> bool:
        """Remove a batch of events of jobs that ended longer ago than `kept`; whether there was any.

        The oldest go first, so the events of a job that are there never have a gap.
        """
        async with self._database.transaction() as tx:
            old = await tx.fetch(SQL["jobs_to_trim"], self._clock.now() - kept, JOBS_BATCH_MAX)
            if not old:
                return False
            jobs = [row["job_id"] for row in old]
            last = [row["sequence"] for row in old]
            removed = await tx.fetchval(SQL["delete_old_events"], jobs, last, EVENTS_BATCH_MAX)
            if removed < EVENTS_BATCH_MAX:
                await tx.execute(SQL["mark_events_trimmed"], jobs)
            self._faults.hit("jobs.housekeeping.before_commit")
        self._faults.hit("jobs.housekeeping.after_commit")
        _log.info("old events removed", jobs=len(jobs), events=removed)
        return True
