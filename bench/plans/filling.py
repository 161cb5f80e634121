"""A real Postgres whose tables have so many rows, made by set-based SQL."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from pydantic import SecretStr

import studio_jobs
from studio_platform.database import Database, Queries, open_database
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.servers import PostgresServer

MIGRATIONS = Path(studio_jobs.__file__).parent / "migrations"
FILL = Queries.load("bench.plans", "fill.sql")
FILL_SECONDS_MAX = 1800
STATEMENT_SECONDS_MAX = 300


@asynccontextmanager
async def filled_database(rows: int) -> AsyncIterator[Database]:
    """The job service's schema with `rows` rows in each big table, on a server that is gone afterwards."""
    with running_postgres() as server:
        async with filled_at(server, rows) as database:
            yield database


@asynccontextmanager
async def filled_at(server: PostgresServer, rows: int) -> AsyncIterator[Database]:
    """The same in a new database of a server that goes on."""
    url = await asyncio.to_thread(server.clone, MIGRATIONS, "jobs")
    connection = await asyncpg.connect(url, command_timeout=FILL_SECONDS_MAX)
    try:
        await fill(connection, rows)
    finally:
        await connection.close()
    settings = DatabaseSettings(
        database_url=SecretStr(url), database_statement_timeout_seconds=STATEMENT_SECONDS_MAX
    )
    async with open_database(settings, "jobs") as database:
        yield database
    await asyncio.to_thread(server.drop, url)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="film-plans-") as folder:
        # Postgres runs as another account when root starts it.
        Path(folder).chmod(0o711)
        server = PostgresServer.make(Path(folder) / "pg")
        server.process.start()
        try:
            yield server
        finally:
            server.process.stop()


async def fill(connection: asyncpg.Connection[asyncpg.Record], rows: int) -> None:
    """Fill the empty tables of the schema's owner."""
    for statement in FILL.values():
        await connection.execute(statement, *([rows] if "$1" in statement else []))
    await connection.execute("vacuum analyze")
