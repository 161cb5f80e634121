"""The gateway as a process of its own on a real Postgres: signing in, forwarding, drain."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_platform.identity import ACCESS_TOKEN, FetchedKeys, IdentityTokenVerifier
from studio_platform.jwks import fetch_keys
from tests.integration.gateway.rig import (
    JOB,
    MIGRATIONS,
    MISSING,
    PASSWORD,
    Gateway,
    JobsRig,
    bearer,
    registered,
    running_gateway,
    wait_until_serving,
)


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

    operators = {"admin.read", "admin.write", "generation.run", "generation.read"}
    assert scopes[0] - scopes[1] == operators
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
