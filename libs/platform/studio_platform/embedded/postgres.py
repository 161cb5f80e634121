"""The embedded Postgres: its folder, the commands that make and run it, and the roles of its owners."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio_platform.embedded.accounts import ServerAccount, unprivileged_account
from studio_platform.embedded.binaries import PostgresBinaries, postgres_binaries
from studio_platform.embedded.commands import Command

ADMINISTRATOR = "film"
INITDB_TIMEOUT_SECONDS = 120
PSQL_TIMEOUT_SECONDS = 30
LOCALE = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}

# A test's data needn't outlive the machine.
WITHOUT_DURABILITY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class PostgresSetupError(RuntimeError):
    """Postgres couldn't be set up; the text holds what its program said."""


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


def make_data_folder(instance: PostgresInstance, durable: bool = True) -> None:
    """Create the data folder with initdb, complete or not at all. Raises PostgresSetupError.

    Takes about half a second and blocks. `durable` False skips the final sync.
    """
    unfinished = instance.data.with_name(instance.data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    secret = instance.data.with_name("administrator.secret")
    secret.touch(mode=0o600)
    secret.write_text(instance.password)
    if instance.account is not None:
        instance.account.take(unfinished)
        instance.account.take(secret)
    argv = [str(instance.binaries.bin / "initdb"), "-D", str(unfinished), "-U", ADMINISTRATOR]
    argv += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"]
    argv += ["--locale-provider=builtin", "--locale=C.UTF-8", *([] if durable else ["--no-sync"])]
    try:
        _run(argv, instance.account, unfinished)
    finally:
        secret.unlink()
    unfinished.rename(instance.data)


def execute_sql(instance: PostgresInstance, sql: str, database: str = "postgres") -> None:
    """Run statements as the administrator, each committed by itself. Blocks; raises PostgresSetupError."""
    argv = [str(instance.binaries.bin / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    argv += ["--host=127.0.0.1", f"--port={instance.port}", f"--username={ADMINISTRATOR}", database]
    done = subprocess.run(
        argv,
        input=sql,
        env={**LOCALE, "PGPASSWORD": instance.password, "PGOPTIONS": "-c client_min_messages=warning"},
        capture_output=True,
        text=True,
        timeout=PSQL_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise PostgresSetupError(done.stderr.strip())


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


def _run(argv: Sequence[str], account: ServerAccount | None, folder: Path) -> None:
    done = subprocess.run(
        argv,
        cwd=folder,
        env={**LOCALE, "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=INITDB_TIMEOUT_SECONDS,
        check=False,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )
    if done.returncode != 0:
        raise PostgresSetupError(done.stderr.strip() or done.stdout.strip())
