"""Projects and their screenplay revisions in Postgres."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studio_jobs.revisions import Before, broken_down, identified, identities_of
from studio_jobs.screenplay.alignment import SceneKey, align
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.castings import note_revision
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import Aborted, FailedPrecondition
from studio_platform.ids import new_id


class Projects:
    """Each method is one transaction on rows of one workspace."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, workspace: UUID, display_name: str, request_id: UUID | None, seed_origin: UUID | None = None
    ) -> rows.Project:
        """Make a project; the same request id answers with the same project.

        Its seeds follow from `seed_origin`, without one from its own id.
        """
        created = await self._database.fetchrow(
            SQL["insert_project"], workspace, new_id(), display_name, request_id, self._clock.now()
        )
        if created is None:
            created = await self._database.fetchrow(SQL["project_by_request"], workspace, request_id)
        if created is None:
            raise Aborted("PROJECT_GONE", "The project of this request id was deleted.")
        if seed_origin is not None:
            # Repeated with the request it does the same; with a screenplay it does nothing.
            of_project = (workspace, created["project_id"])
            adopted = await self._database.fetchrow(SQL["set_seed_origin"], *of_project, seed_origin)
            created = adopted or created
        return rows.project(created)

    async def get(self, workspace: UUID, project_id: UUID) -> rows.Project | None:
        """One project, or None."""
        row = await self._database.fetchrow(SQL["project"], workspace, project_id)
        return rows.project(row) if row else None

    async def page(self, workspace: UUID, after: UUID | None, most: int) -> Sequence[rows.Project]:
        """The newest projects after an id."""
        return [
            rows.project(row)
            for row in await self._database.fetch(SQL["projects_page"], workspace, after, most)
        ]

    async def rename(
        self, workspace: UUID, project_id: UUID, display_name: str, version: int
    ) -> rows.Project | None:
        """Rename a project; None when there is none. Raises Aborted when its version is another (0: any)."""
        row = await self._database.fetchrow(
            SQL["rename_project"], workspace, project_id, display_name, self._clock.now(), version
        )
        if row is not None:
            return rows.project(row)
        if await self.get(workspace, project_id) is None:
            return None
        raise stale_etag()

    async def delete(self, workspace: UUID, project_id: UUID, version: int) -> bool:
        """Delete a project with its jobs; whether there was one.

        Raises Aborted for another version (0: any), FailedPrecondition while a job of it runs.
        """
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(SQL["lock_project"], workspace, project_id)
            if row is None:
                return False
            if version and row["version"] != version:
                raise stale_etag()
            if await tx.fetchval(SQL["project_has_unfinished_job"], workspace, project_id):
                raise FailedPrecondition(
                    "PROJECT_BUSY", "A job of this project is running; cancel it or wait for its end."
                )
            await tx.execute(SQL["delete_jobs_of_project"], workspace, project_id, self._clock.now())
            await tx.execute(SQL["delete_project"], workspace, project_id)
        return True

    async def import_screenplay(
        self,
        workspace: UUID,
        project_id: UUID,
        content: bytes,
        format_number: int,
        version: int = 0,
        breakdown: Breakdown | None = None,
        given: Sequence[SceneKey] = (),
    ) -> rows.Revision | None:
        """Keep a text as the next revision, or find the one that holds it; None without the project.

        Its shots have the ids that they had in the latest revision, as far as they were in it. `breakdown` is
        the text's, from who has read it; None: it is read here. With `given` keys the shots of a new text
        have the ids of those instead.

        Raises Aborted when the project's version is another (0: any).
        """
        text = _Text(content, format_number, hashlib.sha256(content).hexdigest())
        now = self._clock.now()
        async with self._database.transaction() as tx:
            project = await tx.fetchrow(SQL["lock_project"], workspace, project_id)
            if project is None:
                return None
            if version and project["version"] != version:
                raise stale_etag()
            row = await tx.fetchrow(
                SQL["revision_by_digest"], workspace, project_id, text.sha256, format_number
            )
            if row is not None and row["number"] == project["latest_revision"]:
                return rows.revision(row)
            breakdown = breakdown or await asyncio.to_thread(text.broken_down)
            row = rows.present(row or await self._keep(tx, project, text, breakdown, given))
            await tx.execute(SQL["set_latest_revision"], workspace, project_id, row["number"], now)
            if breakdown is not None:
                await note_revision(tx, workspace, project_id, row["number"], breakdown)
        return rows.revision(row)

    async def _keep(
        self,
        tx: Any,
        project: rows.Record,
        text: _Text,
        breakdown: Breakdown | None,
        given: Sequence[SceneKey],
    ) -> rows.Record | None:
        """The new revision of a locked project, its shots identified by those given or of the latest one."""
        of_project = (project["workspace_id"], project["project_id"])
        latest = await tx.fetchrow(SQL["revision"], *of_project, project["latest_revision"])
        before = (latest["content"], latest["format"], latest["identities"]) if latest else None
        identities = await asyncio.to_thread(_identities, breakdown, before, given) if breakdown else None
        number = await tx.fetchval(SQL["next_revision_number"], *of_project)
        revision: rows.Record | None = await tx.fetchrow(
            SQL["insert_revision"],
            *of_project,
            number,
            text.format_number,
            text.content,
            text.sha256,
            self._clock.now(),
            identities,
        )
        return revision

    async def revision(self, workspace: UUID, project_id: UUID, number: int) -> rows.Revision | None:
        """One revision, or None."""
        row = await self._database.fetchrow(SQL["revision"], workspace, project_id, number)
        return rows.revision(row) if row else None

    async def revisions_page(
        self, workspace: UUID, project_id: UUID, before: int, most: int
    ) -> Sequence[rows.RevisionEntry]:
        """The newest revisions before a number (0: from the newest), without their texts."""
        found = await self._database.fetch(SQL["revisions_page"], workspace, project_id, before, most)
        return [rows.revision_entry(row) for row in found]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text on its way into a project."""

    content: bytes
    format_number: int
    sha256: str

    def broken_down(self) -> Breakdown | None:
        """Its scenes and shots; None for a text that a job of it will be refused for."""
        try:
            return broken_down(self.content, self.format_number, None)
        except ScreenplayRefused:
            return None


def _identities(breakdown: Breakdown, before: Before | None, given: Sequence[SceneKey]) -> bytes:
    return identities_of(align(given, breakdown) if given else identified(breakdown, before))


def stale_etag() -> Aborted:
    """The refusal of an update that was made on an older state."""
    return Aborted("ETAG_MISMATCH", "The project changed meanwhile; read it again, then repeat the change.")
