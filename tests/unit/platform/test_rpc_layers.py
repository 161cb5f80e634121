"""Every kind of RPC goes through the layers: errors, deadlines, request ids, validation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

from filmstudio.auth.v1 import auth_pb2
from studio_platform.channels import open_channel
from studio_platform.deadlines import remaining_seconds
from studio_platform.errors import FieldViolation, InvalidInput, NotFound
from studio_platform.faults import Fault, FaultAction, Faults
from studio_platform.interceptors.deadline import DeadlineLayer
from studio_platform.interceptors.failures import FailureLayer
from studio_platform.interceptors.layered_server import LayeredServer
from studio_platform.interceptors.request_context import RequestContextLayer, current_request_id
from studio_platform.interceptors.validation import ValidationLayer
from studio_platform.telemetry import Metrics
from studio_platform.testing.details import details_of

KINDS = ("UnaryUnary", "UnaryStream", "StreamUnary", "StreamStream")
GOOD = auth_pb2.LoginRequest(email="ada@example.org", password="long enough")
Work = Callable[[Any], Awaitable[Any]]
_empty = empty_pb2.Empty.SerializeToString


class Probe(grpc.GenericRpcHandler):
    """Four methods, one of each kind, that all run the same work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return self._handlers().get(details.method.rpartition("/")[2])

    def _handlers(self) -> dict[str, Any]:
        codec: dict[str, Any] = {
            "request_deserializer": auth_pb2.LoginRequest.FromString,
            "response_serializer": _empty,
        }
        return {
            "UnaryUnary": grpc.unary_unary_rpc_method_handler(self._one, **codec),
            "UnaryStream": grpc.unary_stream_rpc_method_handler(self._many, **codec),
            "StreamUnary": grpc.stream_unary_rpc_method_handler(self._one_of_many, **codec),
            "StreamStream": grpc.stream_stream_rpc_method_handler(self._many_of_many, **codec),
        }

    async def _one(self, _request: Any, context: Any) -> empty_pb2.Empty:
        await self._work(context)
        return empty_pb2.Empty()

    async def _many(self, _request: Any, context: Any) -> AsyncIterator[empty_pb2.Empty]:
        yield empty_pb2.Empty()
        await self._work(context)
        yield empty_pb2.Empty()

    async def _one_of_many(self, requests: AsyncIterator[Any], context: Any) -> empty_pb2.Empty:
        async for _ in requests:
            await self._work(context)
        return empty_pb2.Empty()

    async def _many_of_many(
        self, requests: AsyncIterator[Any], context: Any
    ) -> AsyncIterator[empty_pb2.Empty]:
        async for _ in requests:
            await self._work(context)
            yield empty_pb2.Empty()


class Rig:
    """A server with the layers and a channel to it."""

    def __init__(self, work: Work, unary_max_seconds: float = 60.0) -> None:
        self.metrics = Metrics("probe")
        layers = (
            RequestContextLayer(self.metrics),
            FailureLayer(),
            DeadlineLayer(unary_max_seconds),
            ValidationLayer(),
        )
        self._server = LayeredServer(grpc.aio.server(), layers)
        self._server.add_generic_rpc_handlers([Probe(work)])
        self._channel: grpc.aio.Channel | None = None

    async def __aenter__(self) -> Rig:
        port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        self._channel = open_channel(f"127.0.0.1:{port}")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._channel is not None
        await self._channel.close()
        await self._server.stop(0)

    async def call(self, kind: str, request: Any = GOOD, **options: Any) -> int:
        """Calls the method of that kind; how many answers came. Raises AioRpcError."""
        assert self._channel is not None
        codec: dict[str, Any] = {
            "request_serializer": auth_pb2.LoginRequest.SerializeToString,
            "response_deserializer": empty_pb2.Empty.FromString,
        }
        path = f"/film.Probe/{kind}"
        match kind:
            case "UnaryUnary":
                await self._channel.unary_unary(path, **codec)(request, **options)
                return 1
            case "UnaryStream":
                return len(
                    [one async for one in self._channel.unary_stream(path, **codec)(request, **options)]
                )
            case "StreamUnary":
                await self._channel.stream_unary(path, **codec)(iter([request]), **options)
                return 1
            case _:
                stream = self._channel.stream_stream(path, **codec)(iter([request]), **options)
                return len([one async for one in stream])


async def nothing(_context: Any) -> None:
    """Work that is done at once."""


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unexpected_exception_tells_the_client_nothing_but_a_request_id(kind: str) -> None:
    async def work(_context: Any) -> None:
        raise ValueError("secret password in message")

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call(kind, metadata=(("x-request-id", "req-1"),))

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == "internal error"
    assert "secret" not in str(rpc_status.from_call(caught.value))
    assert details_of(caught.value)["ErrorInfo"].metadata["request_id"] == "req-1"


