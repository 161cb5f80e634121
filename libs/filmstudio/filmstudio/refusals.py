"""From what gRPC raises to the client's own errors: one table, and the words for a server that is away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import grpc
from google.rpc import (  # type: ignore[import-untyped]  # googleapis-common-protos has no stubs
    error_details_pb2,
    status_pb2,
)

from filmstudio import errors

DETAILS_KEY = "grpc-status-details-bin"

KINDS: dict[grpc.StatusCode, type[errors.FilmStudioError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: errors.RefusedError,
    grpc.StatusCode.NOT_FOUND: errors.NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: errors.RefusedError,
    grpc.StatusCode.FAILED_PRECONDITION: errors.RefusedError,
    grpc.StatusCode.OUT_OF_RANGE: errors.RefusedError,
    grpc.StatusCode.ABORTED: errors.RefusedError,
    grpc.StatusCode.PERMISSION_DENIED: errors.RefusedError,
    grpc.StatusCode.UNAUTHENTICATED: errors.SignInError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.BusyError,
    grpc.StatusCode.UNAVAILABLE: errors.UnreachableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.UnreachableError,
}


@dataclass(frozen=True, slots=True)
class ConnectionFault:
    """A failed connection: what gRPC writes, what it means to people, and whether it may pass by itself."""

    sign: str
    meaning: str
    passes: bool = False


# The first that fits holds.
CONNECTION_FAULTS = (
    ConnectionFault("Connection refused", "nothing listens there", passes=True),
    ConnectionFault("address lookup failed", "the name is not known"),
    ConnectionFault("DNS resolution failed", "the name is not known"),
    ConnectionFault("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted (FILM_CA_FILE names more)"),
    ConnectionFault("Hostname Verification", "its certificate is for another name"),
    ConnectionFault("WRONG_VERSION_NUMBER", "it does not speak TLS; try the address without https://"),
    ConnectionFault("handshake failed", "it could not agree on TLS"),
    ConnectionFault("Failed parsing HTTP/2", "what listens there is no studio"),
    ConnectionFault("Received http2 header", "what listens there is no studio"),
    ConnectionFault(
        "Socket closed", "it closes the connection; a studio behind TLS needs https://", passes=True
    ),
    ConnectionFault("Deadline", "it does not answer in time", passes=True),
)


def client_error(error: grpc.aio.AioRpcError, server: str) -> errors.FilmStudioError:
    """The client's error for a call that failed."""
    cause, text = cause_of(error), error.details() or error.code().name
    fault = _connection_fault(text)
    if fault is not None and not cause.reason:
        return errors.UnreachableError(f"the studio at {server} does not answer: {fault.meaning}", cause)
    kind = KINDS.get(error.code(), errors.StudioFaultError)
    if kind is errors.UnreachableError:
        text = f"the studio at {server} does not answer: {text}"
    if kind is errors.BusyError:
        return _busy(text, cause, retry_after_seconds(error))
    if kind is errors.StudioFaultError and cause.request_id:
        text = f"{text} (request {cause.request_id})"
    return kind(text, cause)


def may_pass(error: grpc.aio.AioRpcError) -> bool:
    """Whether the same call may succeed a little later."""
    if error.code() is not grpc.StatusCode.UNAVAILABLE:
        return False
    fault = _connection_fault(error.details() or "")
    return fault is None or fault.passes


def _connection_fault(text: str) -> ConnectionFault | None:
    return next((fault for fault in CONNECTION_FAULTS if fault.sign in text), None)


def retry_after_seconds(error: grpc.aio.AioRpcError) -> float | None:
    """How long a call that was too much is asked to wait; None for other errors, and without a word."""
    status = _status_of(error)
    if status is None or error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
        return None
    retry = error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Unpack(retry):
            return float(retry.retry_delay.ToTimedelta().total_seconds())
    return None


def cause_of(error: grpc.aio.AioRpcError) -> errors.Cause:
    """Reason and details that the studio sent along."""
    status = _status_of(error)
    return errors.Cause() if status is None else _cause(status)


def _status_of(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return status_pb2.Status.FromString(value)
    return None


def _busy(text: str, cause: errors.Cause, seconds: float | None) -> errors.BusyError:
    if seconds is not None:
        text = f"{text} Try again in {math.ceil(seconds)} s."
    return errors.BusyError(text, cause, seconds)


def _cause(status: status_pb2.Status) -> errors.Cause:
    info = error_details_pb2.ErrorInfo()
    for detail in status.details:
        if detail.Unpack(info):
            return errors.Cause(str(info.reason), dict(info.metadata))
    return errors.Cause()
