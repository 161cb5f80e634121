"""From errors to gRPC statuses and HTTP codes: the one table, and the details of each kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import (  # type: ignore[import-untyped]  # googleapis-common-protos has no stubs
    error_details_pb2,
    status_pb2,
)

from studio_platform import errors

ERROR_DOMAIN = "filmstudio"
"""`ErrorInfo.domain` of every error of this system."""

REQUEST_ID_KEY = "request_id"
"""Key of the request id in `ErrorInfo.metadata`."""

GRPC_CODES: Mapping[type[errors.StudioError], grpc.StatusCode] = MappingProxyType(
    {
        errors.InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
        errors.NotFound: grpc.StatusCode.NOT_FOUND,
        errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
        errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
        errors.OutOfRange: grpc.StatusCode.OUT_OF_RANGE,
        errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
        errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
        errors.ResourceExhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
        errors.Aborted: grpc.StatusCode.ABORTED,
        errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
        errors.DeadlineExceeded: grpc.StatusCode.DEADLINE_EXCEEDED,
        errors.Internal: grpc.StatusCode.INTERNAL,
    }
)

# The mapping in the comments of google/rpc/code.proto.
HTTP_STATUSES: Mapping[grpc.StatusCode, int] = MappingProxyType(
    {
        grpc.StatusCode.OK: 200,
        grpc.StatusCode.CANCELLED: 499,
        grpc.StatusCode.UNKNOWN: 500,
        grpc.StatusCode.INVALID_ARGUMENT: 400,
        grpc.StatusCode.DEADLINE_EXCEEDED: 504,
        grpc.StatusCode.NOT_FOUND: 404,
        grpc.StatusCode.ALREADY_EXISTS: 409,
        grpc.StatusCode.PERMISSION_DENIED: 403,
        grpc.StatusCode.UNAUTHENTICATED: 401,
        grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
        grpc.StatusCode.FAILED_PRECONDITION: 400,
        grpc.StatusCode.ABORTED: 409,
        grpc.StatusCode.OUT_OF_RANGE: 400,
        grpc.StatusCode.UNIMPLEMENTED: 501,
        grpc.StatusCode.INTERNAL: 500,
        grpc.StatusCode.UNAVAILABLE: 503,
        grpc.StatusCode.DATA_LOSS: 500,
    }
)


def grpc_code(error: errors.StudioError) -> grpc.StatusCode:
    """The code of the error's kind; a subclass has its nearest ancestor's, StudioError itself INTERNAL."""
    for kind in type(error).__mro__:
        if kind in GRPC_CODES:
            return GRPC_CODES[kind]
    return grpc.StatusCode.INTERNAL


def http_status(error: errors.StudioError) -> int:
    """The HTTP status of the error, derived from its gRPC code."""
    return HTTP_STATUSES[grpc_code(error)]


def to_status(error: errors.StudioError, request_id: str = "") -> status_pb2.Status:
    """The error as `google.rpc.Status`: the user's text, ErrorInfo, and what its kind adds (AIP-193)."""
    metadata = dict(error.metadata)
    if request_id:
        metadata[REQUEST_ID_KEY] = request_id
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=metadata)
    code, _ = grpc_code(error).value
    return status_pb2.Status(
        code=code,
        message=error.user_text,
        details=[_packed(detail) for detail in (info, *_details(error))],
    )


def _details(error: errors.StudioError) -> list[Message]:
    match error:
        case errors.InvalidInput(violations=violations) if violations:
            return [_bad_request(violations)]
        case errors.NotFound(resource_name=name) | errors.AlreadyExists(resource_name=name) if name:
            return [error_details_pb2.ResourceInfo(resource_name=name)]
        case errors.ResourceExhausted(retry_after_seconds=seconds) if seconds is not None:
            return [_retry_info(seconds)]
        case errors.Unavailable(retry_after_seconds=seconds) if seconds is not None:
            return [_retry_info(seconds)]
        case _:
            return []


def _bad_request(violations: tuple[errors.FieldViolation, ...]) -> error_details_pb2.BadRequest:
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(
                field=violation.field, description=violation.text, reason=violation.reason
            )
            for violation in violations
        ]
    )


def _retry_info(seconds: float) -> error_details_pb2.RetryInfo:
    delay = duration_pb2.Duration()
    delay.FromMilliseconds(math.ceil(seconds * 1000))
    return error_details_pb2.RetryInfo(retry_delay=delay)


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed
