"""Migrations where an orchestrator runs the services: applied by one process, waited for by the others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg

from studio_platform.database import Queries, open_database
from studio_platform.embedded.commands import run_to_end
from studio_platform.embedded.migrations import migrate_command
from studio_platform.errands import Errand
from studio_platform.errors import InvalidInput, Unavailable
from studio_platform.logs import get_logger
from studio_platform.settings import DatabaseSettings

LOOK_SECONDS = 2.0
MIGRATIONS_MAX_SECONDS = 1800.0
WAIT_MAX_SECONDS = 1800.0

_QUERIES = Queries.load("studio_platform", "migrations.sql")
_log = get_logger(__name__)


def migration_errands(settings: DatabaseSettings, owner: str, migrations: Path) -> dict[str, Errand]:
    """What every service with a schema can be asked for besides serving."""
    return {
        "migrate": lambda: migrate(settings, owner, migrations),
        "wait-for-migrations": lambda: wait_until_migrated(settings, owner, migrations),
    }


async def migrate(settings: DatabaseSettings, owner: str, migrations: Path) -> None:
    """Brings the schema of `owner` up to date; its role may make schemas in the database.

    Raises CommandError with what went wrong, Unavailable when Postgres doesn't come, InvalidInput for an
    address of a pooler.
    """
    if settings.database_pooled:
        raise InvalidInput(
            "POOLED",
            "Migrations need a session of Postgres: give FILM_DATABASE_URL an address past the pooler, and "
            "leave FILM_DATABASE_POOLED out.",
        )
    before = await _applied(settings, owner)
    command = migrate_command(settings.database_url.get_secret_value(), migrations, owner)
    await run_to_end(command, MIGRATIONS_MAX_SECONDS)
    _log.info("migrated", schema=owner, applied=sorted(await _applied(settings, owner) - before))


async def wait_until_migrated(
    settings: DatabaseSettings, owner: str, migrations: Path, wait_seconds: float = WAIT_MAX_SECONDS
) -> None:
    """Waits until the schema of `owner` has every file of `migrations`, and perhaps later ones.

    Raises Unavailable naming the first that is missing after so long.
    """
    wanted = await asyncio.to_thread(_versions, migrations)
    deadline = asyncio.get_running_loop().time() + wait_seconds
    while missing := wanted - await _applied(settings, owner):
        if asyncio.get_running_loop().time() + LOOK_SECONDS > deadline:
            first = min(missing)
            raise Unavailable(
                "NOT_MIGRATED", "The database is not up to date.", f"schema {owner} lacks migration {first}"
            )
        _log.info("migrations are not there yet", schema=owner, missing=len(missing))
        await asyncio.sleep(LOOK_SECONDS)


def _versions(migrations: Path) -> set[str]:
    return {path.name.partition("_")[0] for path in migrations.glob("*.sql")}


async def _applied(settings: DatabaseSettings, owner: str) -> set[str]:
    """The versions that are applied; none while there is no table of them."""
    async with open_database(settings, owner) as database:
        try:
            rows = await database.fetch(_QUERIES["applied_versions"])
        except asyncpg.UndefinedTableError:
            return set()
    return {row["version"] for row in rows}
