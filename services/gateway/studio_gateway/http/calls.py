"""Calls a method within the process, through the same layers and handlers as a gRPC call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf.message import Message
from google.rpc import status_pb2  # type: ignore[import-untyped]  # googleapis-common-protos has no stubs

from studio_gateway.http.routes import Route
from studio_platform.interceptors.layers import Layer, MethodLayers

STATUS_DETAILS_KEY = "grpc-status-details-bin"


class CallRefused(Exception):
    """A call ended with `status`, a google.rpc.Status."""

    def __init__(self, status: Any) -> None:
        super().__init__(status.message)
        self.status = status


class LocalContext:
    """As much of grpc's ServicerContext as layers and handlers ask for.

    `peer` is written as grpc writes it: "ipv4:127.0.0.1:3342".
    """

    def __init__(self, metadata: Sequence[tuple[str, str]], peer: str) -> None:
        self._metadata = tuple(metadata)
        self._peer = peer
        self.told: tuple[tuple[str, str], ...] = ()
        self.ended: tuple[grpc.StatusCode, str, Mapping[str, Any]] | None = None

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        """What the client's headers say."""
        return self._metadata

    def peer(self) -> str:
        """Where the client is."""
        return self._peer

    def time_remaining(self) -> float | None:
        """HTTP clients send no deadline."""
        return None

    def code(self) -> grpc.StatusCode | None:
        """How the call was ended."""
        return None if self.ended is None else self.ended[0]

    def set_trailing_metadata(self, pairs: Sequence[tuple[str, str]]) -> None:
        """What goes with the answer beside it; over HTTP in its headers, in `told`."""
        self.told = tuple(pairs)

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Any = ()) -> NoReturn:
        """Ends the call. Raises AbortError."""
        self.ended = (code, details, dict(trailing_metadata or ()))
        raise grpc.aio.AbortError(details)

    async def abort_with_status(self, status: Any) -> NoReturn:
        """Ends the call with a grpc.Status. Raises AbortError."""
        await self.abort(status.code, status.details, status.trailing_metadata)

    def status(self) -> Any:
        """How the call was ended, as google.rpc.Status."""
        code, text, trailing = self.ended or (grpc.StatusCode.UNKNOWN, "", {})
        details = trailing.get(STATUS_DETAILS_KEY)
        if details is not None:
            return status_pb2.Status.FromString(details)
        return status_pb2.Status(code=code.value[0], message=text)


class HandlerTable:
    """Takes servicers and generic handlers as a grpc.aio.Server does, and gives the handler of a method."""

    def __init__(self) -> None:
        self._methods: dict[str, Any] = {}
        self._generic: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """As grpc's server."""
        self._generic += handlers

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """As grpc's server."""
        self._methods |= {f"/{service}/{name}": handler for name, handler in handlers.items()}

    def handler(self, path: str) -> Any:
        """The handler of "/package.Service/Method", or None."""
        if (known := self._methods.get(path)) is not None:
            return known
        details: Any = _Details(path)
        found = (generic.service(details) for generic in self._generic)
        return next((handler for handler in found if handler is not None), None)


class _Details:
    def __init__(self, method: str) -> None:
        self.method = method
        self.invocation_metadata = ()


class LocalCalls:
    """The methods of the routes, each with `layers` around it."""

    def __init__(self, table: HandlerTable, layers: Sequence[Layer], routes: Sequence[Route]) -> None:
        """Raises ValueError that names the methods which nobody handles."""
        wrapper = MethodLayers(layers)
        bare = {route.path: table.handler(route.path) for route in routes}
        if missing := [path for path, handler in bare.items() if handler is None]:
            raise ValueError(f"nobody handles {', '.join(missing)}")
        self._handlers: dict[str, Any] = {
            path: wrapper.wrapped(path, handler) for path, handler in bare.items()
        }

    async def answer(self, route: Route, request: Message, context: LocalContext) -> Message:
        """The one answer. Raises CallRefused."""
        handler = self._handlers[route.path]
        try:
            answer = await handler.unary_unary(_given(handler, request), context)
        except grpc.aio.AbortError as error:
            raise CallRefused(context.status()) from error
        return _taken(route, answer)

    async def answers(self, route: Route, request: Message, context: LocalContext) -> AsyncIterator[Message]:
        """Each answer of a stream. Raises CallRefused."""
        handler = self._handlers[route.path]
        try:
            async for answer in handler.unary_stream(_given(handler, request), context):
                yield _taken(route, answer)
        except grpc.aio.AbortError as error:
            raise CallRefused(context.status()) from error


def _given(handler: Any, request: Message) -> Any:
    """A handler without a deserializer takes bytes."""
    return request if handler.request_deserializer else request.SerializeToString()


def _taken(route: Route, answer: Any) -> Message:
    return route.read_answer(answer) if isinstance(answer, bytes) else answer
