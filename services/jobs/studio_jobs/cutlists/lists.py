"""Cut lists of finished films, with the files that they name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.cutlists.cut import Cut
from studio_jobs.cutlists.edl import edl_of
from studio_jobs.cutlists.otio import CONTENT_MAX_BYTES, otio_of
from studio_jobs.cutlists.planned import cut_of
from studio_jobs.domain.states import JobState
from studio_jobs.downloads import STEMS, Downloads, not_completed
from studio_jobs.owner import not_found
from studio_jobs.store import rows
from studio_jobs.store.jobs import Jobs
from studio_platform.database import Database, Queries
from studio_platform.errors import FailedPrecondition

CUT_LISTS = Queries.load("studio_jobs.sql", "cutlists.sql")

_EDL = jobs_pb2.CUT_LIST_FORMAT_EDL


class CutLists:
    """Made when they are asked for: the plan of a job and what came of it say all."""

    def __init__(self, database: Database, jobs: Jobs, downloads: Downloads) -> None:
        self._database = database
        self._jobs = jobs
        self._downloads = downloads

    async def of(self, job: rows.Job, wanted: jobs_pb2.CutListFormat.ValueType) -> jobs_pb2.CutList:
        """The cut list of a job.

        Raises FailedPrecondition before COMPLETED, without a film, or where the list is too long.
        """
        _require_film(job)
        data = await self._jobs.artifact(job.workspace_id, job.film_key or b"")
        if data is None:
            raise not_found(f"{convert.job_name(job.job_id)}, film")
        frames = artifact_pb2.Manifest.FromString(data).frames
        found = await self._database.fetch(CUT_LISTS["cut_tasks"], job.workspace_id, job.job_id)
        name = await self._downloads.file_stem(job)
        return await asyncio.to_thread(_written, cut_of(job, found, frames), wanted, name)


def _require_film(job: rows.Job) -> None:
    if job.state is not JobState.COMPLETED:
        raise not_completed(job, "a cut")
    if job.options.target in (jobs_pb2.TARGET_TABLE_READ, jobs_pb2.TARGET_STORYBOARD):
        target = jobs_pb2.Target.Name(job.options.target)
        raise FailedPrecondition(
            "JOB_WITHOUT_FILM", f"Only a film or an animatic has a cut; this job made a {target}."
        )


def _written(cut: Cut, wanted: jobs_pb2.CutListFormat.ValueType, name: str) -> jobs_pb2.CutList:
    content = edl_of(cut) if wanted == _EDL else otio_of(cut)
    size_bytes = len(content.encode())
    if size_bytes > CONTENT_MAX_BYTES:
        raise FailedPrecondition(
            "CUT_LIST_TOO_LONG",
            f"This film's cut list has {size_bytes:,} bytes; {CONTENT_MAX_BYTES:,} are the most. "
            "Render it in parts, by scenes.",
            metadata={"bytes": str(size_bytes), "limit": str(CONTENT_MAX_BYTES)},
        )
    suffix, media_type = (
        (".edl", "text/plain") if wanted == _EDL else (".otio", "application/vnd.opentimelineio+json")
    )
    return jobs_pb2.CutList(filename=name + suffix, media_type=media_type, content=content, media=_media(cut))


def _media(cut: Cut) -> Iterator[jobs_pb2.CutMedia]:
    yield jobs_pb2.CutMedia(path=cut.film_path, asset=jobs_pb2.ASSET_FILM)
    for scene in cut.scenes:
        for shot in scene.shots:
            yield jobs_pb2.CutMedia(path=shot.path, task=shot.task)
        for stem in scene.stems:
            yield jobs_pb2.CutMedia(path=stem.path, task=scene.task, asset=STEMS[stem.kind])
