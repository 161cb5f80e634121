"""What the last render of a shot made of it, to be kept by a lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2, task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs import convert
from studio_jobs.domain.keys import given_key
from studio_jobs.domain.states import TaskKind, TaskState
from studio_jobs.edits.documents import Documents
from studio_jobs.edits.shots import SHOT_KIND, TAKE_KIND
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.edit_rows import documents_at
from studio_jobs.store.editing import Editing
from studio_jobs.timeline.documents import LOCK_KIND, MEDIA_KIND
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition

RENDERS_LOOKED_AT_MAX = 20


@dataclass(frozen=True, slots=True)
class ShotRender:
    """A lock's document, and the keys of what it keeps: as it was made, and as it is given."""

    lock: timeline_pb2.ShotLock
    made_keys: tuple[bytes, ...]
    given_keys: tuple[bytes, ...]


class ShotRenders:
    """Looks through a project's newest jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(
        self, workspace: UUID, project_id: UUID, shot_id: str, job_id: UUID | None = None
    ) -> ShotRender:
        """What a render, None: the newest, in full quality that made the shot has of it.

        Raises FailedPrecondition when there is none, or the shot has another take or other files now.
        """
        newest = await self._database.fetch(
            SQL["jobs_page_of_project"], workspace, None, RENDERS_LOOKED_AT_MAX, project_id
        )
        jobs = {job.job_id: job for job in map(rows.job, newest) if _is_full(job)}
        if job_id is not None:
            jobs = {job_id: jobs[job_id]} if job_id in jobs else {}
        made = await self._database.fetch(SQL["shot_tasks"], workspace, list(jobs), shot_id)
        for job_id, tasks in groupby(made, key=lambda row: row["job_id"]):
            found = list(tasks)
            if not _is_made(found):
                continue
            then = await documents_at(
                self._database, workspace, jobs[job_id].project_id, jobs[job_id].edit_sequence
            )
            if then.get(LOCK_KIND, shot_id).content:
                continue
            await self._require_same_take(workspace, project_id, shot_id, then)
            cuts = await self._database.fetch(SQL["cuts_of_job"], workspace, job_id)
            render = _render(job_id, shot_id, found, [row["spec"] for row in cuts])
            render.lock.brought.extend(_brought(then, shot_id, render.lock))
            return render
        raise FailedPrecondition(
            "SHOT_NOT_MADE", f"Shot {shot_id} can't be locked: no render has made it yet. Render it first."
        )

    async def _require_same_take(
        self, workspace: UUID, project_id: UUID, shot_id: str, then: Documents
    ) -> None:
        now = await documents_at(self._database, workspace, project_id)
        if _edited(then, shot_id) != _edited(now, shot_id):
            raise FailedPrecondition(
                "TAKE_NOT_MADE",
                f"Shot {shot_id} can't be locked: its takes or brought files changed after its last render."
                " Render it first.",
            )

    @staticmethod
    async def hold(editing: Editing, render: ShotRender) -> None:
        """Keep the render's artifacts for the project, under the keys by which they are given."""
        await editing.tx.execute(
            SQL["give_artifacts"],
            editing.workspace_id,
            list(render.made_keys),
            list(render.given_keys),
            editing.now,
        )
        await editing.hold(render.given_keys)


def _is_full(job: rows.Job) -> bool:
    return job.options.quality != jobs_pb2.QUALITY_PROXY


def _is_made(tasks: Sequence[rows.Record]) -> bool:
    """Whether all of a shot is there; a shot whose clip was brought has no still."""
    if not any(row["kind"] == TaskKind.CLIP for row in tasks):
        return False
    return all(row["state"] == TaskState.DONE and row["manifest"] is not None for row in tasks)


def _brought(
    documents: Documents, shot_id: str, lock: timeline_pb2.ShotLock
) -> Sequence[timeline_pb2.Replacement]:
    """The brought files that a lock keeps, in the order of the credits: the picture, then the lines."""
    kept = {lock.still.digest, lock.clip.digest, *(line.speech.digest for line in lock.lines)}
    found = [
        timeline_pb2.Replacement.FromString(document.content)
        for subject, document in documents.of_kind(MEDIA_KIND).items()
        if document.content and subject.split("/")[0] == shot_id
    ]
    used = [replacement for replacement in found if replacement.artifact.digest in kept]
    return sorted(used, key=lambda replacement: replacement.target.line.line)


def _edited(documents: Documents, shot_id: str) -> dict[str, bytes]:
    """What was edited of a shot's takes and which files were brought for it, by subject."""
    return {
        f"{kind} {subject}": document.content
        for kind in (SHOT_KIND, TAKE_KIND, MEDIA_KIND)
        for subject, document in documents.of_kind(kind).items()
        if subject.split("/")[0] == shot_id
    }


def _render(job_id: UUID, shot_id: str, tasks: Sequence[rows.Record], cuts: Sequence[bytes]) -> ShotRender:
    manifests = [artifact_pb2.Manifest.FromString(row["manifest"]) for row in tasks]
    by_kind = {TaskKind(row["kind"]): _kept(made) for row, made in zip(tasks, manifests, strict=True)}
    speeches = [
        _kept(made) for row, made in zip(tasks, manifests, strict=True) if row["kind"] == TaskKind.SPEECH
    ]
    segment, shot, timing = _cut_of(shot_id, cuts)
    given = [
        given_key(row["kind"], made.engine, made.digest) for row, made in zip(tasks, manifests, strict=True)
    ]
    lock = timeline_pb2.ShotLock(
        job=convert.job_name(job_id),
        size=segment.size,
        still=by_kind.get(TaskKind.STILL),
        clip=by_kind[TaskKind.CLIP],
        timing=timing,
        lines=[
            timeline_pb2.KeptLine(
                character=cue.character,
                text=cue.text,
                dual=f"speech-{number}" in timing.simultaneous_roles,
                speech=speech,
            )
            for number, (cue, speech) in enumerate(zip(shot.cues, speeches, strict=True), start=1)
        ],
    )
    return ShotRender(lock, tuple(bytes(row["content_key"]) for row in tasks), tuple(given))


def _kept(manifest: artifact_pb2.Manifest) -> timeline_pb2.KeptArtifact:
    return timeline_pb2.KeptArtifact(
        digest=manifest.digest, engine=manifest.engine, length_ms=manifest.length_ms
    )


def _cut_of(
    shot_id: str, cuts: Sequence[bytes]
) -> tuple[task_pb2.SegmentSpec, task_pb2.SegmentShot, task_pb2.ShotTiming]:
    """The cut that shows a shot, the shot in it, and its timing with roles from "speech-1" on."""
    for content in cuts:
        spec = task_pb2.TaskSpec.FromString(content)
        for shot, timing in zip(spec.segment.shots, spec.timings, strict=False):
            if shot.shot_id == shot_id:
                for roles in (timing.speech_roles, timing.simultaneous_roles):
                    roles[:] = [f"speech-{role.rsplit('-', 1)[-1]}" for role in roles]
                return spec.segment, shot, timing
    raise AssertionError(f"no cut shows {shot_id}")
