"""A tiny HTTP server for probes and scrapers: GET of /healthz, /readyz and /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from studio_platform.logs import get_logger
from studio_platform.telemetry import METRICS_CONTENT_TYPE, Metrics

REQUEST_MAX_BYTES = 8 * 1024
REQUEST_TIMEOUT_SECONDS = 5.0
CONNECTIONS_MAX = 64
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


class HealthServer:
    """/healthz says that the process lives, /readyz what `ready` says, /metrics the registry."""

    def __init__(self, address: str, metrics: Metrics, ready: Callable[[], bool]) -> None:
        self._host, self._wanted_port = split_address(address)
        self._metrics = metrics
        self._ready = ready
        self._server: asyncio.Server | None = None
        self._places = asyncio.Semaphore(CONNECTIONS_MAX)
        self.port = 0

    async def start(self) -> None:
        """Listens; `port` is the port in use. Raises OSError if the address is taken."""
        self._server = await asyncio.start_server(
            self._serve, self._host, self._wanted_port, limit=REQUEST_MAX_BYTES
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stops listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._places, asyncio.timeout(REQUEST_TIMEOUT_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_encoded(self._answer(head)))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _log.debug("probe dropped", error=repr(error))
        finally:
            writer.close()

    def _answer(self, head: bytes) -> _Answer:
        parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(parts) != 3:
            return _Answer(400, b"bad request\n")
        method, target, _ = parts
        if method != "GET":
            return _Answer(405, b"GET only\n")
        match target.partition("?")[0]:
            case "/healthz":
                return _Answer(200, b"alive\n")
            case "/readyz":
                return _Answer(200, b"ready\n") if self._ready() else _Answer(503, b"not ready\n")
            case "/metrics":
                return _Answer(200, self._metrics.exposition(), METRICS_CONTENT_TYPE)
            case _:
                return _Answer(404, b"not found\n")


def split_address(address: str) -> tuple[str, int]:
    """host:port in two; an IPv6 host may stand in brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _encoded(answer: _Answer) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}\r\n"
        f"Content-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + answer.body
