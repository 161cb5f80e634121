"""The gRPC health service whose watchers are let go when the server drains (grpc's own hold it up)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

_Response = health_pb2.HealthCheckResponse


class Serving(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # the base has no stubs
    """One state for the whole server, "", and each service: NOT_SERVING, SERVING, and at last NOT_SERVING."""

    def __init__(self, services: Iterable[str]) -> None:
        self._names = frozenset({"", *services})
        self._ready = asyncio.Event()
        self._draining = asyncio.Event()

    def set_ready(self) -> None:
        """From now on it is SERVING, unless it drains already."""
        self._ready.set()

    def drain(self) -> None:
        """From now on it is NOT_SERVING for good; watchers hear that and their calls end."""
        self._draining.set()
        self._ready.set()

    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - the contract's
        """The state now; NOT_FOUND for a service that isn't here."""
        if request.service not in self._names:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return _Response(status=self._status())

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802 - the contract's
        """The state now and at each change until the drain; SERVICE_UNKNOWN for a service that isn't here."""
        del context
        if request.service not in self._names:
            yield _Response(status=_Response.SERVICE_UNKNOWN)
            await self._draining.wait()
            return
        if not self._ready.is_set():
            yield _Response(status=self._status())
            await self._ready.wait()
        if not self._draining.is_set():
            yield _Response(status=self._status())
            await self._draining.wait()
        yield _Response(status=self._status())

    def _status(self) -> Any:
        is_serving = self._ready.is_set() and not self._draining.is_set()
        return _Response.SERVING if is_serving else _Response.NOT_SERVING
