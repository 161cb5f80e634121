"""A grpc.aio server whose handlers have layers around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import grpc

from studio_platform.interceptors.layers import Handler, Layer, MethodLayers


class LayeredHandlers(grpc.GenericRpcHandler):
    """The methods of `handlers` with layers around them."""

    def __init__(self, handlers: grpc.GenericRpcHandler, layers: MethodLayers) -> None:
        self._handlers = handlers
        self._layers = layers
        self._wrapped: dict[str, tuple[Handler, Handler]] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        """The method's handler; None, as grpc wants it, for unknown methods."""
        method = handler_call_details.method
        handler = self._handlers.service(handler_call_details)
        if handler is None:
            return None
        known = self._wrapped.get(method)
        if known is None or known[0] is not handler:
            known = self._wrapped[method] = handler, self._layers.wrapped(method, handler)
        return known[1]


class LayeredServer(grpc.aio.Server):
    """Takes handlers as `server` does, and gives it them with the layers around them."""

    def __init__(self, server: grpc.aio.Server, layers: Sequence[Layer]) -> None:
        self._server = server
        self._layers = MethodLayers(layers)

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """As grpc's server."""
        layered = [LayeredHandlers(handlers, self._layers) for handlers in generic_rpc_handlers]
        self._server.add_generic_rpc_handlers(layered)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Any]) -> None:
        """As grpc's server."""
        wrapped = {
            name: self._layers.wrapped(f"/{service_name}/{name}", handler)
            for name, handler in method_handlers.items()
        }
        self._server.add_registered_method_handlers(service_name, wrapped)

    def add_insecure_port(self, address: str) -> int:
        """As grpc's server."""
        return self._server.add_insecure_port(address)

    def add_secure_port(self, address: str, server_credentials: grpc.ServerCredentials) -> int:
        """As grpc's server."""
        return self._server.add_secure_port(address, server_credentials)

    async def start(self) -> None:
        """As grpc's server."""
        await self._server.start()

    async def stop(self, grace: float | None) -> None:
        """As grpc's server."""
        await self._server.stop(grace)

    async def wait_for_termination(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - grpc's
        """As grpc's server."""
        return await self._server.wait_for_termination(timeout)
