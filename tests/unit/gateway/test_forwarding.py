"""What the forwarder serves, what it refuses, and what it signs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filmstudio.imagegen.v1 import imagegen_pb2
from filmstudio.options.v1 import options_pb2
from studio_gateway.__main__ import JOBS_SERVICES, SERVICES
from studio_gateway.forwarding import CheckCaller, Forwarder
from studio_gateway.inward import LEFT_MIN_SECONDS, InwardTokens
from studio_platform.errors import StudioError, Unauthenticated, Unavailable
from studio_platform.identity import INTERNAL_TOKEN, Identity, SigningKey, TokenSigner, set_current_identity
from studio_platform.policies import MethodPolicies

ADA = Identity("u1", "w1", frozenset({"jobs.read"}), session_id="s1")
WATCH = "/filmstudio.jobs.v1.JobsService/WatchJob"


def inward(now_seconds: list[float]) -> InwardTokens:
    """Tokens signed with a new key, at the time in the list."""
    key = SigningKey("k", Ed25519PrivateKey.generate())
    return InwardTokens(TokenSigner(key, INTERNAL_TOKEN, lambda: now_seconds[0]), lambda: now_seconds[0])


def test_a_session_has_one_token_until_little_is_left_of_it() -> None:
    now_seconds = [1_000.0]
    tokens = inward(now_seconds)

    first = tokens.token(ADA)
    now_seconds[0] += INTERNAL_TOKEN.lifetime_seconds - LEFT_MIN_SECONDS
    same = tokens.token(ADA)
    now_seconds[0] += 1
    renewed = tokens.token(ADA)

    assert first == same
    assert renewed != first


def test_a_changed_identity_of_the_session_gets_a_token_of_its_own() -> None:
    tokens = inward([1_000.0])

    first = tokens.token(ADA)
    other = tokens.token(Identity("u1", "w2", frozenset(), session_id="s1"))

    assert first != other


class SilentService(grpc.GenericRpcHandler):
    """A WatchJob that answers once and then says nothing."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        async def serve(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.Event().wait()

        return grpc.unary_stream_rpc_method_handler(serve)


class Context:
    """As much of a server's context as the forwarder asks for."""

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        """None sent."""
        return ()


class ForwarderRig:
    """A forwarder in front of the silent service."""

    def __init__(self, check: CheckCaller, recheck_seconds: float = 60.0) -> None:
        self.draining = asyncio.Event()
        self._check = check
        self._recheck_seconds = recheck_seconds
        self._server = grpc.aio.server(handlers=[SilentService()])

    async def __aenter__(self) -> ForwarderRig:
        port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        self._channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        self._forwarder = forwarder(self._channel, self.draining, self._check, self._recheck_seconds)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()
        await self._server.stop(0)

    def answers(self) -> AsyncIterator[bytes]:
        """The forwarded stream, as the gateway's server would read it."""
        set_current_identity(ADA)
        details: Any = type("Details", (), {"method": WATCH})
        stream: AsyncIterator[bytes] = self._forwarder.service(details).unary_stream(b"", Context())
        return stream


def forwarder(
    channel: grpc.aio.Channel, draining: asyncio.Event, check: CheckCaller, recheck_seconds: float
) -> Forwarder:
    """A forwarder of the job service's methods."""
    policies = MethodPolicies(SERVICES)
    return Forwarder(channel, JOBS_SERVICES, policies, inward([0.0]), check, draining, recheck_seconds)


async def good(_caller: Identity) -> None:
    """A session that goes on."""


async def rest(stream: AsyncIterator[bytes]) -> list[bytes]:
    """What else comes."""
    return [answer async for answer in stream]


async def test_a_stream_ends_when_its_session_was_ended() -> None:
    had_first = asyncio.Event()

    async def ended(caller: Identity) -> None:
        await had_first.wait()
        raise Unauthenticated("SESSION_OVER", "over", caller.session_id)

    async with ForwarderRig(ended, recheck_seconds=0.01) as rig:
        stream = rig.answers()
        first = await anext(stream)
        had_first.set()
        with pytest.raises(Unauthenticated):
            await rest(stream)

    assert first == b"first"


async def test_a_stream_goes_on_while_the_session_cannot_be_checked() -> None:
    checks: list[StudioError] = []

    async def away_then_ended(caller: Identity) -> None:
        error = Unavailable("AWAY", "away") if len(checks) < 2 else Unauthenticated("SESSION_OVER", "over")
        checks.append(error)
        raise error

    async with ForwarderRig(away_then_ended, recheck_seconds=0.01) as rig:
        with pytest.raises(Unauthenticated):
            await rest(rig.answers())

    assert len(checks) == 3


async def test_a_stream_ends_when_the_gateway_drains() -> None:
    async with ForwarderRig(good) as rig:
        stream = rig.answers()
        await anext(stream)
        rig.draining.set()
        with pytest.raises(Unavailable) as caught:
            await rest(stream)

    assert caught.value.reason == "GATEWAY_DRAINING"


async def test_a_client_that_goes_away_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()

    async with ForwarderRig(good) as rig:
        reading = asyncio.create_task(rest(rig.answers()))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()


async def test_internal_methods_are_not_forwarded() -> None:
    services = [
        imagegen_pb2.DESCRIPTOR.services_by_name[name] for name in imagegen_pb2.DESCRIPTOR.services_by_name
    ]
    policies = MethodPolicies(services)

    async with grpc.aio.insecure_channel("127.0.0.1:1") as channel:
        made = Forwarder(channel, services, policies, inward([0.0]), good, asyncio.Event())
    paths = [f"/{service.full_name}/{method.name}" for service in services for method in service.methods]

    assert paths
    for path in paths:
        details: Any = type("Details", (), {"method": path})
        assert made.service(details) is None


def test_every_method_that_clients_may_call_has_a_policy_and_a_scope() -> None:
    policies = MethodPolicies(SERVICES)

    assert "jobs.write" in policies.scopes()
    assert policies.policy("/filmstudio.jobs.v1.JobsService/Nothing") is None
    watch = policies.policy(WATCH)
    assert watch is not None
    assert (watch.access, watch.scope) == (options_pb2.ACCESS_USER, "jobs.read")
