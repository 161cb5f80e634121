"""Signed addresses of what a job made."""

from __future__ import annotations

import re
from datetime import timedelta

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.states import JobState
from studio_jobs.owner import not_found
from studio_jobs.store import rows
from studio_jobs.store.jobs import Jobs
from studio_jobs.store.projects import Projects
from studio_platform.clock import Clock
from studio_platform.errors import FailedPrecondition, FieldViolation, InvalidInput
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

URL_LIFE_SECONDS = 900

_ASSETS = {
    jobs_pb2.ASSET_FILM: ("film", ".mp4"),
    jobs_pb2.ASSET_POSTER: ("poster", ".jpg"),
    jobs_pb2.ASSET_SUBTITLES_SRT: ("subtitles-srt", ".srt"),
    jobs_pb2.ASSET_SUBTITLES_VTT: ("subtitles-vtt", ".vtt"),
    jobs_pb2.ASSET_REPORT: ("report", ".json"),
    jobs_pb2.ASSET_THUMBNAILS: ("thumbnails", "-thumbnails.jpg"),
    jobs_pb2.ASSET_THUMBNAILS_VTT: ("thumbnails-vtt", "-thumbnails.vtt"),
    jobs_pb2.ASSET_PREVIEW: ("preview", "-preview.webp"),
    jobs_pb2.ASSET_AUDIO: ("audio", ".m4a"),
    jobs_pb2.ASSET_LYRICS: ("lyrics", ".lrc"),
    jobs_pb2.ASSET_STORYBOARD_PDF: ("sheet-pdf", ".pdf"),
    jobs_pb2.ASSET_STORYBOARD_HTML: ("sheet-html", ".html"),
}

STEMS = {
    "dialogue": jobs_pb2.ASSET_STEM_DIALOGUE,
    "music": jobs_pb2.ASSET_STEM_MUSIC,
    "effects": jobs_pb2.ASSET_STEM_EFFECTS,
}
"""Of scenes: each is a part of the task that cuts one."""

_ROLES_OF_STEMS = {asset: role for role, asset in STEMS.items()}

_SUFFIXES_OF_FORMS = {"video/webm": ".webm"}

SUFFIXES = {"image/png": ".png", "video/mp4": ".mp4", "audio/flac": ".flac", "image/jpeg": ".jpg"}
_FILES_OF_TASKS = "a still, a clip, a speech, music, effects or a stem"

_MAIN_ASSETS = {
    jobs_pb2.TARGET_TABLE_READ: jobs_pb2.ASSET_AUDIO,
    jobs_pb2.TARGET_STORYBOARD: jobs_pb2.ASSET_STORYBOARD_PDF,
}
"""What is meant when a request names no file; of other targets the film."""


def not_completed(job: rows.Job, lacking: str) -> FailedPrecondition:
    """What is said to who wants something of a job that only a completed one has."""
    return FailedPrecondition(
        "JOB_NOT_COMPLETED",
        f"Only a COMPLETED job has {lacking}; this one is {job.state.value}.",
        metadata={"state": job.state.value},
    )


class Downloads:
    """Signs addresses for a quarter of an hour; the bytes never pass through a service."""

    def __init__(self, jobs: Jobs, projects: Projects, objects: ObjectStore, clock: Clock) -> None:
        self._jobs = jobs
        self._projects = projects
        self._objects = objects
        self._clock = clock

    async def sign(
        self, job: rows.Job, asset: jobs_pb2.Asset.ValueType, output: str = ""
    ) -> jobs_pb2.GetDownloadUrlResponse:
        """The address of one file, of a further output by its name.

        Raises FailedPrecondition before COMPLETED, NotFound without the output or the file.
        """
        if job.state is not JobState.COMPLETED or job.film_key is None:
            raise not_completed(job, "files to download")
        if asset in _ROLES_OF_STEMS:
            raise _invalid("task", "must be the number of a task that cuts a scene: stems are a scene's")
        role, usual = _ASSETS[asset or _MAIN_ASSETS.get(job.options.target, jobs_pb2.ASSET_FILM)]
        part = await self._part(job, _key_of(job, output), role)
        suffix = _SUFFIXES_OF_FORMS.get(part.media_type, usual)
        stem = await self.file_stem(job)
        return await self._signed(job, part, f"{stem}-{output}{suffix}" if output else stem + suffix)

    async def sign_task(
        self, job: rows.Job, number: int, asset: jobs_pb2.Asset.ValueType
    ) -> jobs_pb2.GetDownloadUrlResponse:
        """The address of what a task made: a stem of a scene's cut, or without an asset what it is about.

        Raises InvalidInput for an asset of the film, NotFound without the task, its artifact or the file.
        """
        if asset and asset not in _ROLES_OF_STEMS:
            raise _invalid("asset", "is a file of the film; a task has stems, or what it is about")
        page = await self._jobs.tasks_page(job.workspace_id, job.job_id, number - 1, 1)
        task = next((row for row in page if row["number"] == number and row["content_key"]), None)
        if task is None:
            raise not_found(convert.task_name(job.job_id, number))
        role = _ROLES_OF_STEMS.get(asset, "")
        part = await self._part(job, bytes(task["content_key"]), role)
        if not role and part.media_type not in SUFFIXES:
            raise not_found(f"{convert.task_name(job.job_id, number)}, {_FILES_OF_TASKS}")
        words = [await self.file_stem(job), plain(task["display_name"]), *([role] if role else [])]
        return await self._signed(job, part, "-".join(words) + SUFFIXES.get(part.media_type, ""))

    async def _signed(
        self, job: rows.Job, part: artifact_pb2.ManifestPart, filename: str
    ) -> jobs_pb2.GetDownloadUrlResponse:
        url = await self._objects.presigned_get(
            blob_key(str(job.workspace_id), part.sha256),
            expires_seconds=URL_LIFE_SECONDS,
            filename=filename,
            media_type=part.media_type,
        )
        return jobs_pb2.GetDownloadUrlResponse(
            url=url,
            expire_time=convert.timestamp(self._clock.now() + timedelta(seconds=URL_LIFE_SECONDS)),
            filename=filename,
            size_bytes=part.size_bytes,
            sha256=part.sha256,
            media_type=part.media_type,
        )

    async def _part(self, job: rows.Job, key: bytes, role: str) -> artifact_pb2.ManifestPart:
        """The part of a role; the first for an empty one. Raises NotFound."""
        data = await self._jobs.artifact(job.workspace_id, key)
        parts = artifact_pb2.Manifest.FromString(data).parts if data else ()
        for part in parts:
            if part.role == role or not role:
                return part
        raise not_found(f"{convert.job_name(job.job_id)}, file {role}")

    async def file_stem(self, job: rows.Job) -> str:
        """What the files of a job are called, without a suffix: the project's name in plain letters."""
        project = await self._projects.get(job.workspace_id, job.project_id)
        return plain(project.display_name if project else "film") or "film"


def plain(words: str) -> str:
    """Words as they can stand in the name of a file; may be empty."""
    return re.sub(r"[^\w-]+", "-", words, flags=re.ASCII).strip("-").lower()[:80]


def _invalid(field: str, text: str) -> InvalidInput:
    return InvalidInput("ASSET_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))


def _key_of(job: rows.Job, output: str) -> bytes:
    """The artifact of a further output, or of the film without a name. Raises NotFound."""
    if not output:
        return job.film_key or b""
    for wanted, key in zip(job.options.outputs, job.output_keys, strict=True):
        if wanted.name == output:
            return key
    raise not_found(f"{convert.job_name(job.job_id)}, output {output}")
