"""The embedded Postgres: its folder, the commands that make and run it, and the roles of its owners."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.accounts import ServerAccount, unprivileged_account
from studio_platform.embedded.binaries import PostgresBinaries, postgres_binaries
from studio_platform.embedded.commands import Command

ADMINISTRATOR = "film"
LOCALE = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}

# A test's data needn't outlive the machine.
WITHOUT_DURABILITY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True, slots=True)
class PostgresInstance:
    """One server's data folder, port and administrator's password. Loopback TCP only, SCRAM passwords."""

    data: Path
    port: int
    password: str
    binaries: PostgresBinaries
    account: ServerAccount | None
    settings: tuple[str, ...] = ()

    @property
    def is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def run_command(self) -> Command:
        """The server in the foreground; SIGINT ends it at once and in good order."""
        choices = ("listen_addresses=127.0.0.1", "unix_socket_directories=", *self.settings)
        options = [word for choice in choices for word in ("-c", choice)]
        argv = (str(self.binaries.bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *options)
        interrupt = signal.SIGINT
        return Command(argv, self.data, LOCALE, self.account, stop_signal=interrupt, death_signal=interrupt)

    def url(self, database: str, role: str = ADMINISTRATOR, password: str | None = None) -> str:
        """The address of `database` for `role`; the administrator's password unless another is given."""
        secret = self.password if password is None else password
        return f"postgres://{role}:{secret}@127.0.0.1:{self.port}/{database}?sslmode=disable"


def plan_postgres(folder: Path, port: int, password: str, settings: Sequence[str] = ()) -> PostgresInstance:
    """An instance with its data in `folder`/<major version>; as root, with programs that `nobody` may run.

    `folder` must be reachable for `nobody` when this process is root.
    """
    binaries = postgres_binaries()
    account = unprivileged_account()
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / str(binaries.major)
    if account is not None and not account.may_enter(binaries.bin):
        binaries = binaries.copied_to(folder / "programs")
    return PostgresInstance(data, port, password, binaries, account, tuple(settings))


def start_data_folder(instance: PostgresInstance, durable: bool = True) -> Command:
    """Lay an empty data folder and the administrator's secret; the command that fills it (half a second).

    When the command is done, `finish_data_folder` puts the folder in its place: there is a whole one or none.
    `durable` False skips the final sync.
    """
    unfinished, secret = _unfinished(instance), _secret_file(instance)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(instance.password)
    if instance.account is not None:
        instance.account.take(unfinished)
        instance.account.take(secret)
    argv = [str(instance.binaries.bin / "initdb"), "-D", str(unfinished), "-U", ADMINISTRATOR]
    argv += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"]
    argv += ["--locale-provider=builtin", "--locale=C.UTF-8", *([] if durable else ["--no-sync"])]
    return Command(tuple(argv), unfinished, {**LOCALE, "PATH": os.defpath}, instance.account)


def finish_data_folder(instance: PostgresInstance) -> None:
    """Put the filled data folder in its place and remove the administrator's secret."""
    _secret_file(instance).unlink()
    _unfinished(instance).rename(instance.data)


def sql_command(instance: PostgresInstance, sql: str, database: str = "postgres") -> Command:
    """The command that runs statements as the administrator, each committed by itself, to the first fault."""
    argv = [str(instance.binaries.bin / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    argv += ["--host=127.0.0.1", f"--port={instance.port}", f"--username={ADMINISTRATOR}", database]
    environment = {**LOCALE, "PGPASSWORD": instance.password, "PGOPTIONS": "-c client_min_messages=warning"}
    return Command(tuple(argv), instance.data.parent, environment, standard_input=sql.encode())


def owner_role_sql(owner: str, password: str) -> str:
    """Statements that make `owner` a role that signs in with `password`; run again, they renew the password.

    `password` must consist of letters, digits, '-' and '_' only. Raises ValueError otherwise.
    """
    _refuse_odd(owner, password)
    return f"""
        DO $$ BEGIN
            IF to_regrole('{owner}') IS NULL THEN CREATE ROLE {owner} LOGIN; END IF;
        END $$;
        ALTER ROLE {owner} LOGIN PASSWORD '{password}';
    """


def database_sql(database: str) -> str:
    """psql input that makes `database` unless it exists."""
    _refuse_odd(database)
    exists = f"SELECT FROM pg_database WHERE datname = '{database}'"
    return f"SELECT 'CREATE DATABASE {database}' WHERE NOT EXISTS ({exists}) \\gexec\n"


def owner_schema_sql(database: str, owner: str) -> str:
    """Statements, to be run in `database`, that give `owner` a schema of its name as its only search path."""
    _refuse_odd(database, owner)
    return f"""
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT CONNECT, CREATE ON DATABASE {database} TO {owner};
        CREATE SCHEMA IF NOT EXISTS {owner} AUTHORIZATION {owner};
        ALTER ROLE {owner} IN DATABASE {database} SET search_path = {owner};
    """


def _refuse_odd(*words: str) -> None:
    for word in words:
        if not word.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"not a plain word: {word!r}")


def _unfinished(instance: PostgresInstance) -> Path:
    return instance.data.with_name(instance.data.name + ".new")


def _secret_file(instance: PostgresInstance) -> Path:
    return instance.data.with_name("administrator.secret")
