"""The server: health, reflection, size limits, who may call, and a drain that streams see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs
from grpc_reflection.v1alpha import (  # type: ignore[import-untyped]  # has no stubs
    reflection_pb2,
    reflection_pb2_grpc,
)

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from studio_platform import server as server_module
from studio_platform.identity import (
    INTERNAL_TOKEN,
    Identity,
    InternalTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenSigner,
    current_identity,
)
from studio_platform.policies import MethodPolicies
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics

AUTH = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]
KEY = SigningKey("k1", Ed25519PrivateKey.generate())
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Me(auth_pb2_grpc.AuthServiceServicer):
    """Answers GetMe with who the layers say it is."""

    async def GetMe(self, request: auth_pb2.GetMeRequest, context: Any) -> auth_pb2.User:  # noqa: N802 - theirs
        """The caller."""
        return auth_pb2.User(name=f"users/{current_identity().user_id}")


@asynccontextmanager
async def running(**changed: Any) -> AsyncIterator[tuple[StudioServer, grpc.aio.Channel]]:
    """A started server, not ready, and a channel to it."""
    settings = ServerSettings(listen="127.0.0.1:0", drain_grace_seconds=30, **changed)
    verifier = InternalTokenVerifier(StaticKeys({"k1": KEY.private_key.public_key()}))
    layers = standard_layers(MethodPolicies([AUTH]), verifier, Metrics("probe"))
    server = StudioServer(settings, layers, [AUTH])
    # The stubs call the class abstract; at run time its other methods answer UNIMPLEMENTED.
    auth_pb2_grpc.add_AuthServiceServicer_to_server(Me(), server.grpc)  # type: ignore[abstract]  # as said
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield server, channel
    await server.drain()


def signed(*scopes: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a caller with those scopes."""
    identity = Identity("u1", "w1", frozenset(scopes))
    token, _ = TokenSigner(KEY, INTERNAL_TOKEN).sign(identity)
    return (("authorization", f"Bearer {token}"),)


async def get_me(channel: grpc.aio.Channel, metadata: tuple[tuple[str, str], ...]) -> auth_pb2.User:
    """One call."""
    return await auth_pb2_grpc.AuthServiceStub(channel).GetMe(auth_pb2.GetMeRequest(), metadata=metadata)


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
GOAWAY = 7
READ_SECONDS = 30


@pytest.mark.parametrize("said", [b"", PREFACE], ids=["nothing", "half of a greeting"])
async def test_a_client_that_connects_and_says_no_more_is_let_go(
    monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(server_module, "HANDSHAKE_MAX_MS", 200)
    async with running() as (server, _), asyncio.timeout(READ_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(said)

        await reader.read()

        assert reader.at_eof()
        writer.close()


@pytest.mark.parametrize("limit", ["idle", "age"])
async def test_a_connection_that_is_idle_or_old_is_told_to_go(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    if limit == "idle":
        monkeypatch.setattr(server_module, "CONNECTION_IDLE_MAX_MS", 200)
    else:
        monkeypatch.setenv("FILM_CONNECTION_AGE_MAX_SECONDS", "0.2")
    async with running() as (server, _), asyncio.timeout(READ_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(PREFACE + SETTINGS)

        kind = None
        while kind != GOAWAY:
            head = await reader.readexactly(9)
            kind = head[3]
            await reader.readexactly(int.from_bytes(head[:3], "big"))

        assert kind == GOAWAY
        writer.close()


async def test_health_says_not_serving_until_ready_and_again_when_draining() -> None:
    async with running() as (server, channel):
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(service=AUTH.full_name)
        )
        seen = [(await watch.read()).status]
        server.set_ready()
        seen.append((await watch.read()).status)
        draining = asyncio.create_task(server.drain())
        seen.append((await watch.read()).status)
        end = await watch.read()
        await draining

    assert seen == [NOT_SERVING, SERVING, NOT_SERVING]
    assert end is grpc.aio.EOF


async def test_health_tells_each_service_and_refuses_unknown_ones() -> None:
    async with running() as (server, channel):
        server.set_ready()
        stub = health_pb2_grpc.HealthStub(channel)
        known = [
            await stub.Check(health_pb2.HealthCheckRequest(service=name)) for name in ("", AUTH.full_name)
        ]
        unknown = stub.Watch(health_pb2.HealthCheckRequest(service="x"))
        first = await unknown.read()
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Check(health_pb2.HealthCheckRequest(service="x"))

    assert [answer.status for answer in known] == [SERVING, SERVING]
    assert first.status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_the_caller_is_who_the_token_says() -> None:
    async with running() as (_, channel):
        user = await get_me(channel, signed("account.read"))

    assert user.name == "users/u1"


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (lambda: (), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: (("authorization", "Basic dTE6cA=="),), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: (("authorization", "Bearer forged"),), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: (("x-user-id", "u1"),), grpc.StatusCode.UNAUTHENTICATED),
        # Signed when the test runs: a token lives for a minute only.
        (lambda: signed("jobs.read"), grpc.StatusCode.PERMISSION_DENIED),
    ],
    ids=["nothing", "another scheme", "forged", "a bare header", "without the scope"],
)
async def test_who_may_not_call_is_refused(
    metadata: Callable[[], tuple[tuple[str, str], ...]], code: grpc.StatusCode
) -> None:
    async with running() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await get_me(channel, metadata())

    assert refused.value.code() is code


async def test_a_public_method_is_validated_without_a_token() -> None:
    async with running() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await auth_pb2_grpc.AuthServiceStub(channel).Login(auth_pb2.LoginRequest())

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_message_over_the_limit_is_refused() -> None:
    async with running(message_size_max_bytes=1024) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await auth_pb2_grpc.AuthServiceStub(channel).Login(auth_pb2.LoginRequest(email="x" * 2048))

    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def reflected(channel: grpc.aio.Channel) -> set[str]:
    """The services that reflection lists."""
    requests = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    answers = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(requests)
    return {service.name async for answer in answers for service in answer.list_services_response.service}


async def test_reflection_lists_the_services_where_the_setting_says_so() -> None:
    async with running(reflection=True) as (_, channel):
        names = await reflected(channel)

    assert AUTH.full_name in names


async def test_without_the_setting_there_is_no_reflection() -> None:
    async with running(reflection=False) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await reflected(channel)

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
