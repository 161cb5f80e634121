"""Forwards calls of other services to them: bytes in, bytes out, with the gateway's word on who calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from filmstudio.options.v1 import options_pb2
from studio_gateway.fault_points import answered, streaming
from studio_gateway.inward import InwardTokens
from studio_platform.channels import UNARY_TIMEOUT_SECONDS
from studio_platform.deadlines import timeout_for_call
from studio_platform.errors import StudioError, Unavailable
from studio_platform.faults import NO_FAULTS, Faults
from studio_platform.identity import Identity, current_identity
from studio_platform.interceptors.request_context import REQUEST_ID_HEADER, current_request_id
from studio_platform.logs import get_logger
from studio_platform.policies import MethodPolicies, method_path

RECHECK_SECONDS = 60.0
STATUS_DETAILS_KEY = "grpc-status-details-bin"
RETRY_AFTER_SECONDS = 1.0
# What a client's headers may tell the services; nothing about who it is.
FORWARDED_HEADERS = frozenset({"accept-language", "traceparent", "tracestate"})

_log = get_logger(__name__)

CheckCaller = Callable[[Identity], Awaitable[None]]
"""Raises a StudioError once the session is over, or the caller is no member any more."""


class Forwarder(grpc.GenericRpcHandler):
    """Serves the USER and PUBLIC methods of `services` by calling them on `channel`.

    INTERNAL methods are not served. Deadlines and request ids go along. Streams are asked
    about their session and membership every `recheck_seconds` and end when the gateway drains.
    """

    def __init__(
        self,
        channel: grpc.aio.Channel,
        services: Iterable[ServiceDescriptor],
        policies: MethodPolicies,
        tokens: InwardTokens,
        check_caller: CheckCaller,
        draining: asyncio.Event,
        recheck_seconds: float = RECHECK_SECONDS,
        faults: Faults = NO_FAULTS,
    ) -> None:
        """Raises ValueError for a method whose client streams: none of ours does."""
        self._channel = channel
        self._policies = policies
        self._tokens = tokens
        self._check_caller = check_caller
        self._draining = draining
        self._recheck_seconds = recheck_seconds
        self._faults = faults
        methods = [method for service in services for method in service.methods]
        self._handlers = {
            method_path(method): self._handler(method) for method in methods if self._is_served(method)
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The handler of a method, None for what isn't forwarded."""
        return self._handlers.get(handler_call_details.method)

    def _is_served(self, method: MethodDescriptor) -> bool:
        policy = self._policies.policy(method_path(method))
        return policy is not None and policy.access in (
            options_pb2.ACCESS_USER,
            options_pb2.ACCESS_PUBLIC,
        )

    def _handler(self, method: MethodDescriptor) -> Any:
        path = method_path(method)
        if method.client_streaming:
            raise ValueError(f"{path}: client streams are not forwarded")
        policy = self._policies.policy(path)
        is_public = policy is not None and policy.access == options_pb2.ACCESS_PUBLIC
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self._stream(path, is_public=is_public))
        return grpc.unary_unary_rpc_method_handler(self._unary(path, is_public=is_public))

    def _unary(self, path: str, *, is_public: bool) -> Any:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(path)
        fault_point = answered(_method_name(path))

        async def serve(request: bytes, context: Any) -> Any:
            identity = None if is_public else current_identity()
            try:
                timeout = timeout_for_call(UNARY_TIMEOUT_SECONDS)
                answer = await call(request, metadata=self._metadata(identity, context), timeout=timeout)
            except grpc.aio.AioRpcError as error:
                await _pass_on(error, context)
            else:
                self._faults.hit(fault_point)
                return answer

        return serve

    def _stream(self, path: str, *, is_public: bool) -> Any:
        call: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = self._channel.unary_stream(path)
        fault_point = streaming(_method_name(path))

        async def serve(request: bytes, context: Any) -> AsyncIterator[Any]:
            identity = None if is_public else current_identity()
            metadata = self._metadata(identity, context)
            answers = call(request, metadata=metadata, timeout=timeout_for_call(None))
            watch = asyncio.create_task(self._verdict(identity))
            watch.add_done_callback(lambda _: answers.cancel())
            try:
                async for answer in answers:
                    yield answer
                    self._faults.hit(fault_point)
            except (grpc.aio.AioRpcError, asyncio.CancelledError) as error:
                if watch.done() and not watch.cancelled():
                    raise watch.result() from error
                if isinstance(error, asyncio.CancelledError):
                    raise
                await _pass_on(error, context)
            finally:
                watch.cancel()

        return serve

    async def _verdict(self, identity: Identity | None) -> StudioError:
        """Returns why a stream must end, once it must."""
        while True:
            try:
                async with asyncio.timeout(self._recheck_seconds):
                    await self._draining.wait()
                    return Unavailable("GATEWAY_DRAINING", "Connect again.")
            except TimeoutError:
                pass
            if identity is None:
                continue
            try:
                await self._check_caller(identity)
            except Unavailable as error:
                _log.warning("caller not checked, stream goes on", error=error.log_text)
            except StudioError as error:
                return error

    def _metadata(self, identity: Identity | None, context: Any) -> tuple[tuple[str, str], ...]:
        given = context.invocation_metadata() or ()
        sent = [(key, value) for key, value in given if key in FORWARDED_HEADERS]
        if request_id := current_request_id():
            sent.append((REQUEST_ID_HEADER, request_id))
        if identity is not None:
            sent.append(("authorization", f"Bearer {self._tokens.token(identity)}"))
        return tuple(sent)


def _method_name(path: str) -> str:
    return path.rpartition("/")[2]


async def _pass_on(error: grpc.aio.AioRpcError, context: Any) -> None:
    """Ends the call as the service ended it; a service that is away is Unavailable with a time to retry."""
    details = dict(error.trailing_metadata() or ()).get(STATUS_DETAILS_KEY)
    if details is None and error.code() is grpc.StatusCode.UNAVAILABLE:
        raise Unavailable(
            "SERVICE_AWAY",
            "The studio is not ready; try again shortly.",
            f"{error.details()}",
            retry_after_seconds=RETRY_AFTER_SECONDS,
        ) from error
    trailing = () if details is None else ((STATUS_DETAILS_KEY, details),)
    await context.abort(error.code(), error.details() or "", trailing)
