"""Errors as people read them, and the exit codes of the film command."""

from __future__ import annotations

from enum import IntEnum

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

from filmstudio.jobs.v1 import jobs_pb2


class Exit(IntEnum):
    """What the command's exit codes mean."""

    OK = 0
    JOB_FAILED = 1
    BAD_INPUT = 2
    CANCELLED = 3
    UNREACHABLE = 4


class BadBodyError(Exception):
    """A body that need not be sent; the text says why."""


_BAD_INPUT = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.OUT_OF_RANGE,
    }
)


def exit_code(error: grpc.aio.AioRpcError) -> Exit:
    """The exit code of a refused call."""
    return Exit.BAD_INPUT if error.code() in _BAD_INPUT else Exit.UNREACHABLE


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """The reason that programs branch on; empty when the server gave none."""
    status = rpc_status.from_call(_Answered(error))
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return str(info.reason)
    return ""


class _Answered:
    """What grpc_status reads a status from."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        self._error = error

    def code(self) -> grpc.StatusCode:
        """The status code."""
        return self._error.code()

    def details(self) -> str:
        """The status text."""
        return self._error.details() or ""

    def trailing_metadata(self) -> list[tuple[str, str | bytes]]:
        """The trailing metadata, in which the details travel."""
        return list(self._error.trailing_metadata() or ())


def failure_text(failure: jobs_pb2.Failure) -> str:
    """A job's failure with its reason, stage and place."""
    reason = jobs_pb2.FailureReason.Name(failure.reason).removeprefix("FAILURE_REASON_")
    stage = jobs_pb2.Stage.Name(failure.stage).removeprefix("STAGE_").lower()
    return f"{reason} in {stage}: {failure.message}"
