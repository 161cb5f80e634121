"""A job service that can be killed on real servers, its workers and a patient caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc

from filmstudio.auth.v1 import auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.servicers.auth import KeysServicer
from studio_gateway.signing import ensure_signing_key
from studio_jobs.fault_points import POINTS
from studio_jobs.wake import Loop, wake_subject
from studio_platform.clock import SystemClock
from studio_platform.database import Database
from studio_platform.identity import INTERNAL_TOKEN, Identity, TokenSigner
from studio_platform.testing.buckets import Bucket
from tests.integration.jobs.mortal import MortalProcess, PlayedWorkers
from tests.integration.jobs.stage import SCRIPT, UNNARRATED

OWNER = frozenset({"owner"})
WEBHOOKS = frozenset({"webhooks.read", "webhooks.write"})
SCOPES = frozenset(
    {"jobs.read", "jobs.write", "projects.read", "projects.write", "workspaces.purge", *WEBHOOKS}
)
CALL_SECONDS = 5
RETRY_PAUSE_SECONDS = 0.1
ORDERS_ARE_OUT = """
    select exists (select from runs where state = 'DISPATCHED') and not exists (
        select from outbox where subject like 'studio.tasks.%'
    )
"""

LEASES_ARE_OVER = "update jobs set planning_lease_until = planning_lease_until - interval '1 minute'"
CANCELS_ARE_OLD = "update runs set cancel_requested_at = cancel_requested_at - interval '1 minute'"
ORDERS_ARE_MISSED = """
    update runs set
        dispatched_at = dispatched_at - interval '1 minute',
        missing_since = missing_since - interval '1 minute'
    where run_id = any($1::uuid[]) and state = 'DISPATCHED'
"""


@dataclass(slots=True)
class Client:
    """A caller who asks again until the service is there to answer."""

    channel: grpc.aio.Channel
    signer: TokenSigner
    workspace: str

    async def ask(self, method: Any, request: Any) -> Any:
        while True:
            token, _ = self.signer.sign(Identity(str(uuid4()), self.workspace, SCOPES, OWNER))
            metadata = (("authorization", f"Bearer {token}"),)
            try:
                return await method(request, metadata=metadata, timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def submit(self, script: bytes = SCRIPT) -> jobs_pb2.Job:
        """A job on a new project."""
        projects = projects_pb2_grpc.ProjectsServiceStub(self.channel)
        project = await self.ask(
            projects.CreateProject,
            projects_pb2.CreateProjectRequest(
                project=projects_pb2.Project(display_name="Test"), request_id=str(uuid4())
            ),
        )
        screenplays = screenplay_pb2_grpc.ScreenplayServiceStub(self.channel)
        text = screenplay_pb2.ImportScreenplayRequest(project=project.name, content=script)
        await self.ask(screenplays.ImportScreenplay, text)
        return await self.render(project.name)

    async def render(self, project: str) -> jobs_pb2.Job:
        stub = jobs_pb2_grpc.JobsServiceStub(self.channel)
        request = jobs_pb2.CreateJobRequest(project=project, request_id=str(uuid4()), options=UNNARRATED)
        while True:
            try:
                job: jobs_pb2.Job = await self.ask(stub.CreateJob, request)
                return job
            except grpc.aio.AioRpcError as error:
                # No worker has announced its pool to the new process yet.
                if error.code() is not grpc.StatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def cancel(self, job: jobs_pb2.Job) -> None:
        stub = jobs_pb2_grpc.JobsServiceStub(self.channel)
        await self.ask(stub.CancelJob, jobs_pb2.CancelJobRequest(name=job.name))

    async def ended(self, job: jobs_pb2.Job) -> jobs_pb2.Job:
        stub = jobs_pb2_grpc.JobsServiceStub(self.channel)
        now: jobs_pb2.Job
        while True:
            now = await self.ask(stub.GetJob, jobs_pb2.GetJobRequest(name=job.name))
            if now.HasField("end_time"):
                return now
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def events(self, job: jobs_pb2.Job) -> list[jobs_pb2.JobEvent]:
        stub = jobs_pb2_grpc.JobsServiceStub(self.channel)
        token, _ = self.signer.sign(Identity(str(uuid4()), self.workspace, SCOPES, OWNER))
        stream = stub.WatchJob(
            jobs_pb2.WatchJobRequest(name=job.name), metadata=(("authorization", f"Bearer {token}"),)
        )
        return [update.event async for update in stream if update.HasField("event")]


@dataclass(slots=True)
class Scene:
    """A mortal job service, workers, a caller, and a look into its database."""

    process: MortalProcess
    workers: PlayedWorkers
    client: Client
    database: Database

    @asynccontextmanager
    async def played(self, *stages: Collection[str]) -> AsyncIterator[None]:
        """The service lives, to die at these points, stage by stage, and the workers work."""
        with self.process.living(*stages):
            beside = [asyncio.create_task(work) for work in (self.workers.work(), self._time_flies())]
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    async def _time_flies(self) -> None:
        """Nobody waits for a lease of one who was killed, a report that nobody sends, or a lost order."""
        struck: set[str] = set()
        while True:
            if not struck >= self.process.struck:
                struck = self.process.struck
                await self.database.execute(LEASES_ARE_OVER)
                await self.database.execute(CANCELS_ARE_OLD)
            await self.database.execute(ORDERS_ARE_MISSED, [*self.workers.dropped])
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def until_struck_awake(self, loop: Loop, points: Collection[str]) -> None:
        """Return when it died at each of these points of a loop that is woken all the while."""
        while not set(points) <= self.process.struck:
            await self.workers.broker.poke(wake_subject(loop), b"test")
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def until_orders_are_out(self) -> None:
        """Return when runs are dispatched and their orders are at the broker."""
        while not await self.database.fetchval(ORDERS_ARE_OUT):  # noqa: ASYNC110 - another process's work
            await asyncio.sleep(RETRY_PAUSE_SECONDS)


@asynccontextmanager
async def gateway_at(port: int) -> AsyncIterator[TokenSigner]:
    """A gateway's KeysService, and what signs the tokens that it passes inward."""
    keys = MemoryAccountStore()
    server = grpc.aio.server()
    auth_pb2_grpc.add_KeysServiceServicer_to_server(KeysServicer(keys), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    yield TokenSigner(await ensure_signing_key(keys, SystemClock()), INTERNAL_TOKEN)
    await server.stop(0)


def environment(url: str, nats_url: str, bucket: Bucket, jobs_port: int, gateway_port: int) -> dict[str, str]:
    """The settings of the service."""
    return {
        "FILM_DATABASE_URL": url,
        "FILM_NATS_URL": nats_url,
        "FILM_S3_ENDPOINT": bucket.endpoint,
        "FILM_S3_ACCESS_KEY": bucket.admin.access_key,
        "FILM_S3_SECRET_KEY": bucket.admin.secret_key,
        "FILM_S3_BUCKET": bucket.name,
        "FILM_LISTEN": f"127.0.0.1:{jobs_port}",
        "FILM_HEALTH_LISTEN": "127.0.0.1:0",
        "FILM_GATEWAY_ADDRESS": f"127.0.0.1:{gateway_port}",
        "FILM_SWEEP_INTERVAL_MS": "200",
        "FILM_LOOP_POLL_MS": "100",
        "FILM_WEBHOOK_PRIVATE_ADDRESSES": "true",
    }


def points_of(*words: str) -> set[str]:
    """The fault points of these parts of the job service."""
    return {point for point in POINTS if point.split(".")[1] in words}
