"""What a timeline is made from: the newest breakdown, the documents, and how long shots were."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from studio_jobs.breakdowns import Breakdowns
from studio_jobs.owner import not_found
from studio_jobs.sql import SQL
from studio_jobs.store.edit_rows import documents_at
from studio_jobs.timeline.messages import Board
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition

RENDERS_LOOKED_AT_MAX = 20


class Boards:
    """Reads only."""

    def __init__(self, database: Database, breakdowns: Breakdowns) -> None:
        self._database = database
        self._breakdowns = breakdowns

    async def of(self, workspace: UUID, project_id: UUID) -> Board:
        """The board of a project. Raises NotFound, FailedPrecondition without a screenplay."""
        row = await self._database.fetchrow(SQL["project"], workspace, project_id)
        if row is None:
            raise not_found(f"projects/{project_id}")
        number = row["latest_revision"]
        if not number:
            raise FailedPrecondition("SCREENPLAY_MISSING", "The project has no screenplay yet; import one.")
        breakdown = await self._breakdowns.of_revision(workspace, project_id, number)
        if breakdown is None:
            raise not_found(f"projects/{project_id}")
        lengths = await self._database.fetch(
            SQL["clip_lengths"], workspace, project_id, RENDERS_LOOKED_AT_MAX
        )
        return Board(
            project_id,
            number,
            breakdown,
            await documents_at(self._database, workspace, project_id),
            {found["shot_id"]: found["length_ms"] for found in lengths},
        )

    async def renewed(self, workspace: UUID, board: Board) -> Board:
        """The same board with its documents as they are now: its screenplay is not broken down again."""
        return replace(board, documents=await documents_at(self._database, workspace, board.project_id))
