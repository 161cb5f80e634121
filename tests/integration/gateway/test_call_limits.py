"""Rate limits as clients meet them: a gateway with small ones behind a proxy that it trusts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import grpc
import httpx2
import pytest

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from studio_platform.ids import new_id
from studio_platform.testing.details import details_of
from studio_platform.testing.servers import PostgresServer
from tests.integration.gateway.rig import (
    MIGRATIONS,
    Gateway,
    bearer,
    registered,
    running_gateway,
    wait_until_serving,
)

READS_PER_MINUTE = 20
AUTH_PER_MINUTE = 10
FRIEND = "https://film.example.org"
ME = "/api/v1/auth/me"
REFRESH = "/api/v1/auth/refresh"


@pytest.fixture(scope="module")
def gateway(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Small limits; whoever connects from this machine is a trusted proxy."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    limits = {
        "FILM_LIMIT_READ_PER_MINUTE": str(READS_PER_MINUTE),
        "FILM_LIMIT_AUTH_PER_MINUTE": str(AUTH_PER_MINUTE),
        "FILM_TRUSTED_PROXIES": "127.0.0.0/8",
        "FILM_CORS_ORIGINS": FRIEND,
    }
    log = tmp_path_factory.mktemp("limits") / "gateway.log"
    with running_gateway(url, log, **limits) as running:
        yield running
    postgres_server.drop(url)


@pytest.fixture
async def web(gateway: Gateway, channel: grpc.aio.Channel) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the gateway, which is ready."""
    del channel
    async with httpx2.AsyncClient(base_url=f"http://{gateway.http_address}", timeout=30) as client:
        yield client


async def guess(web: httpx2.AsyncClient, forwarded_for: str) -> httpx2.Response:
    """A guess at a session; unlike one at a password it costs no hash."""
    body = {"refreshToken": f"{new_id()}{new_id()}"}
    return await web.post(REFRESH, json=body, headers={"x-forwarded-for": forwarded_for})


async def token_of(channel: grpc.aio.Channel) -> str:
    """A new account's, registered from an address of its own."""
    return (await registered(channel, f"198.18.0.{new_id().int % 250}")).tokens.access_token


async def test_over_grpc_a_used_up_rate_is_refused_with_the_time_to_wait(channel: grpc.aio.Channel) -> None:
    auth, signed = auth_pb2_grpc.AuthServiceStub(channel), bearer(await token_of(channel))
    calls = (auth.GetMe(auth_pb2.GetMeRequest(), metadata=signed) for _ in range(READS_PER_MINUTE + 5))

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await asyncio.gather(*calls)

    details = details_of(refused.value)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details["ErrorInfo"].reason == "TOO_MANY_CALLS"
    assert details["ErrorInfo"].metadata["limit"] == "read"
    assert 0.0 < details["RetryInfo"].retry_delay.ToTimedelta().total_seconds() <= 60.0


async def test_over_http_every_answer_says_what_is_left_and_a_refusal_when_to_come_back(
    web: httpx2.AsyncClient, channel: grpc.aio.Channel
) -> None:
    signed = {"authorization": f"Bearer {await token_of(channel)}"}
    first = await web.get(ME, headers=signed)
    second = await web.get(ME, headers=signed)
    answers = [await web.get(ME, headers=signed) for _ in range(READS_PER_MINUTE)]
    refused = answers[-1]

    assert first.headers["ratelimit-policy"] == '"read";q=20;w=60'
    assert first.headers["ratelimit"] == '"read";r=19;t=3'
    assert second.headers["ratelimit"].startswith('"read";r=18;t=')
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == '"read";q=20;w=60'
    assert refused.headers["ratelimit"].startswith('"read";r=0;t=')
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error"]["details"][1]["retryDelay"].endswith("s")


async def test_signing_in_is_held_to_a_tighter_rate_by_address(web: httpx2.AsyncClient) -> None:
    answers = [await guess(web, "203.0.113.1") for _ in range(AUTH_PER_MINUTE + 3)]
    elsewhere = await guess(web, "203.0.113.2")

    assert answers[0].status_code == 401
    assert answers[0].headers["ratelimit-policy"] == '"auth";q=10;w=60, "address";q=12000;w=60'
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["details"][0]["metadata"]["limit"] == "auth"
    assert elsewhere.status_code == 401


async def test_a_client_behind_the_proxy_cannot_be_another_by_saying_so(web: httpx2.AsyncClient) -> None:
    for number in range(AUTH_PER_MINUTE + 3):
        last = await guess(web, f"198.51.100.{number}, 203.0.113.3")

    assert last.status_code == 429


async def test_the_proxys_word_counts_over_grpc_as_well(channel: grpc.aio.Channel) -> None:
    auth = auth_pb2_grpc.AuthServiceStub(channel)
    codes = []
    for number in range(AUTH_PER_MINUTE + 3):
        request = auth_pb2.RefreshRequest(refresh_token=f"unknown-{number}" + "x" * 40)
        try:
            await auth.Refresh(request, metadata=(("x-forwarded-for", "203.0.113.4"),))
        except grpc.aio.AioRpcError as error:
            codes.append(error.code())

    assert codes[0] is not grpc.StatusCode.RESOURCE_EXHAUSTED
    assert codes[-1] is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_guesses_at_watch_links_count_as_sign_ins(web: httpx2.AsyncClient) -> None:
    headers = {"x-forwarded-for": "203.0.113.5"}
    answers = [await web.get(f"/watch/{number}", headers=headers) for number in range(AUTH_PER_MINUTE + 3)]

    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_health_is_never_refused(channel: grpc.aio.Channel) -> None:
    for _ in range(READS_PER_MINUTE * 2):
        await wait_until_serving(channel)


async def test_pages_of_a_named_origin_may_call_and_read_what_is_left(web: httpx2.AsyncClient) -> None:
    asked = {"origin": FRIEND, "access-control-request-method": "POST"}
    wanted = {"access-control-request-headers": "authorization, content-type, x-film-workspace"}

    preflight = await web.options(REFRESH, headers={**asked, **wanted})
    answer = await web.get("/.well-known/jwks.json", headers={"origin": FRIEND})

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == FRIEND
    assert "access-control-allow-credentials" not in preflight.headers
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ratelimit", "ratelimit-policy", "retry-after"} <= set(exposed)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{FRIEND}.evil.example", "http://film.example.org"]
)
async def test_pages_of_other_origins_may_not(web: httpx2.AsyncClient, origin: str) -> None:
    preflight = await web.options(
        REFRESH, headers={"origin": origin, "access-control-request-method": "POST"}
    )
    answer = await web.get("/.well-known/jwks.json", headers={"origin": origin})

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"
