"""The one gRPC interceptor: it wraps all four kinds of method in a list of layers, the first outermost.

Each RPC runs in a task of its own, so what a layer sets in a context variable is the handler's too.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
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


class Layer(Protocol):
    """Something around every call, and before every message that the client sends."""

    def around(self, call: ServerCall) -> AbstractAsyncContextManager[None]:
        """Entered before the handler runs, left after it; raises a StudioError to refuse the call."""
        ...

    def admit(self, call: ServerCall, request: Any) -> None:
        """Raises InvalidInput for a message that breaks a rule."""
        ...


class LayeredInterceptor(grpc.aio.ServerInterceptor):
    """Puts `layers` around every method, the first outermost."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The method's handler with the layers around it; None, as grpc wants it, for unknown methods."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        return self.wrapped(handler_call_details.method, handler)

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
        async def serve(request: Any, context: Context) -> Any:
            async with self._entered(method, context, streams_response=False) as call:
                return await inner(checked(call, request), context)

        return serve

    def _streaming(self, method: str, inner: Any, checked: Callable[[ServerCall, Any], Any]) -> Any:
        async def serve_iterator(request: Any, context: Context) -> AsyncIterator[Any]:
            async with self._entered(method, context, streams_response=True) as call:
                async for response in inner(checked(call, request), context):
                    yield response

        async def serve_writer(request: Any, context: Context) -> None:
            async with self._entered(method, context, streams_response=True) as call:
                await inner(checked(call, request), context)

        # Handlers that write to the context themselves (grpc's health service) are coroutines.
        return serve_writer if inspect.iscoroutinefunction(inner) else serve_iterator

    @asynccontextmanager
    async def _entered(
        self, method: str, context: Context, *, streams_response: bool
    ) -> AsyncIterator[ServerCall]:
        call = ServerCall(
            method=method,
            context=context,
            metadata=text_metadata(context.invocation_metadata() or ()),
            streams_response=streams_response,
            request_id="",
            outcome=CallOutcome(),
        )
        async with AsyncExitStack() as stack:
            for layer in self._layers:
                await stack.enter_async_context(layer.around(call))
            yield call

    def _checked_one(self, call: ServerCall, request: Any) -> Any:
        for layer in self._layers:
            layer.admit(call, request)
        return request

    async def _checked_each(self, call: ServerCall, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield self._checked_one(call, request)


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
