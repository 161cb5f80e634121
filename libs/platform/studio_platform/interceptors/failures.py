"""The layer that turns errors into statuses: expected ones by the table, others into "internal error"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc_status import rpc_status  # type: ignore[import-untyped]  # grpcio-status has no stubs

from studio_platform.errors import Internal, StudioError, Unavailable
from studio_platform.faults import FaultInjected
from studio_platform.interceptors.layers import ServerCall
from studio_platform.logs import get_logger
from studio_platform.statuses import grpc_code, to_status

INTERNAL_TEXT = "internal error"

_log = get_logger(__name__)


class FailureLayer:
    """Lets nothing of an unexpected exception out: its text may hold secrets."""

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Aborts the call with the status of what was raised within."""
        try:
            yield
        except grpc.aio.AbortError:
            # The handler chose a status itself; CancelledError is no Exception and passes by.
            call.outcome.code = _aborted_code(call)
            raise
        except StudioError as error:
            await _abort(call, error)
        except Exception as error:  # noqa: BLE001 - the boundary: no text of it gets out
            await _abort(call, _unexpected(call, error))

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""


def _unexpected(call: ServerCall, error: Exception) -> StudioError:
    """What the client is told of it: nothing, or after a fault that a test armed, to ask again."""
    if isinstance(error, FaultInjected) and not error.permanent:
        return Unavailable("FAULT_INJECTED", "Try again shortly.", str(error), retry_after_seconds=None)
    _log.error("unexpected exception", method=call.method, exc_info=error)
    return Internal("INTERNAL", INTERNAL_TEXT)


async def _abort(call: ServerCall, error: StudioError) -> None:
    code = grpc_code(error)
    call.outcome.code = code.name
    if code is grpc.StatusCode.INTERNAL and error.reason != "INTERNAL":
        _log.error("internal error", reason=error.reason, detail=error.log_text, exc_info=error)
    else:
        _log.info("call refused", method=call.method, reason=error.reason, detail=error.log_text)
    await call.context.abort_with_status(rpc_status.to_status(to_status(error, call.request_id)))


def _aborted_code(call: ServerCall) -> str:
    code = call.context.code()
    return code.name if isinstance(code, grpc.StatusCode) else grpc.StatusCode.UNKNOWN.name
