"""Decisions about shots in Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from studio_jobs.reviews.records import Approval, Made, approval, made
from studio_jobs.store.comments import REVIEWS
from studio_jobs.store.edit_rows import documents_at
from studio_jobs.store.editing import Editing
from studio_jobs.timeline.documents import LOCK_KIND
from studio_platform.database import Connection, Database

RENDERS_LOOKED_AT_MAX = 20
"""Of a project's completed jobs the newest so many are looked through for a shot."""

APPROVED = "APPROVED"
CHANGES_REQUESTED = "CHANGES_REQUESTED"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided of a shot, and what was looked at."""

    shot_id: str
    decision: str
    seen: Made
    note: str


class Approvals:
    """Of the shots of one workspace's projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def made(self, workspace: UUID, project_id: UUID, shot_id: str, job_id: UUID | None) -> Made | None:
        """What a completed job, None: the newest that has it, made a shot of; None when none did."""
        return (await _made(self._database, workspace, project_id, [shot_id], job_id)).get(shot_id)

    @staticmethod
    async def decide(editing: Editing, wanted: Decision) -> None:
        """Note a decision in place of the last one, within an edit."""
        await editing.tx.execute(
            REVIEWS["decide"],
            editing.workspace_id,
            editing.project_id,
            wanted.shot_id,
            wanted.decision,
            wanted.seen.job_id,
            list(wanted.seen.kinds),
            list(wanted.seen.content_keys),
            list(wanted.seen.digests),
            wanted.note,
            editing.author,
            editing.now,
        )

    async def page(self, workspace: UUID, project_id: UUID, after: str, most: int) -> Sequence[Approval]:
        """A page of decisions by the shots' ids."""
        rows = await self._database.fetch(REVIEWS["approvals_page"], workspace, project_id, after, most)
        return await self._judged(workspace, project_id, rows)

    async def get(self, workspace: UUID, project_id: UUID, shot_id: str) -> Approval:
        """The last decision about a shot, which there is."""
        row = await self._database.fetchrow(REVIEWS["approval"], workspace, project_id, shot_id)
        return (await self._judged(workspace, project_id, [row]))[0]

    async def _judged(self, workspace: UUID, project_id: UUID, rows: Sequence[object]) -> list[Approval]:
        shots = [row["shot_id"] for row in rows]  # type: ignore[index]  # asyncpg's rows
        last = await _made(self._database, workspace, project_id, shots, None)
        locks = (await documents_at(self._database, workspace, project_id)).of_kind(LOCK_KIND)
        return [
            approval(row, last.get(shot), locked=shot in locks) for row, shot in zip(rows, shots, strict=True)
        ]


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
