"""The platform's database on a real Postgres: waiting, transactions, and what an outage looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

import studio_gateway
from studio_platform.database import Database, open_database
from studio_platform.embedded.ports import free_ports
from studio_platform.errors import InvalidInput, Unavailable
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.servers import PostgresServer

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"


@pytest.fixture
def settings(database_url: Callable[..., str]) -> DatabaseSettings:
    """A database of the test's own, one connection."""
    return DatabaseSettings(
        database_url=SecretStr(database_url(MIGRATIONS)),
        database_pool_size_max=1,
        database_statement_timeout_seconds=0.5,
    )


async def add_secret(database: Database, name: str) -> None:
    """A row to look for."""
    await database.execute("insert into secrets (name, value) values ($1, $2)", name, b"x" * 32)


async def test_connections_see_the_schema_alone_and_end_long_statements(settings: DatabaseSettings) -> None:
    async with open_database(settings, "gateway") as database:
        path = await database.fetchval("show search_path")
        with pytest.raises(asyncpg.QueryCanceledError):
            await database.execute("select pg_sleep(30)")

    assert path == "gateway"


async def test_a_text_with_a_nul_is_bad_input(settings: DatabaseSettings) -> None:
    async with open_database(settings, "gateway") as database:
        with pytest.raises(InvalidInput) as caught:
            await database.fetch("select name from secrets where name = $1", "a\0b")

    assert caught.value.reason == "TEXT_NOT_STORABLE"


async def test_a_transaction_commits_whole_or_not_at_all(settings: DatabaseSettings) -> None:
    async def half_done(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into secrets (name, value) values ('lost', $1)", b"x" * 32)
            raise LookupError("half way")

    async with open_database(settings, "gateway") as database:
        await add_secret(database, "kept")
        with pytest.raises(LookupError):
            await half_done(database)
        rows = await database.fetch("select name from secrets")

    assert [row["name"] for row in rows] == ["kept"]


async def test_a_connection_that_was_cut_is_unavailable_once_and_then_works(
    settings: DatabaseSettings,
) -> None:
    async with open_database(settings, "gateway") as database:
        with pytest.raises(Unavailable) as cut:
            await database.execute("select pg_terminate_backend(pg_backend_pid())")
        row = await database.fetchrow("select 1 as one")

    assert cut.value.reason == "DATABASE_UNAVAILABLE"
    assert row is not None
    assert row["one"] == 1


async def test_the_start_waits_for_postgres_only_so_long() -> None:
    (port,) = free_ports(1)
    url = SecretStr(f"postgresql://gateway:x@127.0.0.1:{port}/film")

    with pytest.raises(Unavailable):
        async with open_database(DatabaseSettings(database_url=url, database_wait_seconds=0.2), "gateway"):
            pass


async def answered_for_ever(database: Database) -> None:
    while True:
        await database.fetch("select name from secrets")


async def test_a_killed_postgres_is_unavailable_until_it_is_back(
    settings: DatabaseSettings, servers_folder: Path
) -> None:
    server = PostgresServer.make(servers_folder / "killed")
    server.process.start()
    url = SecretStr(server.clone(MIGRATIONS, "gateway"))
    own = settings.model_copy(update={"database_url": url})
    async with open_database(own, "gateway") as database:
        server.process.kill()
        # The killed server's own children answer until they notice.
        with pytest.raises(Unavailable):
            await answered_for_ever(database)
        with pytest.raises(Unavailable):
            await database.fetch("select name from secrets")
        server.process.start()
        answer = await database.fetchval("select 1")
    server.process.stop()

    assert answer == 1


@pytest.mark.parametrize("schema", ["", "Gateway", "a; drop", "1a"])
async def test_an_odd_schema_name_is_refused(settings: DatabaseSettings, schema: str) -> None:
    with pytest.raises(ValueError, match="schema"):
        async with open_database(settings, schema):
            pass
