"""Messages and errors as JSON, and the HTTP status of each error (AIP-193)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import (  # type: ignore[import-untyped]  # googleapis-common-protos has no stubs
    error_details_pb2,
    status_pb2,
)

from studio_gateway.http.refusals import Refusal
from studio_gateway.http.routes import descriptor_of
from studio_gateway.http.writers import field_text, writer_of
from studio_platform.errors import StudioError
from studio_platform.statuses import HTTP_STATUSES, to_status

JSON_TYPE = "application/json"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def message_json(message: Message, field: str = "") -> bytes:
    """The message, or one field of it, in the JSON mapping of proto3; fields with their defaults included."""
    descriptor = descriptor_of(message)
    text = field_text(message, descriptor.fields_by_name[field]) if field else writer_of(descriptor)(message)
    return text.encode()


def encoded(document: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def failure(error: StudioError | Refusal | status_pb2.Status, request_id: str = "") -> Failure:
    """The answer to a call that failed."""
    if isinstance(error, Refusal):
        return Failure(to_status(error.error, request_id), error.status, error.headers)
    if isinstance(error, StudioError):
        error = to_status(error, request_id)
    return Failure(error, HTTP_STATUSES[code_of(error)], {})


def code_of(status: status_pb2.Status) -> grpc.StatusCode:
    """The code of a status; UNKNOWN for a number that is none."""
    return _CODES.get(status.code, grpc.StatusCode.UNKNOWN)


class Failure:
    """An error as HTTP: `status`, `headers` and `document`."""

    def __init__(self, rpc_status: Any, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = {**headers, **_headers_of(rpc_status, status)}
        self.document = {
            "error": {
                "code": status,
                "message": rpc_status.message,
                "status": code_of(rpc_status).name,
                "details": [_detail(packed) for packed in rpc_status.details],
            }
        }


def _headers_of(rpc_status: Any, status: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    retry = error_details_pb2.RetryInfo()
    for packed in rpc_status.details:
        if packed.Unpack(retry):
            headers["retry-after"] = str(max(1, math.ceil(retry.retry_delay.ToTimedelta().total_seconds())))
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="filmstudio"'
    return headers


def _detail(packed: Any) -> dict[str, Any]:
    try:
        detail: dict[str, Any] = json_format.MessageToDict(packed)
    except (TypeError, json_format.Error):
        # A type that this process doesn't know.
        return {"@type": packed.type_url}
    return detail
