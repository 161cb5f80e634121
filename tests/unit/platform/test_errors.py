"""Errors, their statuses and their HTTP codes."""

from __future__ import annotations

import inspect
from datetime import timedelta

import grpc
import pytest
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs

from studio_platform import errors
from studio_platform.statuses import GRPC_CODES, HTTP_STATUSES, grpc_code, http_status, to_status

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.StudioError) and kind is not errors.StudioError
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_code_of_its_own_name(kind: type[errors.StudioError]) -> None:
    error = kind("SOME_REASON", "for users")

    name = "INVALID_ARGUMENT" if kind is errors.InvalidInput else ""
    expected = name or "".join(f"_{char}" if char.isupper() else char for char in kind.__name__)[1:].upper()

    assert grpc_code(error).name == expected


def test_every_code_has_an_http_status() -> None:
    assert set(HTTP_STATUSES) == set(grpc.StatusCode)
    assert set(GRPC_CODES.values()) <= set(HTTP_STATUSES)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("NO_JOB", "no"), 404),
        (errors.FailedPrecondition("WRONG_STATE", "no"), 400),
        (errors.ResourceExhausted("QUOTA_FULL", "no"), 429),
        (errors.Aborted("ETAG_DIFFERS", "no"), 409),
    ],
)
def test_http_follows_from_the_grpc_code(error: errors.StudioError, status: int) -> None:
    assert http_status(error) == status


@pytest.mark.parametrize("reason", ["", "lower", "A", "WITH SPACE", "ENDS_", "A" * 64])
def test_a_reason_of_another_form_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="UPPER_SNAKE"):
        errors.NotFound(reason, "no")


def test_the_text_for_logs_never_reaches_the_status() -> None:
    error = errors.Unavailable("STORE_AWAY", "The store is away.", "s3 key AKIA failed", {"bucket": "film"})

    status = to_status(error, "req-1")

    assert status.message == "The store is away."
    assert b"AKIA" not in status.SerializeToString()


def test_metadata_and_request_id_are_in_the_error_info() -> None:
    status = to_status(errors.OutOfRange("TOO_OLD", "gone", metadata={"oldest": "7"}), "req-1")

    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert dict(info.metadata) == {"oldest": "7", "request_id": "req-1"}
    assert info.domain == "filmstudio"


@pytest.mark.parametrize("kind", [errors.ResourceExhausted, errors.Unavailable])
def test_when_to_come_back_is_said_in_milliseconds_rounded_up(
    kind: type[errors.ResourceExhausted | errors.Unavailable],
) -> None:
    status = to_status(kind("COME_BACK", "later", retry_after_seconds=1.2341))

    retry = error_details_pb2.RetryInfo()
    assert status.details[1].Unpack(retry)
    assert retry.retry_delay.ToTimedelta() == timedelta(milliseconds=1235)


def test_where_waiting_does_not_help_there_is_no_retry_info() -> None:
    status = to_status(errors.ResourceExhausted("QUOTA_FULL", "no"))

    assert len(status.details) == 1
