"""Real Postgres, NATS and S3 servers for tests: started from wheels on free ports."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from studio_platform.embedded import nats, objects, postgres
from studio_platform.embedded.commands import Command, run_to_end_blocking, spawn_options
from studio_platform.embedded.migrations import migrate_command
from studio_platform.embedded.ports import free_ports
from studio_platform.embedded.probes import Probe, http_probe, nats_probe, postgres_probe, wait_until_blocking

START_TIMEOUT_SECONDS = 60
STOP_GRACE_SECONDS = 3
LOG_TAIL_BYTES = 4_000


class ServerStartError(RuntimeError):
    """A server didn't get ready; the text is the end of its log."""


class ServerProcess:
    """A server that a test may also kill and start again; its data and port stay."""

    def __init__(self, command: Command, probe: Probe, log: Path) -> None:
        self._command = command
        self._probe = probe
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it and wait until it is ready. Raises ServerStartError."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **spawn_options(self._command),
            )
        if not wait_until_blocking(self._probe, START_TIMEOUT_SECONDS):
            self.kill()
            raise ServerStartError(self._log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace"))

    def stop(self) -> None:
        """Ask it to end; kill it after a grace."""
        if self._process is None:
            return
        self._process.send_signal(self._command.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL) and reap it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass(slots=True)
class PostgresServer:
    """A Postgres whose databases are cloned from one template for each set of migrations."""

    instance: postgres.PostgresInstance
    process: ServerProcess
    _templates: dict[str, str] = field(default_factory=dict)
    _passwords: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> PostgresServer:
        """A server that isn't started yet, with an empty data folder made in `folder`."""
        (port,) = free_ports(1)
        instance = postgres.plan_postgres(folder, port, secrets.token_hex(16), postgres.WITHOUT_DURABILITY)
        run_to_end_blocking(postgres.start_data_folder(instance, durable=False))
        postgres.finish_data_folder(instance)
        process = ServerProcess(instance.run_command(), postgres_probe(port), folder / "postgres.log")
        return cls(instance, process)

    def clone(self, migrations: Path, owner: str) -> str:
        """The address, for the role `owner`, of a new database with the `migrations` of that owner applied.

        Blocks for about 50 ms, and for a second at the first call with these migrations.
        """
        template = self._template(migrations, owner)
        database = f"test_{secrets.token_hex(6)}"
        self._execute(
            f"CREATE DATABASE {database} TEMPLATE {template}",
            f"ALTER ROLE {owner} IN DATABASE {database} SET search_path = {owner}",
        )
        return self.instance.url(database, owner, self._passwords[owner])

    def drop(self, url: str) -> None:
        """Remove a cloned database, whoever is still connected."""
        database = url.rsplit("/", 1)[1].split("?")[0]
        self._execute(f"DROP DATABASE {database} WITH (FORCE)")

    def _template(self, migrations: Path, owner: str) -> str:
        key = f"{owner}_{_digest(migrations)}"
        if key not in self._templates:
            self._templates[key] = self._make_template(migrations, owner, f"template_{key}")
        return self._templates[key]

    def _make_template(self, migrations: Path, owner: str, name: str) -> str:
        password = self._passwords.setdefault(owner, secrets.token_hex(16))
        self._execute(postgres.owner_role_sql(owner, password), f"CREATE DATABASE {name}")
        self._execute(postgres.owner_schema_sql(name, owner), database=name)
        run_to_end_blocking(migrate_command(self.instance.url(name, owner, password), migrations, owner))
        return name

    def _execute(self, *statements: str, database: str = "postgres") -> None:
        # A thread has a loop of its own, whether or not the caller runs in one. To fork the tests' process
        # for psql would take longer than the statements.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._executed(statements, database)).result()

    async def _executed(self, statements: Sequence[str], database: str) -> None:
        connection = await asyncpg.connect(self.instance.url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class NatsServer:
    """A nats-server with JetStream and an empty store; one user, who may do everything."""

    server: nats.NatsServer
    process: ServerProcess

    @classmethod
    def make(cls, folder: Path, users: tuple[nats.NatsUser, ...] = ()) -> NatsServer:
        """A server that isn't started yet. Without `users` there is one, "admin", who may do everything."""
        (port,) = free_ports(1)
        users = users or (nats.NatsUser("admin", secrets.token_hex(16)),)
        server = nats.NatsServer(folder, port, users)
        server.write_config()
        return cls(server, ServerProcess(server.run_command(), nats_probe(port), folder / "nats.log"))

    @property
    def url(self) -> str:
        """The address with the first user's name and password in it."""
        user = self.server.users[0]
        return f"nats://{user.name}:{user.password}@127.0.0.1:{self.server.port}"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A SeaweedFS with two identities: the administrator and a generator, who may read, list and write."""

    server: objects.ObjectServer
    process: ServerProcess

    @classmethod
    def make(cls, folder: Path) -> S3Server:
        """A server that isn't started yet."""
        admin = objects.administrator(secrets.token_hex(8), secrets.token_hex(16))
        generator = objects.generator(secrets.token_hex(8), secrets.token_hex(16))
        s3, master, volume, filer, admin_port = free_ports(objects.PORTS)
        server = objects.ObjectServer(folder, (s3, master, volume, filer, admin_port), (admin, generator))
        server.write_identities()
        return cls(server, ServerProcess(server.run_command(), http_probe(s3, "/healthz"), folder / "s3.log"))

    @property
    def endpoint(self) -> str:
        """host:port"""
        return self.server.endpoint

    @property
    def admin(self) -> objects.S3Identity:
        return self.server.identities[0]

    @property
    def generator(self) -> objects.S3Identity:
        return self.server.identities[1]


def _digest(migrations: Path) -> str:
    """What the files say, so that an edited migration makes a new template."""
    files = sorted(migrations.glob("*.sql"))
    content = b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:12]
