"""Client channels: deadlines and request ids go along, and a server that comes back is found at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from filmstudio.servers import is_loopback
from studio_platform.deadlines import timeout_for_call
from studio_platform.interceptors.request_context import REQUEST_ID_HEADER, current_request_id

RECONNECT_BACKOFF_MIN_MS = 100
RECONNECT_BACKOFF_MAX_MS = 1_000
KEEPALIVE_MS = 30_000
RESOLUTION_PAUSE_MS = 2_000
UNARY_TIMEOUT_SECONDS = 30.0
METADATA_MAX_BYTES = 32 * 1024
"""As a head of HTTP; details of an error may have more than the 8 KiB of gRPC's own limit."""

METADATA_OPTIONS = (
    ("grpc.max_metadata_size", METADATA_MAX_BYTES),
    # Between the two gRPC refuses by chance.
    ("grpc.absolute_max_metadata_size", METADATA_MAX_BYTES),
)
"""For servers and for channels."""


class OutgoingUnary(grpc.aio.UnaryUnaryClientInterceptor):
    """Adds the deadline and the request id of the work at hand to calls with one answer."""

    def __init__(self, timeout_seconds: float = UNARY_TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Raises DeadlineExceeded instead of calling when no time is left."""
        limit = client_call_details.timeout or self._timeout_seconds
        return await continuation(_outgoing(client_call_details, limit), request)


class OutgoingStream(grpc.aio.UnaryStreamClientInterceptor):
    """Adds the deadline and the request id of the work at hand to calls with a stream of answers."""

    async def intercept_unary_stream(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Raises DeadlineExceeded instead of calling when no time is left."""
        return await continuation(_outgoing(client_call_details, client_call_details.timeout), request)


def open_channel(address: str, message_size_max_bytes: int = 4 * 1024 * 1024) -> grpc.aio.Channel:
    """An insecure channel to another service of this system; close it with `await channel.close()`."""
    return grpc.aio.insecure_channel(
        address,
        options=channel_options(address, message_size_max_bytes),
        interceptors=[OutgoingUnary(), OutgoingStream()],
    )


def open_plain_channel(address: str, message_size_max_bytes: int) -> grpc.aio.Channel:
    """A channel for callers that give deadlines and request ids themselves: an interceptor costs a task.

    It shares its connection with the other channels to that address.
    """
    return grpc.aio.insecure_channel(address, options=channel_options(address, message_size_max_bytes))


def channel_options(address: str, message_size_max_bytes: int) -> list[tuple[str, int | str]]:
    """The options of every channel between services; `address` is host:port."""
    return [
        ("grpc.max_send_message_length", message_size_max_bytes),
        ("grpc.max_receive_message_length", message_size_max_bytes),
        *METADATA_OPTIONS,
        ("grpc.initial_reconnect_backoff_ms", RECONNECT_BACKOFF_MIN_MS),
        ("grpc.min_reconnect_backoff_ms", RECONNECT_BACKOFF_MIN_MS),
        ("grpc.max_reconnect_backoff_ms", RECONNECT_BACKOFF_MAX_MS),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        *_replica_options(address),
        # A proxy of the way out to the world knows nothing of this system's own addresses.
        ("grpc.enable_http_proxy", 0),
    ]


def _replica_options(address: str) -> list[tuple[str, int | str]]:
    """How calls are spread: a name, as of a headless service, may have an address a replica.

    It is asked for again when a connection ends. This machine's own address is one server, and there the
    usual policy is better: it tries again for each call, where this one refuses until it is back by itself.
    """
    if is_loopback(address.rpartition(":")[0]):
        return []
    return [
        ("grpc.lb_policy_name", "round_robin"),
        ("grpc.dns_min_time_between_resolutions_ms", RESOLUTION_PAUSE_MS),
    ]


def _outgoing(details: grpc.aio.ClientCallDetails, limit_seconds: float | None) -> grpc.aio.ClientCallDetails:
    metadata = grpc.aio.Metadata(*(details.metadata or ()))
    request_id = current_request_id()
    if request_id and metadata.get(REQUEST_ID_HEADER) is None:
        metadata.add(REQUEST_ID_HEADER, request_id)
    return grpc.aio.ClientCallDetails(
        method=details.method,
        timeout=timeout_for_call(limit_seconds),
        metadata=metadata,
        credentials=details.credentials,
        wait_for_ready=details.wait_for_ready,
    )
