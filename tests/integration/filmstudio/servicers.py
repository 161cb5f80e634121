"""The services of the client's tests: the gateway's own sessions, and jobs that follow a script."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.auth.v1 import auth_pb2
from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc
from studio_gateway.__main__ import Parts
from studio_gateway.servicers.auth import AuthServicer
from studio_gateway.signing import public_keys
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_jobs.store import rows
from studio_jobs.store.projects import Projects
from studio_jobs.uploads.sources import Sources
from studio_platform.errors import InvalidInput, NotFound, OutOfRange, Unauthenticated, Unavailable
from studio_platform.identity import ACCESS_TOKEN, FetchedKeys, Identity, IdentityTokenVerifier
from tests.integration.filmstudio.scripted import Script, ScriptedJob

PAGE_MAX = 2


class ScriptedProjects(projects_pb2_grpc.ProjectsServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListProjects(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListProjects", request)
        start = int(request.page_token or 0)
        page = self._script.projects[start : start + PAGE_MAX]
        end = start + len(page)
        token = str(end) if end < len(self._script.projects) else ""
        return projects_pb2.ListProjectsResponse(projects=page, next_page_token=token)

    async def CreateProject(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("CreateProject", request)
        return self._script.project(request.project.display_name)

    async def GetProject(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("GetProject", request)
        for project in self._script.projects:
            if project.name == request.name:
                return project
        raise NotFound("PROJECT_NOT_FOUND", "There is no such project.", resource_name=request.name)

    async def DeleteProject(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("DeleteProject", request)
        self._script.projects = [it for it in self._script.projects if it.name != request.name]
        return Empty()


class ShelvedProjects(Projects):
    """The texts of the script's projects; what reads and compares them is the job service's own."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def get(self, workspace: UUID, project_id: UUID) -> rows.Project | None:
        now = datetime.now(UTC)
        known = any(project.name == f"projects/{project_id}" for project in self._script.projects)
        return rows.Project(project_id, "", 1, 0, 0, now, now) if known else None

    async def revision(self, workspace: UUID, project_id: UUID, number: int) -> rows.Revision | None:
        texts = self._script.texts[f"projects/{project_id}"]
        if not 1 <= number <= len(texts):
            return None
        text = texts[number - 1]
        return rows.Revision(project_id, number, 0, text, hashlib.sha256(text).hexdigest(), datetime.now(UTC))

    async def revisions_page(
        self, workspace: UUID, project_id: UUID, before: int, most: int
    ) -> list[rows.RevisionEntry]:
        numbers = range(len(self._script.texts[f"projects/{project_id}"]), 0, -1)
        found = [await self.revision(workspace, project_id, n) for n in numbers if before == 0 or n < before]
        return [
            rows.RevisionEntry(r.project_id, r.number, r.format, len(r.content), r.sha256, r.created_at)
            for r in found[:most]
            if r is not None
        ]


class NoSources(Sources):
    """Nothing was uploaded here."""

    def __init__(self) -> None:
        """Without a store."""