@pytest.mark.parametrize(
    ("action", "code"),
    [(FaultAction.FAIL, grpc.StatusCode.UNAVAILABLE), (FaultAction.REFUSE, grpc.StatusCode.INTERNAL)],
)
async def test_a_fault_that_a_test_armed_tells_the_caller_whether_to_ask_again(
    action: FaultAction, code: grpc.StatusCode
) -> None:
    faults = Faults({"jobs.create.after_commit": Fault(action)})

    async def work(_context: Any) -> None:
        faults.hit("jobs.create.after_commit")

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("UnaryUnary")

    assert caught.value.code() is code


@pytest.mark.parametrize("kind", KINDS)
async def test_an_expected_error_arrives_with_code_reason_and_domain(kind: str) -> None:
    async def work(_context: Any) -> None:
        raise NotFound("JOB_NOT_FOUND", "There is no such job.", "row 7 is gone", resource_name="jobs/7")

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call(kind)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert caught.value.details() == "There is no such job."
    info = details_of(caught.value)["ErrorInfo"]
    assert (info.reason, info.domain) == ("JOB_NOT_FOUND", "filmstudio")
    assert details_of(caught.value)["ResourceInfo"].resource_name == "jobs/7"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_breaks_two_rules_is_refused_with_both(kind: str) -> None:
    async with Rig(nothing) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call(kind, auth_pb2.LoginRequest())

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    violations = details_of(caught.value)["BadRequest"].field_violations
    assert [violation.field for violation in violations] == ["email", "password"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_good_call_of_every_kind_passes_and_is_counted(kind: str) -> None:
    async with Rig(nothing) as rig:
        answers = await rig.call(kind)
        exposition = rig.metrics.exposition().decode()

    assert answers == (2 if kind == "UnaryStream" else 1)
    assert (
        f'film_rpc_requests_total{{code="OK",method="/film.Probe/{kind}",service="probe"}} 1.0' in exposition
    )


async def test_a_status_that_the_handler_chose_itself_is_kept() -> None:
    async def work(context: Any) -> None:
        await context.abort(grpc.StatusCode.DATA_LOSS, "chosen")

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("UnaryUnary")

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.DATA_LOSS, "chosen")


async def test_a_call_longer_than_the_servers_maximum_ends_with_deadline_exceeded() -> None:
    async def work(_context: Any) -> None:
        await asyncio.Event().wait()

    async with Rig(work, unary_max_seconds=0.05) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("UnaryUnary", timeout=30)

    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "ErrorInfo" in details_of(caught.value)


async def test_the_handlers_own_timeout_error_is_no_deadline() -> None:
    async def work(_context: Any) -> None:
        raise TimeoutError("a broken dependency")

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("UnaryUnary")

    assert caught.value.code() is grpc.StatusCode.INTERNAL


async def test_the_handler_knows_what_is_left_of_the_clients_deadline() -> None:
    seen: list[float | None] = []

    async def work(_context: Any) -> None:
        seen.append(remaining_seconds())

    async with Rig(work) as rig:
        await rig.call("UnaryUnary", timeout=5)

    assert seen[0] is not None
    # grpc sends deadlines in whole units, rounded up.
    assert 0 < seen[0] < 6


async def test_deadline_and_request_id_go_along_to_the_next_service() -> None:
    seen: list[tuple[str, float | None]] = []

    async def inner(_context: Any) -> None:
        seen.append((current_request_id(), remaining_seconds()))

    async with Rig(inner) as far:

        async def outer(_context: Any) -> None:
            await far.call("UnaryUnary")

        async with Rig(outer) as near:
            await near.call("UnaryUnary", timeout=4, metadata=(("x-request-id", "chain"),))

    [(request_id, left)] = seen
    assert request_id == "chain"
    assert left is not None
    assert 0 < left < 5


async def test_a_request_id_with_odd_characters_is_replaced() -> None:
    seen: list[str] = []

    async def work(_context: Any) -> None:
        seen.append(current_request_id())

    async with Rig(work) as rig:
        await rig.call("UnaryUnary", metadata=(("x-request-id", "a b{}"),))

    assert len(seen[0]) == 32


async def test_an_unknown_method_is_unimplemented() -> None:
    async with Rig(nothing) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("StreamStreamX")

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_violations_given_by_a_handler_arrive_all_at_once() -> None:
    async def work(_context: Any) -> None:
        violations = (FieldViolation("a", "no"), FieldViolation("b[1].c", "nor this"))
        raise InvalidInput("BAD_SCRIPT", "The script is bad.", violations=violations)

    async with Rig(work) as rig:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await rig.call("UnaryUnary")

    fields = [violation.field for violation in details_of(caught.value)["BadRequest"].field_violations]
    assert fields == ["a", "b[1].c"]
