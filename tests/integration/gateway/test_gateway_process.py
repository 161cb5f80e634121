"""The gateway as a process of its own on a real Postgres: signing in, forwarding, drain."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

import studio_gateway
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_platform.channels import open_channel
from studio_platform.embedded.ports import free_ports
from studio_platform.errors import NotFound
from studio_platform.identity import (
    ACCESS_TOKEN,
    FetchedKeys,
    IdentityTokenVerifier,
    InternalTokenVerifier,
    current_identity,
)
from studio_platform.ids import new_id
from studio_platform.jwks import fetch_keys
from studio_platform.policies import MethodPolicies
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics
from studio_platform.testing.servers import PostgresServer

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
    jobs_address: str


@contextmanager
def running_gateway(database_url: str, log: Path, **more: str) -> Iterator[Gateway]:
    """Starts the process; kills it at the end if it still lives."""
    port, health_port, jobs_port = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FILM_")},
        "FILM_DATABASE_URL": database_url,
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_JOBS_ADDRESS": f"127.0.0.1:{jobs_port}",
        "FILM_DRAIN_GRACE_SECONDS": "5",
        **more,
    }
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "studio_gateway"], env=environment, stderr=stream)
    try:
        yield Gateway(process, f"127.0.0.1:{port}", f"127.0.0.1:{jobs_port}")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture(scope="module")
def gateway(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all tests here but those that end it; each test registers its own account."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    with running_gateway(url, tmp_path_factory.mktemp("gateway") / "gateway.log") as running:
        yield running
    postgres_server.drop(url)


@pytest.fixture
async def channel(gateway: Gateway) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to the gateway, which is ready."""
    async with grpc.aio.insecure_channel(gateway.address) as opened:
        await wait_until_serving(opened)
        yield opened


async def wait_until_serving(channel: grpc.aio.Channel) -> None:
    """Follows the health service until it says SERVING."""
    request = health_pb2.HealthCheckRequest()
    stub = health_pb2_grpc.HealthStub(channel)
    async for answer in stub.Watch(request, timeout=60, wait_for_ready=True):
        if answer.status == health_pb2.HealthCheckResponse.SERVING:
            return


async def registered(channel: grpc.aio.Channel) -> auth_pb2.RegisterResponse:
    """A new account's first answer."""
    request = auth_pb2.RegisterRequest(email=f"ada-{new_id()}@example.org", password=PASSWORD)
    return await auth_pb2_grpc.AuthServiceStub(channel).Register(request)


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    """The metadata that signs a call."""
    return (("authorization", f"Bearer {token}"),)


@dataclass
class FakeJobs(jobs_pb2_grpc.JobsServiceServicer):
    """Answers as the job service would, and keeps what it was asked."""

    draining: asyncio.Event
    seen: list[dict[str, Any]] = field(default_factory=list)
    watched: asyncio.Event = field(default_factory=asyncio.Event)

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
        """One answer, then silence until the end."""
        current_identity()
        self.watched.set()
        yield jobs_pb2.WatchJobResponse()
        await self.draining.wait()


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


async def test_a_registered_user_signs_in_and_sees_the_account(channel: grpc.aio.Channel) -> None:
    stub = auth_pb2_grpc.AuthServiceStub(channel)
    user = (await registered(channel)).user

    login = await stub.Login(auth_pb2.LoginRequest(email=user.email.upper(), password=PASSWORD))
    me = await stub.GetMe(auth_pb2.GetMeRequest(), metadata=bearer(login.tokens.access_token))

    assert me == user
    assert me.display_name == user.email.partition("@")[0]
    assert me.workspace.startswith("workspaces/")


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(channel: grpc.aio.Channel) -> None:
    stub = auth_pb2_grpc.AuthServiceStub(channel)
    known = (await registered(channel)).user.email
    answers = []

    for email in (known, "nobody@example.org"):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Login(auth_pb2.LoginRequest(email=email, password="wrong"))
        answers.append((caught.value.code(), caught.value.details()))

    assert answers[0] == answers[1]
    assert answers[0][0] is grpc.StatusCode.UNAUTHENTICATED


