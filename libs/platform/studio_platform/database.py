"""Postgres: a pool that waits for its server, transactions, and SQL in named blocks of package files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import resources
from typing import Any, TypeAlias

import asyncpg
from prometheus_client import CollectorRegistry

from studio_platform.database_metered import MeteredPool
from studio_platform.deadlines import timeout_for_call
from studio_platform.errors import InvalidInput, Unavailable
from studio_platform.logs import get_logger
from studio_platform.settings import DatabaseSettings

ACQUIRE_TIMEOUT_SECONDS = 10.0
CONNECT_TIMEOUT_SECONDS = 5.0
RETRY_FIRST_SECONDS = 0.1
RETRY_MAX_SECONDS = 2.0
STATEMENTS_MAX = 100

# Quoted: generic in the stubs only.
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_NOT_THERE_YET = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_REFUSED_BY_POOLERS = "unsupported startup parameter"
_BLOCK = re.compile(r"^-- name: (?P<name>[a-z][a-z0-9_]*)\s*$", re.MULTILINE)
_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}")

_log = get_logger(__name__)


class Queries(Mapping[str, str]):
    """The named blocks of a .sql file: name -> SQL.

    A block opens with `-- name: claim_job` and a comment of one sentence that says what it does.
    """

    def __init__(self, text: str) -> None:
        """Raises ValueError for a repeated name, a block without a sentence, or one without SQL."""
        self._blocks: dict[str, str] = {}
        matches = list(_BLOCK.finditer(text))
        ends = [match.start() for match in matches[1:]] + [len(text)]
        for match, end in zip(matches, ends, strict=True):
            self._add(match["name"], text[match.end() : end].strip())

    @classmethod
    def load(cls, package: str, name: str) -> Queries:
        """The blocks of a file beside a package's modules. Raises FileNotFoundError, ValueError."""
        return cls(resources.files(package).joinpath(name).read_text("utf-8"))

    def _add(self, name: str, body: str) -> None:
        if name in self._blocks:
            raise ValueError(f"query {name} is there twice")
        if not body.startswith("-- "):
            raise ValueError(f"query {name} lacks the sentence that says what it does")
        if all(not line.strip() or line.lstrip().startswith("--") for line in body.splitlines()):
            raise ValueError(f"query {name} has no SQL")
        self._blocks[name] = body

    def __getitem__(self, name: str) -> str:
        return self._blocks[name]

    def __iter__(self) -> Any:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)


class Database:
    """A pool whose every connection sees one schema; raises Unavailable when Postgres is away.

    The four verbs run one statement each; `transaction` lends a connection within a transaction.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record] | MeteredPool, opening: str = "") -> None:
        """`opening` is SQL that begins each transaction; with it no statement runs outside of one."""
        self._pool = pool
        self._opening = opening

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool. Raises Unavailable if none comes free or Postgres goes away."""
        timeout = timeout_for_call(ACQUIRE_TIMEOUT_SECONDS)
        try:
            connection = await self._pool.acquire(timeout=timeout)
        except (*_NOT_THERE_YET, asyncpg.InterfaceError) as error:
            raise _unavailable(error) from error
        try:
            yield connection
        except (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, ConnectionError) as error:
            raise _unavailable(error) from error
        except asyncpg.InterfaceError as error:
            if not connection.is_closed():
                raise
            raise _unavailable(error) from error
        except asyncpg.CharacterNotInRepertoireError as error:
            raise InvalidInput(
                "TEXT_NOT_STORABLE", "A text holds the character NUL, which can't be kept.", repr(error)
            ) from error
        finally:
            await self._pool.release(connection, timeout=ACQUIRE_TIMEOUT_SECONDS)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a READ COMMITTED transaction: committed at the end, rolled back on a raise."""
        async with self.connection() as connection, connection.transaction():
            if self._opening:
                await connection.execute(self._opening)
            yield connection

    def _statement(self) -> AbstractAsyncContextManager[Connection]:
        return self.transaction() if self._opening else self.connection()

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of one statement."""
        async with self._statement() as connection:
            return await connection.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row of one statement, or None."""
        async with self._statement() as connection:
            return await connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row of one statement, or None."""
        async with self._statement() as connection:
            return await connection.fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> str:
        """Runs one statement; the command tag, such as "UPDATE 1"."""
        async with self._statement() as connection:
            return await connection.execute(sql, *arguments)


@asynccontextmanager
async def open_database(
    settings: DatabaseSettings, schema: str, registry: CollectorRegistry | None = None
) -> AsyncIterator[Database]:
    """The database with `schema` alone in the search path; waits for Postgres within the setting.

    With a registry the pool has gauges there.

    Raises Unavailable when Postgres doesn't come in time, ValueError for a bad schema name.
    """
    if not _SCHEMA.fullmatch(schema):
        raise ValueError(f"schema {schema!r} is not a plain lower-case name")
    pool = await _pool_with_retries(settings, schema)
    try:
        opening = _opening(settings, schema) if settings.database_pooled else ""
        yield Database(pool if registry is None else MeteredPool(pool, registry), opening)
    finally:
        await _close(pool)


async def _pool_with_retries(settings: DatabaseSettings, schema: str) -> asyncpg.Pool[asyncpg.Record]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + settings.database_wait_seconds
    pause_seconds = RETRY_FIRST_SECONDS
    while True:
        try:
            return await _create_pool(settings, schema)
        except _NOT_THERE_YET as error:
            if _REFUSED_BY_POOLERS in str(error):
                raise _unavailable(error, "that is a pooler: set FILM_DATABASE_POOLED to true") from error
            if loop.time() + pause_seconds > deadline:
                raise _unavailable(error) from error
            _log.info("postgres is not there yet", error=str(error), retry_seconds=pause_seconds)
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 2, RETRY_MAX_SECONDS)


async def _create_pool(settings: DatabaseSettings, schema: str) -> asyncpg.Pool[asyncpg.Record]:
    name = {"application_name": f"film-{schema}"}
    # A pooler refuses what it can't keep for each client, and gives the next transaction another session.
    of_session = {"search_path": schema, "statement_timeout": str(_statement_timeout_ms(settings))}
    return await asyncpg.create_pool(
        settings.database_url.get_secret_value(),
        min_size=1,
        max_size=settings.database_pool_size_max,
        timeout=CONNECT_TIMEOUT_SECONDS,
        reset=_leave,
        server_settings=name if settings.database_pooled else name | of_session,
        statement_cache_size=0 if settings.database_pooled else STATEMENTS_MAX,
    )


def _opening(settings: DatabaseSettings, schema: str) -> str:
    timeout_ms = _statement_timeout_ms(settings)
    return f"set local search_path to {schema}; set local statement_timeout to {timeout_ms}"


def _statement_timeout_ms(settings: DatabaseSettings) -> int:
    return round(settings.database_statement_timeout_seconds * 1000)


async def _leave(_connection: Any) -> None:
    """Nothing of ours outlives its transaction, so no round trip is spent to forget a session's state."""


async def _close(pool: asyncpg.Pool[asyncpg.Record]) -> None:
    try:
        async with asyncio.timeout(ACQUIRE_TIMEOUT_SECONDS):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _unavailable(error: BaseException, cure: str = "") -> Unavailable:
    text = f"{error!r}; {cure}" if cure else repr(error)
    return Unavailable("DATABASE_UNAVAILABLE", "The database is away; try again shortly.", text)
