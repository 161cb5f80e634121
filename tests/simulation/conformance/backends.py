"""A database that a scenario runs on, real or twin, with a way to see that a session waits for a lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from studio_jobs.sql import SQL
from studio_platform.database import Connection, Database
from tests.simulation.postgres.pool import MemoryPool, database_on
from tests.simulation.postgres.server import MemoryPostgres

T = TypeVar("T")

_LOCK_WAITS = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and state = 'active'
"""
LOOK_INTERVAL_SECONDS = 0.005


class Backend(Protocol):
    """What a scenario needs besides the database."""

    @property
    def database(self) -> Database:
        """The database under test."""

    async def sessions_waiting(self) -> int:
        """How many sessions wait for a lock now."""


@dataclass(frozen=True, slots=True)
class RealPostgres:
    """A database on the test's server."""

    database: Database

    async def sessions_waiting(self) -> int:
        """See Backend."""
        return int(await self.database.fetchval(_LOCK_WAITS))


@dataclass(slots=True)
class TwinPostgres:
    """The twin in memory."""

    database: Database = field(init=False)
    _pool: MemoryPool = field(init=False)

    def __post_init__(self) -> None:
        self._pool = MemoryPool(MemoryPostgres())
        self.database = database_on(self._pool)

    async def sessions_waiting(self) -> int:
        """See Backend."""
        return sum(connection.is_waiting() for connection in self._pool.lent)


@dataclass(slots=True)
class Session:
    """One transaction of a race, told by hand."""

    connection: Connection

    async def fetch(self, name: str, *arguments: Any) -> list[dict[str, Any]]:
        """The rows of a named statement."""
        return [dict(row) for row in await self.connection.fetch(SQL[name], *arguments)]


@dataclass(slots=True)
class Race:
    """Two or more sessions on one backend."""

    backend: Backend

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A transaction: committed at the end of the block, rolled back on a raise."""
        async with self.backend.database.transaction() as connection:
            yield Session(connection)

    async def blocked(self, work: Awaitable[T]) -> asyncio.Task[T]:
        """Start work that must wait for a lock; returns once it does. Raises AssertionError if it ends."""
        waiting_before = await self.backend.sessions_waiting()
        task = asyncio.ensure_future(work)
        while await self.backend.sessions_waiting() <= waiting_before:
            assert not task.done(), "it did not wait"
            await asyncio.sleep(LOOK_INTERVAL_SECONDS)
        return task
