"""A job is pinned to the cast that belongs to its newest edit, whatever comes while it is created."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.sql import SQL
from studio_jobs.store.castings import unpacked
from studio_platform.database import Database
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.stage import UNNARRATED, Stage, build_stage
from tests.integration.jobs.test_casting import Cast

LOOK = "a woman in a red coat"
PATIENCE_SECONDS = 20.0


class Watched:
    """A connection that calls `meanwhile` once a project was read, before whoever read it goes on."""

    def __init__(self, connection: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        row = await self._connection.fetchrow(sql, *arguments)
        if sql == SQL["project"]:
            await self._meanwhile()
        return row


class Interrupted(Database):
    """A database of such connections."""

    def __init__(self, database: Database, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(database._pool, database._opening)
        self._meanwhile = meanwhile

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        async with super().connection() as connection:
            yield Watched(connection, self._meanwhile)


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    cast = Cast(stage, CastingServicer(stage.database, stage.projects, stage.log))
    await cast.bring()
    return cast


async def waits_for_a_lock(database: Database) -> bool:
    """Whether a connection to this database waits for another's transaction."""
    waiting = (
        "select exists (select from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock')"
    )
    return bool(await database.fetchval(waiting))


async def test_an_edit_while_a_job_is_created_is_in_its_cast_and_its_number_or_in_neither(cast: Cast) -> None:
    stage, edits = cast.stage, list[asyncio.Task[Any]]()
    before = await stage.projects.get(stage.workspace, cast.project)
    assert before is not None

    async def edit() -> None:
        """Edit the cast as somebody else, as far as the job's creation lets them."""
        if edits:
            return
        edits.append(asyncio.create_task(cast.edit("MARA", look=LOOK)))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not edits[0].done() and not await waits_for_a_lock(stage.database):
                pass

    interrupted = build_stage(Interrupted(stage.database, edit), stage.broker, MemoryObjectStore())
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{cast.project}", request_id=str(uuid4()), options=UNNARRATED
    )

    job = await interrupted.submissions.submit(stage.workspace, request)
    await edits[0]

    pinned = unpacked(await stage.database.fetchval(SQL["job_casting"], job.job_id))
    assert (pinned.parts["MARA"].look == LOOK) is (job.edit_sequence > before.edit_sequence)
