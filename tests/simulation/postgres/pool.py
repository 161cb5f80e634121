"""Connections to the twin of Postgres in the shape of asyncpg's, for the real Database to run on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, cast

import asyncpg

from studio_platform.database import Database
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.server import NAMES, MemoryPostgres
from tests.simulation.postgres.transaction import Transaction

Roundtrip = Callable[["MemoryConnection", str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Carries one request of a session to the server and its answer back, by the name of what is asked."""

POOL_SIZE_MAX = 10


async def direct(_connection: MemoryConnection, _name: str, request: Callable[[], Awaitable[Any]]) -> Any:
    """The network of a test that wants none."""
    return await request()


class MemoryConnection:
    """One session: at most one transaction at a time; after an error within it only its end is accepted."""

    def __init__(self, server: MemoryPostgres, roundtrip: Roundtrip) -> None:
        self._server = server
        self._roundtrip = roundtrip
        self._open: Transaction | None = None
        self._failed = False
        self._closed = False

    def is_closed(self) -> bool:
        """Whether the session is gone."""
        return self._closed

    def is_waiting(self) -> bool:
        """Whether its statement waits for a lock."""
        return self._open is not None and bool(self._open.waits_for)

    def sever(self) -> None:
        """End the session as a dead client does: the server rolls back."""
        self._closed = True
        if self._open is not None and not self._open.is_over:
            self._open.roll_back()
        self._open = None

    async def fetch(self, sql: str, *arguments: Any) -> list[Row]:
        """All rows of one statement."""
        answer = await self._ask(sql, arguments)
        return answer if isinstance(answer, list) else []

    async def fetchrow(self, sql: str, *arguments: Any) -> Row | None:
        """The first row of one statement, or None."""
        rows = await self.fetch(sql, *arguments)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row of one statement, or None."""
        row = await self.fetchrow(sql, *arguments)
        return next(iter(row.values())) if row else None

    async def execute(self, sql: str, *arguments: Any) -> str:
        """Runs one statement; the number of its rows, without the tag's words."""
        answer = await self._ask(sql, arguments)
        return str(len(answer) if isinstance(answer, list) else answer)

    def transaction(self) -> MemoryTransactionBlock:
        """A block that commits at its end, or rolls back on a raise."""
        return MemoryTransactionBlock(self)

    async def begin(self) -> None:
        """BEGIN."""
        await self._carry("begin", self._begin)

    async def commit(self) -> None:
        """COMMIT."""
        await self._carry("commit", self._commit)

    async def roll_back(self) -> None:
        """ROLLBACK."""
        await self._carry("rollback", self._roll_back)

    async def _ask(self, sql: str, arguments: tuple[Any, ...]) -> list[Row] | int:
        async def request() -> list[Row] | int:
            return await self._run(sql, arguments)

        return cast("list[Row] | int", await self._carry(NAMES[sql], request))

    async def _carry(self, name: str, request: Callable[[], Awaitable[Any]]) -> Any:
        if self._closed:
            raise asyncpg.InterfaceError("connection is closed")
        return await self._roundtrip(self, name, request)

    async def _run(self, sql: str, arguments: tuple[Any, ...]) -> list[Row] | int:
        if self._open is not None:
            return await self._run_within(self._open, sql, arguments)
        alone = self._open = self._server.begin()
        try:
            answer = await self._server.run(alone, sql, arguments)
            self._require_open()
        except BaseException:
            alone.roll_back()
            raise
        else:
            alone.commit()
            return answer
        finally:
            self._open = None

    async def _run_within(
        self, transaction: Transaction, sql: str, arguments: tuple[Any, ...]
    ) -> list[Row] | int:
        if self._failed:
            raise asyncpg.InFailedSQLTransactionError("current transaction is aborted")
        try:
            answer = await self._server.run(transaction, sql, arguments)
            self._require_open()
        except BaseException:
            self._failed = True
            if self._closed:
                transaction.roll_back()
            raise
        return answer

    def _require_open(self) -> None:
        """A statement that waited while its session died has no effect."""
        if self._closed:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    async def _begin(self) -> None:
        self._open, self._failed = self._server.begin(), False

    async def _commit(self) -> None:
        assert self._open is not None
        if self._failed:
            self._open.roll_back()
        else:
            self._open.commit()
        self._open, self._failed = None, False

    async def _roll_back(self) -> None:
        if self._open is not None:
            self._open.roll_back()
        self._open, self._failed = None, False


class MemoryTransactionBlock:
    """`async with connection.transaction()`."""

    def __init__(self, connection: MemoryConnection) -> None:
        self._connection = connection

    async def __aenter__(self) -> None:
        await self._connection.begin()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        _raised: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            await self._connection.commit()
        elif not self._connection.is_closed():
            await self._connection.roll_back()


class MemoryPool:
    """A process's connections, at most `size_max` at a time."""

    def __init__(
        self, server: MemoryPostgres, roundtrip: Roundtrip = direct, size_max: int = POOL_SIZE_MAX
    ) -> None:
        self._server = server
        self._roundtrip = roundtrip
        self._free = asyncio.Semaphore(size_max)
        self.lent: set[MemoryConnection] = set()

    async def acquire(self, *, timeout: float | None = None) -> MemoryConnection:  # noqa: ASYNC109 - as asyncpg's
        """A session. Raises TimeoutError when none comes free."""
        async with asyncio.timeout(timeout):
            await self._free.acquire()
        connection = MemoryConnection(self._server, self._roundtrip)
        self.lent.add(connection)
        return connection

    async def release(self, connection: MemoryConnection, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Give a session back; what it left open is rolled back."""
        connection.sever()
        self.lent.discard(connection)
        self._free.release()

    def sever(self) -> None:
        """End every session, as the death of the client or a restart of the server does."""
        for connection in list(self.lent):
            connection.sever()


def database_on(pool: MemoryPool) -> Database:
    """The real Database over a pool of the twin's sessions."""
    return Database(cast("asyncpg.Pool[asyncpg.Record]", pool))
