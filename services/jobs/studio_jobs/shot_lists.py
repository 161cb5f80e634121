"""The shots of a project's newest screenplay beside what was edited of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from studio_jobs.breakdowns import Breakdowns
from studio_jobs.edits.shots import UNEDITED, ShotEdit, shot_edits
from studio_jobs.owner import not_found
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.sql import SQL
from studio_jobs.store.edit_rows import documents_at
from studio_platform.database import Database


@dataclass(frozen=True, slots=True)
class ListedShot:
    """A shot with its edits; without scene and shot it is not in the newest revision."""

    shot_id: str
    edit: ShotEdit
    scene: Scene | None = None
    shot: Shot | None = None

    @property
    def label(self) -> str:
        """What people call it; the id of one that is gone."""
        if self.scene is None or self.shot is None:
            return self.shot_id
        return self.scene.label(self.shot)


class ShotLists:
    """Reads shots of one workspace."""

    def __init__(self, database: Database, breakdowns: Breakdowns) -> None:
        self._database = database
        self._breakdowns = breakdowns

    async def every(self, workspace: UUID, project_id: UUID) -> list[ListedShot]:
        """The film's shots in order, then those that were edited and are gone. Raises NotFound."""
        project = await self._database.fetchrow(SQL["project"], workspace, project_id)
        if project is None:
            raise not_found(f"projects/{project_id}")
        edits = shot_edits(await documents_at(self._database, workspace, project_id))
        breakdown = await self._breakdown(workspace, project_id, project["latest_revision"])
        listed = [
            ListedShot(shot.shot_id, edits.pop(shot.shot_id, UNEDITED), scene, shot)
            for scene in (breakdown.scenes if breakdown else ())
            for shot in scene.shots
        ]
        return listed + [ListedShot(shot_id, edits[shot_id]) for shot_id in sorted(edits)]

    async def one(self, workspace: UUID, project_id: UUID, shot_id: str) -> ListedShot:
        """One shot that is in the film or was edited. Raises NotFound."""
        for listed in await self.every(workspace, project_id):
            if listed.shot_id == shot_id:
                return listed
        raise not_found(f"projects/{project_id}/shots/{shot_id}")

    async def edited(self, workspace: UUID, project_id: UUID, listed: ListedShot) -> ListedShot:
        """The shot with its edits as they are now."""
        edits = shot_edits(await documents_at(self._database, workspace, project_id))
        return replace(listed, edit=edits.get(listed.shot_id, UNEDITED))

    async def _breakdown(self, workspace: UUID, project_id: UUID, revision: int) -> Breakdown | None:
        """None without a screenplay, or with one that makes no film."""
        try:
            return await self._breakdowns.of_revision(workspace, project_id, revision)
        except ScreenplayRefused:
            return None
