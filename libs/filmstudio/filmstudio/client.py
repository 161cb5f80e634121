"""The Python client: one object for a studio, its methods named by what they do."""

from __future__ import annotations

import asyncio
import hashlib
import os
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import grpc

from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.session import CALL_TIMEOUT_SECONDS, Account, Session

SCREENPLAY_MAX_BYTES = 2 * 1024 * 1024
RECONNECT_PAUSE_SECONDS = 0.5
AWAY_MAX_SECONDS = 60.0
DOWNLOAD_TIMEOUT_SECONDS = 60.0
DOWNLOAD_CHUNK_BYTES = 1024 * 1024
MESSAGE_MAX_BYTES = 4 * 1024 * 1024

T = TypeVar("T")

TERMINAL_STATES = frozenset(
    {jobs_pb2.JOB_STATE_COMPLETED, jobs_pb2.JOB_STATE_FAILED, jobs_pb2.JOB_STATE_CANCELLED}
)


class DownloadError(Exception):
    """A download that did not arrive whole."""


@asynccontextmanager
async def connect(address: str, account: Account) -> AsyncIterator[FilmStudio]:
    """A client of the studio at host:port, signed in on first use."""
    options = [
        ("grpc.max_receive_message_length", MESSAGE_MAX_BYTES),
        ("grpc.max_reconnect_backoff_ms", 1000),
    ]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        yield FilmStudio(channel, Session(channel, account))


class FilmStudio:
    """Calls of one account. UNAVAILABLE is tried again for a minute; other errors are grpc's own."""

    def __init__(self, channel: grpc.aio.Channel, session: Session) -> None:
        self._session = session
        self._projects = projects_pb2_grpc.ProjectsServiceStub(channel)
        self._screenplays = screenplay_pb2_grpc.ScreenplayServiceStub(channel)
        self._jobs = jobs_pb2_grpc.JobsServiceStub(channel)
        self._pools = pools_pb2_grpc.PoolsServiceStub(channel)

    async def project_called(self, display_name: str) -> projects_pb2.Project:
        """The newest project of this name, made when there is none."""
        token = ""
        while True:
            request = projects_pb2.ListProjectsRequest(page_size=200, page_token=token)
            page = await self._call(self._projects.ListProjects, request)
            for project in page.projects:
                if project.display_name == display_name:
                    return project
            token = page.next_page_token
            if not token:
                break
        create = projects_pb2.CreateProjectRequest(
            project=projects_pb2.Project(display_name=display_name), request_id=str(uuid4())
        )
        return await self._call(self._projects.CreateProject, create)

    async def import_screenplay(self, project: str, content: bytes) -> screenplay_pb2.ScreenplayRevision:
        """Keep a text as the project's next revision; the same text again is the revision that holds it."""
        request = screenplay_pb2.ImportScreenplayRequest(project=project, content=content)
        return await self._call(self._screenplays.ImportScreenplay, request)

    async def create_job(
        self, project: str, revision: str, options: jobs_pb2.RenderOptions | None = None
    ) -> jobs_pb2.Job:
        """Start a render; sent twice by a lost answer, it is still one job."""
        request = jobs_pb2.CreateJobRequest(
            project=project, revision=revision, options=options, request_id=str(uuid4())
        )
        return await self._call(self._jobs.CreateJob, request)

    async def job(self, name: str) -> jobs_pb2.Job:
        """One job."""
        return await self._call(self._jobs.GetJob, jobs_pb2.GetJobRequest(name=name))

    async def jobs(self, page_size: int = 50) -> list[jobs_pb2.Job]:
        """The newest jobs."""
        page = await self._call(self._jobs.ListJobs, jobs_pb2.ListJobsRequest(page_size=page_size))
        return list(page.jobs)

    async def tasks(self, job: str) -> list[jobs_pb2.Task]:
        """All tasks of a job in the plan's order."""
        tasks: list[jobs_pb2.Task] = []
        token = ""
        while True:
            request = jobs_pb2.ListTasksRequest(job=job, page_size=1000, page_token=token)
            page = await self._call(self._jobs.ListTasks, request)
            tasks += page.tasks
            token = page.next_page_token
            if not token:
                return tasks

    async def cancel(self, name: str) -> jobs_pb2.Job:
        """Ask a job to stop."""
        return await self._call(self._jobs.CancelJob, jobs_pb2.CancelJobRequest(name=name))

    async def retry(self, name: str) -> jobs_pb2.Job:
        """A new job on the pinned inputs of one that failed or was cancelled."""
        request = jobs_pb2.RetryJobRequest(name=name, request_id=str(uuid4()))
        return await self._call(self._jobs.RetryJob, request)

    async def pools(self) -> list[pools_pb2.Pool]:
        """The studio's pools."""
        return list((await self._call(self._pools.ListPools, pools_pb2.ListPoolsRequest())).pools)

    async def watch(self, name: str, since_sequence: int = 0) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        """Every event after a number, then live, until the job is terminal; survives lost connections."""
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while True:
            request = jobs_pb2.WatchJobRequest(name=name, since_sequence=since_sequence)
            try:
                async for update in self._jobs.WatchJob(request, metadata=await self._session.metadata()):
                    heard_at = loop.time()
                    yield update
                    if update.HasField("event"):
                        since_sequence = update.event.sequence
                        if update.event.state in TERMINAL_STATES:
                            return
            except grpc.aio.AioRpcError as error:
                self._require_passing(error, loop.time() - heard_at)
            await asyncio.sleep(RECONNECT_PAUSE_SECONDS)

    async def download_url(
        self, job: str, asset: jobs_pb2.Asset.ValueType = jobs_pb2.ASSET_FILM
    ) -> jobs_pb2.GetDownloadUrlResponse:
        """A signed address of one file."""
        return await self._call(
            self._jobs.GetDownloadUrl, jobs_pb2.GetDownloadUrlRequest(name=job, asset=asset)
        )

    async def download(
        self, job: str, path: Path, asset: jobs_pb2.Asset.ValueType = jobs_pb2.ASSET_FILM
    ) -> None:
        """Write a file of a job, whole or not at all. Raises DownloadError, OSError."""
        signed = await self.download_url(job, asset)
        await asyncio.to_thread(_fetch, signed, path)

    async def _call(self, method: Callable[..., Awaitable[T]], request: Any) -> T:
        loop = asyncio.get_running_loop()
        started_at = loop.time()
        while True:
            try:
                answer = await method(
                    request, timeout=CALL_TIMEOUT_SECONDS, metadata=await self._session.metadata()
                )
            except grpc.aio.AioRpcError as error:
                self._require_passing(error, loop.time() - started_at)
                await asyncio.sleep(RECONNECT_PAUSE_SECONDS)
            else:
                return answer

    def _require_passing(self, error: grpc.aio.AioRpcError, away_seconds: float) -> None:
        """Raise an error that trying again does not mend."""
        if error.code() is not grpc.StatusCode.UNAVAILABLE or away_seconds > AWAY_MAX_SECONDS:
            raise error


def _fetch(signed: jobs_pb2.GetDownloadUrlResponse, path: Path) -> None:
    if not signed.url.startswith(("http://", "https://")):
        raise DownloadError(f"{signed.url} is no web address")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    digest = hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(signed.url, timeout=DOWNLOAD_TIMEOUT_SECONDS) as answer,  # noqa: S310
            part.open("wb") as file,
        ):
            while chunk := answer.read(DOWNLOAD_CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != signed.sha256:
            raise DownloadError(f"{path} did not arrive whole; download it again")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
