"""The platform's database behind a real PgBouncer in transaction mode, and TLS that is verified in full."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

import studio_gateway
from studio_platform.database import Database, open_database
from studio_platform.embedded.commands import CommandError, run_to_end
from studio_platform.embedded.migrations import migrate_command
from studio_platform.errors import InvalidInput, Unavailable
from studio_platform.migrating import migrate, wait_until_migrated
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.certificates import certificate_for
from studio_platform.testing.servers import PostgresServer
from tests.integration.platform.pooler import PROGRAM, SESSIONS, Pooler, running_pooler

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"
CLIENTS = 8

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")


@pytest.fixture(scope="module")
def direct(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a migrated database at Postgres itself."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    # As other installations have it: the role itself knows no search path.
    database = url.rsplit("/", 1)[1].split("?")[0]
    postgres_server._execute(f"alter role gateway in database {database} reset search_path")
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="module")
def pooler(direct: str, servers_folder: Path) -> Iterator[Pooler]:
    """One pooler for all tests here."""
    with running_pooler(direct, servers_folder / "pooler") as running:
        yield running


def settings(url: str, **changed: object) -> DatabaseSettings:
    """A client of the pooler that gives up at once."""
    fields = {"database_pooled": True, "database_wait_seconds": 0.0, "database_pool_size_max": CLIENTS}
    return DatabaseSettings.model_validate({"database_url": SecretStr(url), **fields, **changed})


async def remember(database: Database, name: str) -> bytes | None:
    """A row written in a transaction and read by itself, by two statements with parameters."""
    async with database.transaction() as connection:
        await connection.execute("insert into secrets (name, value) values ($1, $2)", name, b"x" * 32)
        await connection.execute("update secrets set value = $2 where name = $1", name, name.encode() * 16)
    found: bytes | None = await database.fetchval("select value from secrets where name = $1", name)
    return found


async def test_many_clients_share_few_sessions_and_each_sees_its_schema(direct: str, pooler: Pooler) -> None:
    async with open_database(settings(pooler.url(direct)), "gateway") as database:
        names = [f"{number:02}" for number in range(40)]
        read = await asyncio.gather(*(remember(database, name) for name in names))
        sessions = await database.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database()"
        )

    assert read == [name.encode() * 16 for name in names]
    assert sessions <= SESSIONS


async def test_nothing_of_a_client_stays_in_a_session(direct: str, pooler: Pooler) -> None:
    async with open_database(settings(pooler.url(direct)), "gateway") as database:
        await asyncio.gather(*(database.fetchval("show search_path") for _ in range(CLIENTS)))
    other = await asyncpg.connect(pooler.url(direct), statement_cache_size=0)
    path, prepared = (
        await other.fetchval("show search_path"),
        await other.fetch("select * from pg_prepared_statements"),
    )
    await other.close()

    assert "gateway" not in path
    assert [row["name"] for row in prepared if row["name"]] == []


async def test_a_long_statement_ends_behind_a_pooler_too(direct: str, pooler: Pooler) -> None:
    short = settings(pooler.url(direct), database_statement_timeout_seconds=0.2)
    async with open_database(short, "gateway") as database:
        with pytest.raises(asyncpg.QueryCanceledError):
            await database.execute("select pg_sleep(30)")
        assert await database.fetchval("select 1") == 1


async def test_whoever_takes_a_pooler_for_postgres_is_told_at_once(direct: str, pooler: Pooler) -> None:
    mistaken = settings(pooler.url(direct), database_pooled=False, database_wait_seconds=600.0)

    with pytest.raises(Unavailable, match="set FILM_DATABASE_POOLED"):
        async with open_database(mistaken, "gateway"):
            pass


async def test_pods_wait_for_migrations_by_the_pooler_and_make_them_past_it(
    direct: str, pooler: Pooler
) -> None:
    await wait_until_migrated(settings(pooler.url(direct)), "gateway", MIGRATIONS, wait_seconds=0)

    with pytest.raises(InvalidInput, match="past the pooler"):
        await migrate(settings(pooler.url(direct)), "gateway", MIGRATIONS)


async def test_a_server_with_a_trusted_certificate_for_its_name_is_spoken_to(
    direct: str, pooler: Pooler
) -> None:
    async with open_database(settings(pooler.verified(direct)), "gateway") as database:
        assert await database.fetchval("select 1") == 1


@pytest.mark.parametrize("fault", ["another name", "not trusted"])
async def test_any_other_server_is_not(fault: str, direct: str, pooler: Pooler, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_bytes(certificate_for("localhost")[1])
    url = (
        pooler.verified(direct, "127.0.0.1")
        if fault == "another name"
        else pooler.verified(direct, authority=authority)
    )

    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncpg.connect(url)
    # The program of migrations reads the same address.
    with pytest.raises(CommandError, match="failed to verify certificate"):
        await run_to_end(migrate_command(url, MIGRATIONS, "gateway"))
