"""Wraps all four kinds of method in a list of layers, the first outermost.

Each RPC runs in a task of its own, so what a layer sets in a context variable is the handler's too.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import grpc

from studio_platform.telemetry import CallOutcome

# Quoted: generic in the stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


@dataclass(slots=True)
class ServerCall:
    """One call as the layers see it; `method` is "/package.Service/Method"."""

    method: str
    context: Context
    metadata: Mapping[str, str]
    streams_response: bool
    request_id: str
    outcome: CallOutcome


Answering: TypeAlias = Callable[[ServerCall, Any], Awaitable[Any]]


class Layer(Protocol):
    """Something around every call, and before every message that the client sends."""

    def around(self, call: ServerCall) -> AbstractAsyncContextManager[None]:
        """Entered before the handler runs, left after it; raises a StudioError to refuse the call."""
        ...

    def admit(self, call: ServerCall, request: Any) -> None:
        """Raises InvalidInput for a message that breaks a rule."""
        ...


class MethodLayers:
    """Puts `layers` around every method, the first outermost.

    Handlers are wrapped once; an interceptor of grpc's would do it at each call.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)

    def wrapped(self, method: str, handler: Handler) -> Handler:
        """The handler with the layers around it."""
        serializers = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if not handler.request_streaming and not handler.response_streaming:
            served = self._answering(method, handler.unary_unary, self._checked_one)
            return grpc.unary_unary_rpc_method_handler(served, **serializers)
        if not handler.request_streaming:
            served = self._streaming(method, handler.unary_stream, self._checked_one)
            return grpc.unary_stream_rpc_method_handler(served, **serializers)
        if not handler.response_streaming:
            served = self._answering(method, handler.stream_unary, self._checked_each)
            return grpc.stream_unary_rpc_method_handler(served, **serializers)
        served = self._streaming(method, handler.stream_stream, self._checked_each)
        return grpc.stream_stream_rpc_method_handler(served, **serializers)

    def _answering(self, method: str, inner: Any, checked: Callable[[ServerCall, Any], Any]) -> Any:
        async def innermost(call: ServerCall, request: Any) -> Any:
            return await inner(checked(call, request), call.context)

        within: Answering = innermost
        for layer in reversed(self._layers):
            within = _answering_within(layer, within)

        async def serve(request: Any, context: Context) -> Any:
            return await within(_call(method, context, streams_response=False), request)

        return serve

    def _streaming(self, method: str, inner: Any, checked: Callable[[ServerCall, Any], Any]) -> Any:
        async def serve_iterator(request: Any, context: Context) -> AsyncIterator[Any]:
            async with AsyncExitStack() as stack:
                call = await self._entered(stack, method, context)
                async for response in inner(checked(call, request), context):
                    yield response

        async def serve_writer(request: Any, context: Context) -> None:
            async with AsyncExitStack() as stack:
                call = await self._entered(stack, method, context)
                await inner(checked(call, request), context)

        # Handlers that write to the context themselves (grpc's health service) are coroutines.
        return serve_writer if inspect.iscoroutinefunction(inner) else serve_iterator

    async def _entered(self, stack: AsyncExitStack, method: str, context: Context) -> ServerCall:
        call = _call(method, context, streams_response=True)
        for layer in self._layers:
            await stack.enter_async_context(layer.around(call))
        return call

    def _checked_one(self, call: ServerCall, request: Any) -> Any:
        for layer in self._layers:
            layer.admit(call, request)
        return request

    async def _checked_each(self, call: ServerCall, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield self._checked_one(call, request)


def _answering_within(layer: Layer, inner: Answering) -> Answering:
    async def serve(call: ServerCall, request: Any) -> Any:
        async with layer.around(call):
            return await inner(call, request)

    return serve


def _call(method: str, context: Context, *, streams_response: bool) -> ServerCall:
    metadata = text_metadata(context.invocation_metadata() or ())
    return ServerCall(method, context, metadata, streams_response, request_id="", outcome=CallOutcome())


def text_metadata(metadata: Any) -> dict[str, str]:
    """The text pairs of gRPC metadata, lower-case keys, binary ones left out.

    A repeated key counts as not given: a proxy may have read its first value, and we would read its last.
    """
    pairs = [(key, value) for key, value in metadata if isinstance(value, str)]
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    times = Counter(key for key, _ in pairs)
    return {key: value for key, value in found.items() if times[key] == 1}
