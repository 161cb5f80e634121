"""Refresh tokens that come again, and logins by the thousand, over both doors of the gateway."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import grpc
import httpx2
import pytest

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_gateway.sessions import SUCCESSOR_GRACE
from studio_platform.testing.details import details_of
from studio_platform.testing.servers import PostgresServer
from tests.integration.gateway.rig import (
    JOB,
    MIGRATIONS,
    Gateway,
    JobsRig,
    bearer,
    registered,
    running_gateway,
    wait_until_serving,
)

LOGINS = 10_000
LOGINS_PER_MINUTE = 60
LOGINS_BY_GRPC = 200
CONNECTIONS = 40
READS = 20

Refresh = Callable[[str], Awaitable[tuple[object, str, str]]]
"""Spends a refresh token: the code, the new refresh token if any, the new access token or the reason."""


def by_http(gateway: Gateway) -> Refresh:
    """Over HTTP."""

    async def refresh(token: str) -> tuple[object, str, str]:
        web = f"http://{gateway.http_address}/api/v1/auth/refresh"
        async with httpx2.AsyncClient(timeout=30) as client:
            answer = await client.post(web, json={"refreshToken": token})
        if answer.status_code != 200:
            return answer.status_code, "", answer.json()["error"]["details"][0]["reason"]
        tokens = answer.json()["tokens"]
        return 200, tokens["refreshToken"], tokens["accessToken"]

    return refresh


def by_grpc(gateway: Gateway) -> Refresh:
    """Over gRPC."""

    async def refresh(token: str) -> tuple[object, str, str]:
        async with grpc.aio.insecure_channel(gateway.address) as channel:
            try:
                answer = await auth_pb2_grpc.AuthServiceStub(channel).Refresh(
                    auth_pb2.RefreshRequest(refresh_token=token), timeout=30
                )
            except grpc.aio.AioRpcError as error:
                return error.code(), "", details_of(error)["ErrorInfo"].reason
        return 200, answer.tokens.refresh_token, answer.tokens.access_token

    return refresh


async def age(gateway: Gateway, refresh_token: str, by: timedelta) -> None:
    """Lets a spent token have been spent longer ago."""
    database = await asyncpg.connect(gateway.database_url)
    digest = hashlib.sha256(refresh_token.encode()).digest()
    sql = "update refresh_tokens set spent_at = spent_at - $2::interval where digest = $1"
    changed = await database.execute(sql, digest, by)
    await database.close()
    assert changed == "UPDATE 1"


@pytest.mark.parametrize(
    ("door", "refused"), [(by_http, 401), (by_grpc, grpc.StatusCode.UNAUTHENTICATED)], ids=["HTTP", "gRPC"]
)
async def test_a_replayed_refresh_token_ends_the_session_for_thief_and_owner(
    gateway: Gateway, channel: grpc.aio.Channel, door: Callable[[Gateway], Refresh], refused: object
) -> None:
    refresh = door(gateway)
    stolen = (await registered(channel)).tokens.refresh_token
    _, renewed, access = await refresh(stolen)
    at_once = await refresh(stolen)
    await age(gateway, stolen, SUCCESSOR_GRACE)

    replayed, owner, thief = await refresh(stolen), await refresh(renewed), await refresh(at_once[1])

    with pytest.raises(grpc.aio.AioRpcError) as over:
        await auth_pb2_grpc.AuthServiceStub(channel).GetMe(auth_pb2.GetMeRequest(), metadata=bearer(access))
    assert at_once[:2] == (200, renewed)
    assert replayed == (refused, "", "REFRESH_REUSED")
    assert owner == thief == (refused, "", "SESSION_OVER")
    assert over.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def logins_by_http(address: str, count: int) -> Counter[int]:
    """How many answers of each status, over CONNECTIONS at a time; who is shed is told when to come again."""
    statuses: Counter[int] = Counter()
    host, port = address.split(":")
    numbers = iter(range(count))

    async def guess() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for number in numbers:
            body = json.dumps({"email": f"{number}@example.org", "password": "a guess or other"}).encode()
            head = f"POST /api/v1/auth/login HTTP/1.1\r\nHost: s\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            status = int(answered.split(" ")[1])
            statuses[status] += 1
            assert status == 401 or int(answered.split("retry-after: ")[1].split("\r\n")[0]) >= 1
            await reader.readexactly(int(answered.split("content-length: ")[1].split("\r\n")[0]))
        writer.close()
        await writer.wait_closed()

    async with asyncio.TaskGroup() as guessing:
        for _ in range(CONNECTIONS):
            guessing.create_task(guess())
    return statuses


async def logins_by_grpc(channel: grpc.aio.Channel, count: int) -> Counter[grpc.StatusCode]:
    """How many answers of each code; who is shed is told when to come again."""
    stub, codes = auth_pb2_grpc.AuthServiceStub(channel), Counter[grpc.StatusCode]()
    for number in range(count):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Login(auth_pb2.LoginRequest(email=f"{number}@example.org", password="a guess"))
        codes[refused.value.code()] += 1
        if refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
            delay = details_of(refused.value)["RetryInfo"].retry_delay
            assert 0 < delay.ToTimedelta().total_seconds() <= 60
    return codes


@pytest.fixture
def strict(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway with as few logins a minute as there are by default."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    limit = {
        "FILM_LIMIT_AUTH_PER_MINUTE": str(LOGINS_PER_MINUTE),
        # All come from one address here, those who read jobs too.
        "FILM_LIMIT_ADDRESS_PER_MINUTE": str(10 * LOGINS),
    }
    with running_gateway(url, tmp_path / "gateway.log", **limit) as running:
        yield running
    postgres_server.drop(url)


@pytest.fixture
async def to_strict(strict: Gateway) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(strict.address) as channel:
        await wait_until_serving(channel)
        yield channel


@pytest.mark.heavy
async def test_ten_thousand_logins_are_shed_before_they_are_hashed_and_jobs_are_still_read(
    strict: Gateway, to_strict: grpc.aio.Channel
) -> None:
    metadata = bearer((await registered(to_strict)).tokens.access_token)
    stub, request = jobs_pb2_grpc.JobsServiceStub(to_strict), jobs_pb2.GetJobRequest(name=JOB)

    async with JobsRig(strict) as jobs:
        flood = asyncio.create_task(logins_by_http(strict.http_address, LOGINS - LOGINS_BY_GRPC))
        await stub.GetJob(request, metadata=metadata, timeout=30, wait_for_ready=True)
        read = [await stub.GetJob(request, metadata=metadata, timeout=10) for _ in range(READS)]
        flooded = not flood.done()
        by_web = await flood
        by_rpc = await logins_by_grpc(to_strict, LOGINS_BY_GRPC)

    shed = by_web[429] + by_rpc[grpc.StatusCode.RESOURCE_EXHAUSTED]
    hashed = by_web[401] + by_rpc[grpc.StatusCode.UNAUTHENTICATED]
    assert flooded
    assert [job.name for job in read] == [JOB] * READS
    assert len(jobs.seen) == READS + 1
    assert shed + hashed == LOGINS
    assert 0 < hashed < 5 * LOGINS_PER_MINUTE
