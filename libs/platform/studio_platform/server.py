"""The gRPC server of a service: layers, health, reflection, size limits, and a drain that streams see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]  # has no stubs

from studio_platform.channels import METADATA_OPTIONS
from studio_platform.interceptors.caller import CallerLayer, TokenVerifier, WorkspaceChoice
from studio_platform.interceptors.deadline import UNARY_MAX_SECONDS, DeadlineLayer
from studio_platform.interceptors.failures import FailureLayer
from studio_platform.interceptors.layered_server import LayeredServer
from studio_platform.interceptors.layers import Layer
from studio_platform.interceptors.request_context import RequestContextLayer
from studio_platform.interceptors.validation import ValidationLayer
from studio_platform.policies import MethodPolicies
from studio_platform.serving import Serving
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics

CONCURRENT_RPCS_MAX = 2_000
KEEPALIVE_MIN_MS = 10_000
"""How often a client may ping."""

HANDSHAKE_MAX_MS = 10_000
"""How long a client may take from connecting to its first settings."""

PING_AFTER_MS = 60_000
PING_ANSWER_MAX_MS = 20_000
"""A client that was silent for the first is pinged, and let go when it doesn't answer within the second."""

CONNECTION_IDLE_MAX_MS = 900_000
"""A connection without calls ends after it. One with calls takes no new ones after the age of the settings,
so that clients spread over new replicas; open calls and streams go on."""


def standard_layers(
    policies: MethodPolicies,
    verifier: TokenVerifier,
    metrics: Metrics,
    unary_max_seconds: float = UNARY_MAX_SECONDS,
    choice: WorkspaceChoice | None = None,
    before_caller: Sequence[Layer] = (),
    after_caller: Sequence[Layer] = (),
) -> tuple[Layer, ...]:
    """The layers around every RPC, the outermost first; calls with one answer last `unary_max_seconds`.

    With a `choice` callers may name another workspace than their token's. More layers stand before the one
    that finds out who calls, or after it.
    """
    return (
        RequestContextLayer(metrics),
        FailureLayer(),
        DeadlineLayer(unary_max_seconds),
        *before_caller,
        CallerLayer(policies, verifier, choice),
        *after_caller,
        ValidationLayer(),
    )


class StudioServer:
    """A gRPC server that says NOT_SERVING until it is ready and again when it drains.

    Add servicers to `grpc` before `start`. Handlers of long streams wait on `draining` beside their
    work and return when it is set; grpc would else wait out the whole grace for them.
    """

    def __init__(
        self,
        settings: ServerSettings,
        layers: Sequence[Layer],
        services: Sequence[ServiceDescriptor],
    ) -> None:
        self.draining = asyncio.Event()
        self.port = 0
        self._settings = settings
        names = [service.full_name for service in services]
        self._serving = Serving(names)
        server = grpc.aio.server(options=_options(settings), maximum_concurrent_rpcs=CONCURRENT_RPCS_MAX)
        self.grpc = LayeredServer(server, layers)
        health_pb2_grpc.add_HealthServicer_to_server(self._serving, self.grpc)
        if settings.reflection:
            health = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
            reflection.enable_server_reflection([*names, health, reflection.SERVICE_NAME], self.grpc)

    async def start(self) -> None:
        """Listens, not ready yet; `port` is the port in use. Raises RuntimeError if the address is taken."""
        self.port = self.grpc.add_insecure_port(self._settings.listen)
        await self.grpc.start()

    def set_ready(self) -> None:
        """From now on health says SERVING."""
        self._serving.set_ready()

    async def drain(self) -> None:
        """Says NOT_SERVING, tells the streams, refuses new calls and waits for open ones within the grace."""
        self._serving.drain()
        self.draining.set()
        await self.grpc.stop(self._settings.drain_grace_seconds)


def _options(settings: ServerSettings) -> list[tuple[str, int]]:
    return [
        ("grpc.max_send_message_length", settings.message_size_max_bytes),
        ("grpc.max_receive_message_length", settings.message_size_max_bytes),
        *METADATA_OPTIONS,
        ("grpc.so_reuseport", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", KEEPALIVE_MIN_MS),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_MAX_MS),
        ("grpc.keepalive_time_ms", PING_AFTER_MS),
        ("grpc.keepalive_timeout_ms", PING_ANSWER_MAX_MS),
        ("grpc.max_connection_idle_ms", CONNECTION_IDLE_MAX_MS),
        ("grpc.max_connection_age_ms", round(settings.connection_age_max_seconds * 1000)),
    ]
