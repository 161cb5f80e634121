"""Decisions about shots in Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from studio_jobs.reviews.records import Approval, Made, approval, made
from studio_jobs.store.comments import REVIEWS
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database

RENDERS_LOOKED_AT_MAX = 20
"""Of a project's completed jobs the newest so many are looked through for a shot."""

APPROVED = "APPROVED"
CHANGES_REQUESTED = "CHANGES_REQUESTED"


class Approvals:
    """Of the shots of one workspace's projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def made(self, workspace: UUID, project_id: UUID, shot_id: str, job_id: UUID | None) -> Made | None:
        """What a completed job, None: the newest that has it, made a shot of; None when none did."""
        return (await _made(self._database, workspace, project_id, [shot_id], job_id)).get(shot_id)

    async def decide(
        self,
        workspace: UUID,
        project_id: UUID,
        shot_id: str,
        decision: str,
        seen: Made,
        note: str,
        author: UUID,
    ) -> Approval:
        """Note a decision in place of the last one."""
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(
                REVIEWS["decide"],
                workspace,
                project_id,
                shot_id,
                decision,
                seen.job_id,
                list(seen.kinds),
                list(seen.content_keys),
                note,
                author,
                self._clock.now(),
            )
            last = await _made(tx, workspace, project_id, [shot_id], None)
        return approval(row, last.get(shot_id))

    async def page(self, workspace: UUID, project_id: UUID, after: str, most: int) -> Sequence[Approval]:
        """A page of decisions by the shots' ids."""
        rows = await self._database.fetch(REVIEWS["approvals_page"], workspace, project_id, after, most)
        shots = [row["shot_id"] for row in rows]
        last = await _made(self._database, workspace, project_id, shots, None)
        return [approval(row, last.get(row["shot_id"])) for row in rows]


async def _made(
    database: Database | Connection,
    workspace: UUID,
    project_id: UUID,
    shots: Sequence[str],
    job_id: UUID | None,
) -> Mapping[str, Made]:
    if not shots:
        return {}
    rows = await database.fetch(
        REVIEWS["shots_made_last"], workspace, project_id, list(shots), job_id, RENDERS_LOOKED_AT_MAX
    )
    return {row["shot_id"]: made(row) for row in rows}
