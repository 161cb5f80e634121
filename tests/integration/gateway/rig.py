"""The gateway as a process on a real Postgres, and a job service of the test's own behind it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

import studio_gateway
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_platform.channels import open_channel
from studio_platform.embedded.ports import free_ports
from studio_platform.errors import NotFound
from studio_platform.identity import FetchedKeys, InternalTokenVerifier, current_identity
from studio_platform.ids import new_id
from studio_platform.jwks import fetch_keys
from studio_platform.policies import MethodPolicies
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"
JOB = "jobs/00000000-0000-7000-8000-000000000007"
MISSING = "jobs/00000000-0000-7000-8000-000000000000"
PASSWORD = "correct horse battery"
JOBS = jobs_pb2.DESCRIPTOR.services_by_name["JobsService"]


@dataclass
class Gateway:
    """A running gateway process."""

    process: subprocess.Popen[bytes]
    address: str
    http_address: str
    jobs_address: str
    database_url: str


@contextmanager
def running_gateway(database_url: str, log: Path, **more: str) -> Iterator[Gateway]:
    """Starts the process; kills it at the end if it still lives."""
    port, http_port, health_port, jobs_port = free_ports(4)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FILM_")},
        "FILM_DATABASE_URL": database_url,
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HTTP_LISTEN": f"127.0.0.1:{http_port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_JOBS_ADDRESS": f"127.0.0.1:{jobs_port}",
        "FILM_DRAIN_GRACE_SECONDS": "5",
        "FILM_LIMIT_AUTH_PER_MINUTE": "10000",
        **more,
    }
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "studio_gateway"], env=environment, stderr=stream)
    try:
        address, http_address, jobs_address = (
            f"127.0.0.1:{chosen}" for chosen in (port, http_port, jobs_port)
        )
        yield Gateway(process, address, http_address, jobs_address, database_url)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


async def wait_until_serving(channel: grpc.aio.Channel) -> None:
    """Follows the health service until it says SERVING."""
    request = health_pb2.HealthCheckRequest()
    stub = health_pb2_grpc.HealthStub(channel)
    async for answer in stub.Watch(request, timeout=60, wait_for_ready=True):
        if answer.status == health_pb2.HealthCheckResponse.SERVING:
            return


async def registered(channel: grpc.aio.Channel, forwarded_for: str = "") -> auth_pb2.RegisterResponse:
    """A new account's first answer; `forwarded_for` is what a proxy would say."""
    request = auth_pb2.RegisterRequest(email=f"ada-{new_id()}@example.org", password=PASSWORD)
    said = (("x-forwarded-for", forwarded_for),) if forwarded_for else ()
    return await auth_pb2_grpc.AuthServiceStub(channel).Register(request, metadata=said)


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """The metadata that signs a call."""
    return (("authorization", f"Bearer {token}"),)


@dataclass
class FakeJobs(jobs_pb2_grpc.JobsServiceServicer):
    """Answers as the job service would, and keeps what it was asked."""

    draining: asyncio.Event
    seen: list[dict[str, Any]] = field(default_factory=list)
    watched: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def GetJob(self, request: jobs_pb2.GetJobRequest, context: Any) -> jobs_pb2.Job:  # noqa: N802 - the contract's
        """Any job but MISSING."""
        identity = current_identity()
        self.seen.append({"identity": identity, "metadata": dict(context.invocation_metadata())})
        self.seen[-1]["left_seconds"] = context.time_remaining()
        if request.name == MISSING:
            raise NotFound("JOB_NOT_FOUND", "There is no such job.", resource_name=request.name)
        return jobs_pb2.Job(name=request.name)

    async def WatchJob(  # noqa: N802 - the contract's
        self, request: jobs_pb2.WatchJobRequest, context: Any
    ) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        """One answer, the event after since_sequence if that is set; then silence until the end."""
        current_identity()
        self.watched.set()
        since = request.since_sequence
        event = jobs_pb2.JobEvent(sequence=since + 1) if since else None
        try:
            yield jobs_pb2.WatchJobResponse(event=event)
            await self.draining.wait()
        finally:
            self.left.set()


class JobsRig:
    """The job service's server with the real layers and the fake servicer."""

    def __init__(self, gateway: Gateway) -> None:
        self._keys_channel = open_channel(gateway.address)
        settings = ServerSettings(listen=gateway.jobs_address, drain_grace_seconds=1)
        verifier = InternalTokenVerifier(FetchedKeys(lambda: fetch_keys(self._keys_channel)))
        layers = standard_layers(MethodPolicies([JOBS]), verifier, Metrics("jobs"))
        self._server = StudioServer(settings, layers, [JOBS])
        # The stubs call the class abstract; at run time its other methods answer UNIMPLEMENTED.
        self.servicer = FakeJobs(self._server.draining)  # type: ignore[abstract]  # as said above
        jobs_pb2_grpc.add_JobsServiceServicer_to_server(self.servicer, self._server.grpc)

    async def __aenter__(self) -> FakeJobs:
        await self._server.start()
        self._server.set_ready()
        return self.servicer

    async def __aexit__(self, *_: object) -> None:
        await self._server.drain()
        await self._keys_channel.close()
