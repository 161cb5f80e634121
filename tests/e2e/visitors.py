"""Accounts of a test's own, over gRPC: nothing that they render was made before."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc

from filmstudio.account import Account
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.client import FilmStudio, connect
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from tests.e2e.conftest import Studio

POOLS = 11
PATIENCE_SECONDS = 100.0
CALL_TIMEOUT_SECONDS = 30.0

SMALL = jobs_pb2.RenderOptions(narrate=False, size=task_pb2.Size(width_px=320, height_px=180))

SCRIPT = b"""Title: A Room

INT. KITCHEN - NIGHT

Rain on the window.

MARA
Is anybody there?
"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """An account at the studio: its `client`, and a `channel` for calls whose refusals are looked at."""

    client: FilmStudio
    channel: grpc.aio.Channel

    async def ask(self, stub: Any, method: str, request: Any) -> Any:
        """The answer to one call, or to a stream its first; a token that it refuses is not sent again.

        Raises grpc.aio.AioRpcError.
        """
        metadata = await self.client.session.metadata()
        call = getattr(stub(self.channel), method)(request, metadata=metadata, timeout=CALL_TIMEOUT_SECONDS)
        try:
            return await (call if hasattr(call, "__await__") else call.read())
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                self.client.session.refuse(metadata)
            raise

    async def submitted(self, script: bytes = SCRIPT) -> jobs_pb2.Job:
        """A small job."""
        project = await self.client.project_called("A Room")
        revision = await self.client.import_screenplay(project.name, script)
        return await self.client.create_job(project.name, revision.name, SMALL)

    async def reached(self, job: jobs_pb2.Job, state: jobs_pb2.JobState.ValueType) -> None:
        """Return when a job enters a state."""
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(self.client.watch(job.name)) as updates:
            async for update in updates:
                if update.event.state == state:
                    return

    async def ended(self, job: jobs_pb2.Job, patience_seconds: float = PATIENCE_SECONDS) -> Made:
        """The job when it is terminal, with its film where there is one."""
        async with asyncio.timeout(patience_seconds):
            async for _ in self.client.watch(job.name):
                pass
        done = await self.client.job(job.name)
        film = await self._film(done) if done.state == jobs_pb2.JOB_STATE_COMPLETED else b""
        return Made(done, await self.client.tasks(job.name), film)

    async def _film(self, job: jobs_pb2.Job) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            await self.client.download(job.name, path)
            return await asyncio.to_thread(path.read_bytes)


@dataclass(frozen=True, slots=True)
class Made:
    """A job that ended."""

    job: jobs_pb2.Job
    tasks: Sequence[jobs_pb2.Task]
    film: bytes

    @property
    def again(self) -> set[str]:
        """The kinds of tasks that were dispatched more than once."""
        again = [task.kind for task in self.tasks if task.dispatch > 1]
        return {task_pb2.TaskKind.Name(kind).removeprefix("TASK_KIND_") for kind in again}


@asynccontextmanager
async def visitor(studio: Studio) -> AsyncIterator[Visitor]:
    """A new account, once every pool has announced itself."""
    account = Account(f"{uuid4().hex}@example.org", uuid4().hex)
    async with grpc.aio.insecure_channel(studio.address) as channel:
        request = auth_pb2.RegisterRequest(email=account.email, password=account.password)
        await auth_pb2_grpc.AuthServiceStub(channel).Register(
            request, timeout=CALL_TIMEOUT_SECONDS, wait_for_ready=True
        )
        async with connect(studio.address, account) as client:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(await client.pools()) < POOLS:
                    pass
            yield Visitor(client, channel)


def made_by_a_visitor(studio: Studio) -> Made:
    """What an undisturbed render comes to."""

    async def make() -> Made:
        async with visitor(studio) as somebody:
            return await somebody.ended(await somebody.submitted())

    return asyncio.run(make())


def registered_key(studio: Studio) -> str:
    """The API key of a new account."""

    async def make() -> str:
        async with visitor(studio) as somebody:
            return (await somebody.client.api_keys.make("a program")).secret

    return asyncio.run(make())