async def test_a_call_reaches_the_job_service_with_the_gateways_word_on_who_calls(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    answer = await registered(channel)
    forged = (*bearer(answer.tokens.access_token), ("x-film-user", "root"), ("cookie", "a=b"))

    async with JobsRig(gateway) as jobs:
        job = await jobs_pb2_grpc.JobsServiceStub(channel).GetJob(
            jobs_pb2.GetJobRequest(name=JOB), metadata=forged, timeout=20, wait_for_ready=True
        )

    assert job.name == JOB
    [seen] = jobs.seen
    assert f"users/{seen['identity'].user_id}" == answer.user.name
    assert f"workspaces/{seen['identity'].workspace_id}" == answer.user.workspace
    assert not {"x-film-user", "cookie"} & seen["metadata"].keys()
    assert answer.tokens.access_token not in seen["metadata"]["authorization"]
    assert 0 < seen["left_seconds"] < 21


async def test_the_services_own_error_arrives_whole(gateway: Gateway, channel: grpc.aio.Channel) -> None:
    answer = await registered(channel)

    async with JobsRig(gateway):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await jobs_pb2_grpc.JobsServiceStub(channel).GetJob(
                jobs_pb2.GetJobRequest(name=MISSING), metadata=bearer(answer.tokens.access_token)
            )

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    info = error_details_pb2.ErrorInfo()
    rpc_status.from_call(caught.value).details[0].Unpack(info)
    assert info.reason == "JOB_NOT_FOUND"


async def test_while_the_job_service_is_away_calls_are_unavailable_and_then_work_again(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    answer = await registered(channel)
    stub = jobs_pb2_grpc.JobsServiceStub(channel)
    request, metadata = jobs_pb2.GetJobRequest(name=JOB), bearer(answer.tokens.access_token)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetJob(request, metadata=metadata)
    async with JobsRig(gateway):
        job = await retried(lambda: stub.GetJob(request, metadata=metadata))

    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    names = {packed.type_url for packed in rpc_status.from_call(caught.value).details}
    assert "type.googleapis.com/google.rpc.RetryInfo" in names
    assert job.name == JOB


async def retried(call: Callable[[], Any]) -> Any:
    """Calls again after UNAVAILABLE as its RetryInfo asks, up to 20 times."""
    for _ in range(20):
        try:
            return await call()
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            retry = error_details_pb2.RetryInfo()
            rpc_status.from_call(error).details[1].Unpack(retry)
            await asyncio.sleep(retry.retry_delay.ToTimedelta().total_seconds() / 4)
    raise AssertionError("still unavailable")


async def test_a_stream_is_forwarded_and_ends_when_the_gateway_is_told_to_stop(
    database_url: Callable[..., str], tmp_path: Path
) -> None:
    with running_gateway(database_url(MIGRATIONS), tmp_path / "gateway.log") as gateway:
        async with grpc.aio.insecure_channel(gateway.address) as channel:
            await wait_until_serving(channel)
            first, ending, exit_code = await watched_until_stopped(gateway, channel)

    assert first == jobs_pb2.WatchJobResponse()
    assert ending.code() is grpc.StatusCode.UNAVAILABLE
    assert exit_code == 0


async def watched_until_stopped(
    gateway: Gateway, channel: grpc.aio.Channel
) -> tuple[jobs_pb2.WatchJobResponse, grpc.aio.AioRpcError, int]:
    """Watches a job and stops the gateway: the first answer, how the stream ended, the exit code."""
    answer = await registered(channel)
    async with JobsRig(gateway):
        stream = jobs_pb2_grpc.JobsServiceStub(channel).WatchJob(
            jobs_pb2.WatchJobRequest(name=JOB),
            metadata=bearer(answer.tokens.access_token),
            wait_for_ready=True,
        )
        first = await anext(aiter(stream))
        gateway.process.send_signal(signal.SIGTERM)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await anext(aiter(stream))
        exit_code = await asyncio.to_thread(gateway.process.wait, 20)
    return first, caught.value, exit_code


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_without_a_good_token_nothing_is_forwarded(channel: grpc.aio.Channel, token: str) -> None:
    metadata = bearer(token) if token else ()

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await jobs_pb2_grpc.JobsServiceStub(channel).GetJob(
            jobs_pb2.GetJobRequest(name=JOB), metadata=metadata
        )

    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_only_the_account_that_the_settings_name_is_the_operator(
    database_url: Callable[..., str], tmp_path: Path
) -> None:
    account = {"FILM_LOCAL_ACCOUNT_EMAIL": "You@localhost", "FILM_LOCAL_ACCOUNT_PASSWORD": PASSWORD}

    with running_gateway(database_url(MIGRATIONS), tmp_path / "gateway.log", **account) as running:
        async with grpc.aio.insecure_channel(running.address) as channel:
            await wait_until_serving(channel)
            login = auth_pb2.LoginRequest(email="you@localhost", password=PASSWORD)
            tokens = [
                (await auth_pb2_grpc.AuthServiceStub(channel).Login(login)).tokens.access_token,
                (await registered(channel)).tokens.access_token,
            ]
            verifier = IdentityTokenVerifier(FetchedKeys(lambda: fetch_keys(channel)), ACCESS_TOKEN)
            scopes = [(await verifier.verify(token)).scopes for token in tokens]

    assert scopes[0] - scopes[1] == {"generation.run", "generation.read"}
    assert "jobs.write" in scopes[1]


async def test_the_local_account_is_there_from_the_start_and_takes_the_new_password(
    database_url: Callable[..., str], tmp_path: Path
) -> None:
    url = database_url(MIGRATIONS)
    emails = []

    for password in (PASSWORD, "another long one"):
        account = {"FILM_LOCAL_ACCOUNT_EMAIL": "you@localhost", "FILM_LOCAL_ACCOUNT_PASSWORD": password}
        with running_gateway(url, tmp_path / "gateway.log", **account) as running:
            async with grpc.aio.insecure_channel(running.address) as channel:
                await wait_until_serving(channel)
                request = auth_pb2.LoginRequest(email="you@localhost", password=password)
                emails.append((await auth_pb2_grpc.AuthServiceStub(channel).Login(request)).user.email)

    assert emails == ["you@localhost", "you@localhost"]
