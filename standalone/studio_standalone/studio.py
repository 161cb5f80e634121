"""The plan of the whole studio: three servers, their preparation, the six services and their settings."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio_platform.embedded import nats, objects, postgres
from studio_platform.embedded.commands import Command, run_to_end
from studio_platform.embedded.migrations import migrate_command
from studio_platform.embedded.probes import http_probe, nats_probe, postgres_probe
from studio_platform.permissions import permissions_of
from studio_standalone.child import Service
from studio_standalone.home import Home
from studio_standalone.nursery import Room
from studio_standalone.settings import RESTART_PAUSE_MAX_SECONDS, START_TIMEOUT_SECONDS
from studio_standalone.state import HTTP, SERVICES, StudioState, ports_of
from studio_standalone.supervisor import Node, Step

BUCKET = "film"
DATABASE = "film"
OWNERS = ("gateway", "jobs")
GENERATORS = ("imagegen", "videogen", "audiogen", "composer")
SERVER_STOP_GRACE_SECONDS = 5.0
SERVICE_STOP_GRACE_SECONDS = 12.0
DRAIN_GRACE_SECONDS = 8
NEEDS = {
    "gateway": ("migrate-jobs", "nats", "s3"),
    "jobs": ("migrate-jobs", "nats", "s3"),
    **dict.fromkeys(GENERATORS, ("nats", "s3")),
}


@dataclass(frozen=True, slots=True)
class StudioPlan:
    """All that a studio is made of.

    `inherited` is the environment that services start from; `pipe_fd` is the reading end of a pipe that
    closes with the supervisor, or None where the kernel tells children of its end. `s3_endpoint` is a proxy
    before the S3 server, for services to use in its place. `restart_pause_max_seconds` and
    `start_timeout_seconds` are a service's.
    """

    home: Home
    state: StudioState
    inherited: Mapping[str, str]
    assets: Path
    pipe_fd: int | None = None
    s3_endpoint: str = ""
    restart_pause_max_seconds: float = RESTART_PAUSE_MAX_SECONDS
    start_timeout_seconds: float = START_TIMEOUT_SECONDS

    def nodes(self) -> tuple[Node, ...]:
        """Servers, steps and services, with their needs."""
        nodes = (*self._postgres_nodes(), self._nats_service(), self._object_service(), *self._services())
        return nodes if self.pipe_fd is None else tuple(_without_death_signal(node) for node in nodes)

    def _postgres_nodes(self) -> tuple[Node, ...]:
        instance = postgres.plan_postgres(
            self.home.postgres(), self.state.ports["postgres"], self.state.secrets["postgres-admin"]
        )

        async def make_data_folder() -> None:
            if not instance.is_made:
                await run_to_end(postgres.start_data_folder(instance))
                postgres.finish_data_folder(instance)

        async def make_owners() -> None:
            roles = [
                postgres.owner_role_sql(owner, self.state.secrets[f"postgres-{owner}"]) for owner in OWNERS
            ]
            await run_to_end(
                postgres.sql_command(instance, "".join([*roles, postgres.database_sql(DATABASE)]))
            )
            schemas = [postgres.owner_schema_sql(DATABASE, owner) for owner in OWNERS]
            await run_to_end(postgres.sql_command(instance, "".join(schemas), DATABASE))

        async def migrate_gateway() -> None:
            await self._migrate(instance, "gateway")

        async def migrate_jobs() -> None:
            await self._migrate(instance, "jobs")

        server = Service(
            "postgres",
            ("initdb",),
            instance.run_command(),
            postgres_probe(instance.port),
            SERVER_STOP_GRACE_SECONDS,
            (instance.port,),
        )
        return (
            Step("initdb", (), make_data_folder),
            server,
            Step("owners", ("postgres",), make_owners),
            Step("migrate-gateway", ("owners",), migrate_gateway),
            Step("migrate-jobs", ("migrate-gateway",), migrate_jobs),
        )

    async def _migrate(self, instance: postgres.PostgresInstance, owner: str) -> None:
        url = instance.url(DATABASE, owner, self.state.secrets[f"postgres-{owner}"])
        await run_to_end(migrate_command(url, migrations_of(owner), owner))

    def _nats_service(self) -> Service:
        users = [
            nats.NatsUser(name, self.state.secrets[f"nats-{name}"], permissions_of(name))
            for name in ("admin", *SERVICES)
        ]
        server = nats.NatsServer(self.home.nats, self.state.ports["nats"], tuple(users))
        server.write_config()
        command, probe = server.run_command(), nats_probe(server.port)
        return Service("nats", (), command, probe, SERVER_STOP_GRACE_SECONDS, (server.port,))

    def _object_service(self) -> Service:
        secrets, ports = self.state.secrets, self.state.ports
        identities = (
            objects.administrator(secrets["s3-jobs-access"], secrets["s3-jobs-secret"]),
            objects.generator(secrets["s3-generator-access"], secrets["s3-generator-secret"], BUCKET),
        )
        five = (ports["s3"], ports["s3-master"], ports["s3-volume"], ports["s3-filer"], ports["s3-admin"])
        server = objects.ObjectServer(self.home.objects, five, identities, BUCKET)
        server.write_identities()
        probe = http_probe(server.s3_port, "/healthz")
        listens = tuple(number for port in five for number in ports_of("s3", port))
        return Service("s3", (), server.run_command(), probe, SERVER_STOP_GRACE_SECONDS, listens)

    def _services(self) -> tuple[Service, ...]:
        return tuple(self._service(name) for name in SERVICES)

    def _service(self, name: str) -> Service:
        argv = (sys.executable, "-m", f"studio_{name}")
        inherited_fds = () if self.pipe_fd is None else (self.pipe_fd,)
        # Who has a studio on a machine may look at its contracts; FILM_REFLECTION=false takes that back.
        usual = {"FILM_REFLECTION": "true"} if name == "gateway" else {}
        environment = {**usual, **self.inherited, **self.settings_of(name)}
        command = Command(argv, self.home.path, environment, inherited_fds=inherited_fds)
        listens = [self.state.ports[name], self.state.ports[f"{name}-health"]]
        probe = http_probe(listens[1], "/readyz")
        if name == "gateway":
            listens.append(self.state.ports[HTTP])
        room = Room.SERVERS if name == "gateway" else Room.STORES
        return Service(
            name,
            NEEDS[name],
            command,
            probe,
            SERVICE_STOP_GRACE_SECONDS,
            tuple(listens),
            room,
            self.restart_pause_max_seconds,
            self.start_timeout_seconds,
        )

    def settings_of(self, name: str) -> dict[str, str]:
        """The FILM_ variables of a service."""
        settings = {
            "FILM_LISTEN": f"127.0.0.1:{self.state.ports[name]}",
            "FILM_HEALTH_LISTEN": f"127.0.0.1:{self.state.ports[f'{name}-health']}",
            "FILM_LOG_FORMAT": "json",
            "FILM_DRAIN_GRACE_SECONDS": str(DRAIN_GRACE_SECONDS),
            "FILM_NATS_URL": f"nats://127.0.0.1:{self.state.ports['nats']}",
            "FILM_NATS_USER": name,
            "FILM_NATS_PASSWORD": self.state.secrets[f"nats-{name}"],
            "FILM_JOBS_ADDRESS": f"127.0.0.1:{self.state.ports['jobs']}",
            "FILM_GATEWAY_ADDRESS": self.state.gateway_address,
            "FILM_ASSETS_DIR": str(self.assets),
            "FILM_PARENT_PIPE_FD": "" if self.pipe_fd is None else str(self.pipe_fd),
        }
        if name == "audiogen":
            settings["FILM_AUDIOGEN_VOICES_DIR"] = str(self.assets / "kokoro")
        if name in OWNERS:
            settings["FILM_DATABASE_URL"] = self._database_url(name)
        if name in ("gateway", "jobs"):
            settings["FILM_PUBLIC_BASE_URL"] = f"http://{self.state.http_address}"
        if name == "gateway":
            settings["FILM_HTTP_LISTEN"] = self.state.http_address
            settings["FILM_MEDIA_ORIGINS"] = f"http://127.0.0.1:{self.state.ports['s3']}"
            settings["FILM_LOCAL_ACCOUNT_EMAIL"] = self.state.account_email
            settings["FILM_LOCAL_ACCOUNT_PASSWORD"] = self.state.secrets["account"]
        else:
            settings |= self._object_settings("jobs" if name == "jobs" else "generator")
        return settings

    def _database_url(self, owner: str) -> str:
        password, port = self.state.secrets[f"postgres-{owner}"], self.state.ports["postgres"]
        return f"postgres://{owner}:{password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"

    def _object_settings(self, identity: str) -> dict[str, str]:
        endpoint = f"127.0.0.1:{self.state.ports['s3']}"
        return {
            "FILM_S3_ENDPOINT": self.s3_endpoint or endpoint,
            "FILM_S3_PUBLIC_ENDPOINT": endpoint,
            "FILM_S3_ACCESS_KEY": self.state.secrets[f"s3-{identity}-access"],
            "FILM_S3_SECRET_KEY": self.state.secrets[f"s3-{identity}-secret"],
            "FILM_S3_BUCKET": BUCKET,
            "FILM_S3_SECURE": "false",
        }


def _without_death_signal(node: Node) -> Node:
    """A service whose end with its parent rests on the pipe alone, as it must elsewhere."""
    if isinstance(node, Step):
        return node
    return replace(node, command=replace(node.command, death_signal=None))


def migrations_of(owner: str) -> Path:
    """The folder of an owner's migrations, found without importing the service.

    Raises FileNotFoundError naming the package if it isn't installed or has none.
    """
    spec = importlib.util.find_spec(f"studio_{owner}")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"studio_{owner} is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "migrations"
    if not folder.is_dir():
        raise FileNotFoundError(f"studio_{owner} has no migrations folder")
    return folder
