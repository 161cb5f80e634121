"""The outermost layer: request id, access log line, metrics."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

import grpc

from studio_platform.interceptors.layers import ServerCall
from studio_platform.logs import bound, get_logger
from studio_platform.telemetry import Metrics

REQUEST_ID_HEADER = "x-request-id"
_ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET_PREFIXES = ("/grpc.health.v1.Health/", "/grpc.reflection.")

_log = get_logger(__name__)
_request_id: ContextVar[str] = ContextVar("filmstudio_request_id", default="")


def current_request_id() -> str:
    """The id of the request being served; empty outside of one."""
    return _request_id.get()


class RequestContextLayer:
    """Names the call, counts it and writes one line when it ends."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Takes the caller's x-request-id if it is 1 to 64 plain characters, else makes one."""
        call.request_id = _accepted(call.metadata.get(REQUEST_ID_HEADER, ""))
        _request_id.set(call.request_id)
        started = time.perf_counter()
        with bound(request_id=call.request_id), self._metrics.call(call.method) as outcome:
            call.outcome = outcome
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit):
                outcome.code = grpc.StatusCode.CANCELLED.name
                raise
            finally:
                _write_line(call, time.perf_counter() - started)

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""


def _accepted(given: str) -> str:
    return given if _ACCEPTED_REQUEST_ID.fullmatch(given) else uuid4().hex


def _write_line(call: ServerCall, seconds: float) -> None:
    write = _log.debug if call.method.startswith(_QUIET_PREFIXES) else _log.info
    write("rpc", method=call.method, code=call.outcome.code, milliseconds=round(seconds * 1000, 1))
