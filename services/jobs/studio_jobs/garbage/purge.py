"""Removes everything of one workspace, over as many calls as it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from studio_jobs.deletions import delete_all
from studio_jobs.garbage.departures import remove_job_rows
from studio_jobs.sql import SQL
from studio_jobs.store.jobs import Jobs
from studio_jobs.wake import Loop, Wakes
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.deadlines import remaining_seconds
from studio_platform.faults import NO_FAULTS, Faults
from studio_platform.manifests import BLOBS_PREFIX, MANIFESTS_PREFIX, UPLOADS_PREFIX
from studio_platform.objects import ObjectStore
from studio_platform.receipts import PORTRAITS_PREFIX, RECEIPTS_PREFIX

_log = structlog.get_logger(__name__)

CALL_MAX_SECONDS = 10.0
ANSWER_MARGIN_SECONDS = 1.0
"""Left of the caller's deadline for the batch that is under way."""

CANCELS_BATCH_MAX = 100
COUNTED_MAX = 1_000
JOBS_BATCH_MAX = 20
ROWS_BATCH_MAX = 1_000
OBJECTS_BATCH_MAX = 1_000
CONCURRENT_DELETIONS_MAX = 16

PREFIXES = (MANIFESTS_PREFIX, BLOBS_PREFIX, UPLOADS_PREFIX, RECEIPTS_PREFIX, PORTRAITS_PREFIX)
ROWS = (
    "remove_projects",
    "remove_library",
    "remove_webhooks",
    "remove_shares",
    "remove_uploads",
    "remove_verdicts",
    "remove_resolutions",
    "remove_artifacts",
    "remove_runs",
    "remove_quotas",
)
GARBAGE_ROWS = ("remove_garbage_artifacts", "remove_garbage_blobs")
"""The last: until the objects are gone they say what is on its way."""


@dataclass(slots=True)
class Purged:
    """What one call came to; `is_done` when nothing is left."""

    is_done: bool = False
    unfinished_jobs: int = 0
    unfinished_runs: int = 0
    rows: int = 0
    objects: int = 0


class Purges:
    """Every batch commits by itself, so a call that dies has done what it did."""

    def __init__(
        self,
        database: Database,
        objects: ObjectStore,
        jobs: Jobs,
        wakes: Wakes,
        clock: Clock,
        faults: Faults = NO_FAULTS,
    ) -> None:
        self._database = database
        self._objects = objects
        self._jobs = jobs
        self._wakes = wakes
        self._clock = clock
        self._faults = faults

    async def purge(self, workspace: UUID) -> Purged:
        """Cancel what is at work, or else remove what fits into the call's time. Raises StoreUnavailable."""
        left = min(remaining_seconds() or CALL_MAX_SECONDS, CALL_MAX_SECONDS)
        end = self._clock.monotonic() + left - ANSWER_MARGIN_SECONDS
        purged = Purged()
        if await self._is_at_work(workspace, purged):
            return purged
        while await self._remove(workspace, purged):
            if self._clock.monotonic() > end:
                return purged
        purged.is_done = True
        _log.info("workspace purged", workspace=str(workspace), rows=purged.rows, objects=purged.objects)
        return purged

    async def _is_at_work(self, workspace: UUID, purged: Purged) -> bool:
        unfinished = await self._database.fetch(SQL["unfinished_jobs"], workspace, CANCELS_BATCH_MAX)
        for row in unfinished:
            await self._jobs.request_cancel(workspace, row["job_id"])
        await self._database.execute(SQL["stop_runs"], workspace, self._clock.now())
        if unfinished:
            await self._wakes.wake_all(Loop.ADVANCER, Loop.RELAY)
        purged.unfinished_jobs = await self._database.fetchval(
            SQL["count_unfinished_jobs"], workspace, COUNTED_MAX
        )
        purged.unfinished_runs = await self._database.fetchval(
            SQL["count_unfinished_runs"], workspace, COUNTED_MAX
        )
        if purged.unfinished_runs:
            await self._wakes.wake_all(Loop.CANCELS)
        return bool(purged.unfinished_jobs or purged.unfinished_runs)

    async def _remove(self, workspace: UUID, purged: Purged) -> bool:
        """One batch of the first that is left; whether there was any."""
        removals: tuple[Callable[[UUID, Purged], Awaitable[bool]], ...] = (
            self._remove_jobs,
            self._remove_rows,
            self._remove_objects,
            self._remove_garbage,
        )
        for remove in removals:
            if await remove(workspace, purged):
                self._faults.hit("jobs.purge.batch")
                return True
        return False

    async def _remove_jobs(self, workspace: UUID, purged: Purged) -> bool:
        async with self._database.transaction() as tx:
            found = await tx.fetch(SQL["jobs_of_workspace"], workspace, JOBS_BATCH_MAX)
            if not found:
                return False
            purged.rows += await remove_job_rows(tx, [row["job_id"] for row in found])
        return True

    async def _remove_rows(self, workspace: UUID, purged: Purged) -> bool:
        return await self._remove_of(ROWS, workspace, purged)

    async def _remove_garbage(self, workspace: UUID, purged: Purged) -> bool:
        return await self._remove_of(GARBAGE_ROWS, workspace, purged)

    async def _remove_of(self, statements: tuple[str, ...], workspace: UUID, purged: Purged) -> bool:
        for name in statements:
            removed = await self._database.fetchval(SQL[name], workspace, ROWS_BATCH_MAX)
            if removed:
                purged.rows += removed
                return True
        return False

    async def _remove_objects(self, workspace: UUID, purged: Purged) -> bool:
        for prefix in PREFIXES:
            found = await self._objects.list(f"{prefix}{workspace}/", count_max=OBJECTS_BATCH_MAX)
            if found:
                await delete_all(self._objects, [each.key for each in found], CONCURRENT_DELETIONS_MAX)
                purged.objects += len(found)
                return True
        return False