class ScriptedScreenplays(ScreenplayServicer):
    def __init__(self, script: Script) -> None:
        super().__init__(ShelvedProjects(script), NoSources())
        self._script = script

    async def ImportScreenplay(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ImportScreenplay", request)
        if "ImportScreenplay" in self._script.hold:
            self._script.hold["ImportScreenplay"].set()
            await asyncio.Event().wait()
        if b"\0" in request.content:
            raise InvalidInput("SCREENPLAY_BINARY", "line 1: this is no text. Save it as UTF-8.")
        return screenplay_pb2.ScreenplayRevision(
            name=f"{request.project}/revisions/1", diagnostics=self._script.diagnostics
        )


class ScriptedCasting(casting_pb2_grpc.CastingServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListCastMembers(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListCastMembers", request)
        return casting_pb2.ListCastMembersResponse(cast_members=self._script.cast)

    async def UpdateCastMember(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateCastMember", request)
        (found,) = [one for one in self._script.cast if one.name == request.cast_member.name]
        return _edited(found, request.cast_member, request.update_mask)

    async def ListLocations(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListLocations", request)
        return casting_pb2.ListLocationsResponse(locations=self._script.locations)

    async def UpdateLocation(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateLocation", request)
        (found,) = [one for one in self._script.locations if one.name == request.location.name]
        return _edited(found, request.location, request.update_mask)


class ScriptedTimeline(timeline_pb2_grpc.TimelineServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def GetTimeline(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("GetTimeline", request)
        return self._script.timeline

    async def UpdateTimelineShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateTimelineShot", request)
        return request.shot

    async def MoveTimelineShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("MoveTimelineShot", request)
        return timeline_pb2.TimelineShot(name=request.name)

    async def ReplaceMedia(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ReplaceMedia", request)
        kept = timeline_pb2.KeptArtifact(digest="d" * 64, length_ms=2_500)
        return timeline_pb2.Replacement(target=request.target, credit=request.credit, artifact=kept)

    async def RestoreMedia(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("RestoreMedia", request)
        return timeline_pb2.RestoreMediaResponse()

    async def LockTimelineShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("LockTimelineShot", request)
        lock = timeline_pb2.ShotLock(job="jobs/0")
        return timeline_pb2.TimelineShot(name=request.name, display_name="1.1", lock=lock)

    async def UnlockTimelineShot(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UnlockTimelineShot", request)
        return timeline_pb2.TimelineShot(name=request.name, display_name="1.1")

    async def UpdateTimelineScene(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateTimelineScene", request)
        return request.scene

    async def UpdateTitles(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("UpdateTitles", request)
        return request.titles


def _edited(found: Any, wanted: Any, mask: FieldMask) -> Any:
    for path in mask.paths:
        found.ClearField(path)
    mask.MergeMessage(wanted, found)
    found.edited_fields.MergeFrom(mask)
    return found


class ScriptedJobs(jobs_pb2_grpc.JobsServiceServicer):
    def __init__(self, script: Script, draining: asyncio.Event) -> None:
        self._script = script
        self._draining = draining

    async def CreateJob(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("CreateJob", request)
        if request.request_id not in self._script.created:
            job = ScriptedJob(request.project, request.options)
            self._script.created[request.request_id] = job
            self._script.jobs.insert(0, job)
            self._script.on_create(job)
        self._script.lose("CreateJob")
        return self._script.created[request.request_id].message

    async def PlanRender(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        """One task, the film of the text."""
        self._script.asked("PlanRender", request)
        key = hashlib.sha256(request.content).hexdigest()
        film = jobs_pb2.PlannedTask(
            number=1,
            kind=task_pb2.TASK_KIND_FILM,
            display_name="film",
            plan_key=key,
            verdict=jobs_pb2.VERDICT_RUN,
        )
        film.run_ms.expected = 2_500
        return jobs_pb2.RenderPlan(tasks=[film], total=jobs_pb2.PlannedStage(tasks=1, runs=1))

    async def RetryJob(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("RetryJob", request)
        job = self._script.job(self._script.find(request.name).message.project)
        self._script.on_create(job)
        return job.message

    async def GetJob(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("GetJob", request)
        return self._script.find(request.name).message

    async def ListJobs(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListJobs", request)
        start = int(request.page_token or 0)
        ordered = sorted(self._script.jobs, key=lambda job: job.name, reverse=True)
        page = ordered[start : start + min(request.page_size, PAGE_MAX)]
        end = start + len(page)
        token = str(end) if end < len(self._script.jobs) else ""
        return jobs_pb2.ListJobsResponse(jobs=[job.message for job in page], next_page_token=token)

    async def ListTasks(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListTasks", request)
        tasks = self._script.find(request.job).tasks
        start = int(request.page_token or 0)
        end = min(start + PAGE_MAX, len(tasks))
        token = str(end) if end < len(tasks) else ""
        return jobs_pb2.ListTasksResponse(tasks=tasks[start:end], next_page_token=token)

    async def CancelJob(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("CancelJob", request)
        job = self._script.find(request.name)
        await job.event(jobs_pb2.JobState.Name(job.message.state)[len("JOB_STATE_") :], cancel_requested=True)
        await job.event("CANCELLED")
        return job.message

    async def WatchJob(  # noqa: N802 - the contract's
        self, request: jobs_pb2.WatchJobRequest, context: Any
    ) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        self._script.asked("WatchJob", request)
        job = self._script.find(request.name)
        if request.since_sequence + 1 < job.oldest_kept:
            metadata = {"oldest_sequence": str(job.oldest_kept)}
            raise OutOfRange("EVENTS_EXPIRED", "Older events are gone.", metadata=metadata)
        left = self._script.breaks.popleft() if self._script.breaks else None
        try:
            async for update in self._until_drained(job.since(request.since_sequence)):
                if left == 0:
                    raise Unavailable("GONE", "The connection broke.")
                yield update
                left = None if left is None else left - 1
        finally:
            self._script.watch_ended.set()

    async def _until_drained(self, updates: AsyncIterator[Any]) -> AsyncIterator[Any]:
        draining = asyncio.ensure_future(self._draining.wait())
        try:
            while True:
                following = asyncio.ensure_future(anext(updates))
                await asyncio.wait({following, draining}, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    following.cancel()
                    return
                yield following.result()
        finally:
            draining.cancel()

    async def GetDownloadUrl(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("GetDownloadUrl", request)
        job = self._script.find(request.name)
        content = job.files[request.asset or jobs_pb2.ASSET_FILM]
        return jobs_pb2.GetDownloadUrlResponse(
            url=f"{self._script.files_address}/{job.name}/{request.asset or jobs_pb2.ASSET_FILM}",
            filename=f"../a-film{request.asset}.bin",
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="application/octet-stream",
        )

    async def GetCutList(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("GetCutList", request)
        job = self._script.find(request.name)
        if request.format == jobs_pb2.CUT_LIST_FORMAT_EDL and job.edl_refusal:
            raise job.edl_refusal
        suffix = "edl" if request.format == jobs_pb2.CUT_LIST_FORMAT_EDL else "otio"
        media = [jobs_pb2.CutMedia(path=path, asset=jobs_pb2.ASSET_FILM) for path in job.cut_paths]
        return jobs_pb2.CutList(filename=f"../ferry.{suffix}", content=f"a cut as {suffix}", media=media)


class ScriptedPools(pools_pb2_grpc.PoolsServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def ListPools(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("ListPools", request)
        return pools_pb2.ListPoolsResponse(pools=self._script.pools)

    async def CheckPool(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        self._script.asked("CheckPool", request)
        return pools_pb2.CheckPoolResponse(worker="w@host:1", queue_ms=20, run_ms=7, upload_ms=3, attempts=1)


class CountingAuth(AuthServicer):
    """The gateway's own, which also keeps the refresh tokens that it was given."""

    def __init__(self, script: Script, parts: Parts) -> None:
        super().__init__(parts.accounts, parts.sessions, parts.grants)
        self._script = script

    async def Refresh(self, request: auth_pb2.RefreshRequest, context: Any) -> auth_pb2.RefreshResponse:  # noqa: N802
        self._script.asked("Refresh", request)
        return await super().Refresh(request, context)

    async def Login(self, request: auth_pb2.LoginRequest, context: Any) -> auth_pb2.LoginResponse:  # noqa: N802
        self._script.asked("Login", request)
        return await super().Login(request, context)


class PickyVerifier:
    """The real check of tokens, but some are refused whatever they say."""

    def __init__(self, script: Script, parts: Parts) -> None:
        keys = FetchedKeys(lambda: public_keys(parts.store))
        self._real = IdentityTokenVerifier(keys, ACCESS_TOKEN)
        self._script = script

    async def verify(self, token: str) -> Identity:
        if self._script.refused_tokens:
            self._script.refused_tokens -= 1
            raise Unauthenticated("SESSION_OVER", "Your session is over. Sign in again.")
        return await self._real.verify(token)
