"""What jobs made of a shot's takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.edits.shots import (
    SHOT_KIND,
    TAKE_KIND,
    ShotEdit,
    read_chosen,
    read_take,
    take_subject,
)
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_jobs.timeline.documents import LOCK_KIND
from studio_platform.database import Database

JOBS_LOOKED_AT_MAX = 20
"""So many of a project's newest jobs are looked through."""

ARTIFACTS_MAX = 1_000
CHANGES_MAX = 10_000
"""Changes of one shot and its takes that are looked through, the newest first."""


@dataclass(frozen=True, slots=True)
class TakeArtifact:
    """Something that a job made for a take; `is_current`: with the settings that the take has now."""

    take: int
    kind: TaskKind
    job_id: UUID
    task: int
    content_key: bytes
    is_current: bool
    created_at: datetime
    manifest: artifact_pb2.Manifest


class TakeArtifacts:
    """Reads what the newest jobs of a project made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, workspace: UUID, project_id: UUID, shot_id: str, edit: ShotEdit) -> list[TakeArtifact]:
        """The newest first; what several jobs have is told of the newest of them."""
        made = await self._database.fetch(
            SQL["shot_artifacts"], workspace, project_id, shot_id, JOBS_LOOKED_AT_MAX, ARTIFACTS_MAX
        )
        subjects = [shot_id, *(take_subject(shot_id, number) for number in edit.numbers)]
        kinds = [SHOT_KIND, TAKE_KIND, LOCK_KIND]
        changes = await self._database.fetch(
            SQL["changes_of_subjects"], workspace, project_id, kinds, subjects, CHANGES_MAX
        )
        found: dict[tuple[int, bytes], TakeArtifact] = {}
        for row in made:
            if _content(changes, LOCK_KIND, shot_id, row["edit_sequence"]):
                # The job took what the lock keeps, whichever take was chosen.
                continue
            artifact = _artifact(row, changes, shot_id, edit)
            found.setdefault((artifact.take, artifact.content_key), artifact)
        return list(found.values())


def _artifact(row: Record, changes: Sequence[Record], shot_id: str, edit: ShotEdit) -> TakeArtifact:
    at = row["edit_sequence"]
    take = read_chosen(_content(changes, SHOT_KIND, shot_id, at))
    settings = read_take(_content(changes, TAKE_KIND, take_subject(shot_id, take), at))
    return TakeArtifact(
        take=take,
        kind=TaskKind(row["kind"]),
        job_id=row["job_id"],
        task=row["number"],
        content_key=row["content_key"],
        is_current=settings == edit.take(take),
        created_at=row["created_at"],
        manifest=artifact_pb2.Manifest.FromString(row["manifest"]),
    )


def _content(changes: Sequence[Record], kind: str, subject: str, sequence: int) -> bytes:
    """What a document held after an edit; empty before its first."""
    for change in changes:
        if (change["kind"], change["subject"]) == (kind, subject) and change["sequence"] <= sequence:
            return bytes(change["after"])
    return b""
