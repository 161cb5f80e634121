"""What a refused call tells beside its code and text."""

from __future__ import annotations

from typing import Any

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs


def details_of(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """The packed details of a rich status by their short type name."""
    status = rpc_status.from_call(error)
    unpacked = {}
    for packed in status.details:
        name = packed.type_url.rpartition(".")[2]
        message = getattr(error_details_pb2, name)()
        packed.Unpack(message)
        unpacked[name] = message
    return unpacked
