"""Jobs in Postgres, as the RPCs see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.owner import not_found
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.job_unit import JobUnit
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import AlreadyExists, ResourceExhausted
from studio_platform.faults import NO_FAULTS, Faults
from studio_platform.ids import new_id

UNFINISHED_JOBS_MAX = 1000
"""Jobs of one workspace that are not at their end."""

POOL_SILENCE = timedelta(seconds=15)
"""A pool of which no worker was seen this long is said to wait for capacity."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to make; `request_digest` tells whether a repeated request id means the same.

    `casting` is a packed casting (store/castings.py), `edit_sequence` the newest edit that it is made with.
    """

    workspace_id: UUID
    project_id: UUID
    revision: int
    options: jobs_pb2.RenderOptions
    request_id: UUID | None
    request_digest: str
    casting: bytes
    edit_sequence: int
    retry_of: UUID | None = None


class Places(Protocol):
    """Says whether a workspace may have one more job."""

    async def require_place(self, tx: Any, workspace: UUID) -> None:
        """Asked within the transaction that makes the job. Raises ResourceExhausted."""
        ...


class FixedPlaces:
    """The same number for every workspace."""

    async def require_place(self, tx: Any, workspace: UUID) -> None:
        """Raises ResourceExhausted when it is reached."""
        unfinished = await tx.fetchval(SQL["count_unfinished_jobs"], workspace, UNFINISHED_JOBS_MAX)
        if unfinished >= UNFINISHED_JOBS_MAX:
            raise _too_many_jobs()


class Jobs:
    """Each method is one transaction on rows of one workspace."""

    def __init__(
        self, database: Database, clock: Clock, faults: Faults = NO_FAULTS, places: Places | None = None
    ) -> None:
        """Without `places` a workspace may have UNFINISHED_JOBS_MAX unfinished jobs."""
        self._database = database
        self._clock = clock
        self._faults = faults
        self._places = places or FixedPlaces()

    async def create(self, new: NewJob) -> tuple[rows.Job, bool]:
        """Make a job with its first event, or find the one of the same request; whether it is new.

        Raises AlreadyExists when the request id made another job, ResourceExhausted over the limit, and
        NotFound for a project that was deleted.
        """
        known = await self.known(new)
        if known is not None:
            return known, False
        made = await self._insert(new)
        if made is None:
            faster = await self.known(new)
            if faster is None:
                raise AssertionError("the job of a request id vanished")
            return faster, False
        self._faults.hit("jobs.create.after_commit")
        return made, True

    async def _insert(self, new: NewJob) -> rows.Job | None:
        """The new job, or None when another call with its request id was faster."""
        async with self._database.transaction() as tx:
            if await tx.fetchrow(SQL["share_project"], new.workspace_id, new.project_id) is None:
                raise not_found(f"projects/{new.project_id}")
            await self._places.require_place(tx, new.workspace_id)
            row = await tx.fetchrow(
                SQL["insert_job"],
                new_id(),
                new.workspace_id,
                new.project_id,
                new.revision,
                new.request_id,
                new.request_digest,
                new.options.SerializeToString(deterministic=True),
                new.retry_of,
                self._clock.now(),
                new.edit_sequence,
            )
            if row is None:
                return None
            await tx.execute(SQL["insert_job_casting"], row["job_id"], new.casting)
            unit = JobUnit(tx, rows.job(row), self._clock.now())
            unit.announce()
            await unit.flush()
            row = await tx.fetchrow(SQL["job"], new.workspace_id, row["job_id"])
            self._faults.hit("jobs.create.before_commit")
        return rows.job(rows.present(row))

    async def known(self, new: NewJob) -> rows.Job | None:
        """The job that the request id made before, or None. Raises AlreadyExists when that was another."""
        if new.request_id is None:
            return None
        row = await self._database.fetchrow(SQL["job_by_request"], new.workspace_id, new.request_id)
        if row is None:
            return None
        if row["request_digest"] != new.request_digest:
            raise AlreadyExists(
                "REQUEST_ID_REUSED",
                "This request_id made another job; use a new one for another request.",
                resource_name=f"jobs/{row['job_id']}",
            )
        return rows.job(row)

    async def get(self, workspace: UUID, job_id: UUID) -> rows.Job | None:
        """One job, or None."""
        row = await self._database.fetchrow(SQL["job"], workspace, job_id)
        return rows.job(row) if row else None

    async def page(
        self, workspace: UUID, after: UUID | None, most: int, project_id: UUID | None
    ) -> Sequence[rows.Job]:
        """The newest jobs after an id, of one project or of all."""
        if project_id is None:
            found = await self._database.fetch(SQL["jobs_page"], workspace, after, most)
        else:
            found = await self._database.fetch(
                SQL["jobs_page_of_project"], workspace, after, most, project_id
            )
        return [rows.job(row) for row in found]

    async def tasks_page(self, workspace: UUID, job_id: UUID, after: int, most: int) -> Sequence[rows.Record]:
        """Rows of tasks with their runs' counters, after a number."""
        found: Sequence[rows.Record] = await self._database.fetch(
            SQL["tasks_page"], workspace, job_id, after, most
        )
        return found

    async def request_cancel(self, workspace: UUID, job_id: UUID) -> rows.Job | None:
        """Note that a job shall stop and mark it due; a terminal one stays as it is; None: no such job."""
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(SQL["lock_job_of_workspace"], workspace, job_id)
            if row is None:
                return None
            unit = JobUnit(tx, rows.job(row), self._clock.now())
            if not unit.job.is_terminal and not unit.cancel_requested:
                await unit.request_cancel()
                await unit.flush()
                await tx.execute(SQL["mark_due"], [job_id])
            row = await tx.fetchrow(SQL["job"], workspace, job_id)
            self._faults.hit("jobs.cancel.before_commit")
        self._faults.hit("jobs.cancel.after_commit")
        return rows.job(rows.present(row))

    async def pools_awaited(self, job_id: UUID) -> Sequence[tuple[str, datetime]]:
        """Pools that the job waits for and that no worker of was seen lately, with the last sight."""
        silent_since = self._clock.now() - POOL_SILENCE
        found = await self._database.fetch(SQL["pools_awaited"], job_id, silent_since)
        return [(row["pool"], row["last_seen_at"]) for row in found]

    async def artifact(self, workspace: UUID, content_key: bytes) -> bytes | None:
        """The serialised manifest of a key, or None."""
        row = await self._database.fetchrow(SQL["artifact"], workspace, content_key)
        return row["manifest"] if row else None


def _too_many_jobs() -> ResourceExhausted:
    return ResourceExhausted(
        "TOO_MANY_JOBS",
        f"This workspace has {UNFINISHED_JOBS_MAX} unfinished jobs, the most it may have; wait for some or "
        "cancel some.",
        metadata={"limit": str(UNFINISHED_JOBS_MAX)},
        retry_after_seconds=30,
    )
