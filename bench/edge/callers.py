"""Callers that keep a server busy, by gRPC and by HTTP/1.1, from this process and its own core."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import grpc

from bench.edge.cores import cpu_seconds
from bench.edge.sample import GET_JOB, JOB_ID, JOB_NAME
from filmstudio.jobs.v1 import jobs_pb2

LANES = 32
"""Calls under way at a time: enough to keep one core busy."""
READY_SECONDS_MAX, LOOK_SECONDS = 60.0, 0.1

Call = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Round:
    """What a server did in a while: its calls, the seconds, and its own processor seconds."""

    calls: int
    seconds: float
    server_cpu_seconds: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor microseconds of the server for one call."""
        return self.server_cpu_seconds / self.calls * 1e6


async def first_answer(call: Call) -> None:
    """Call until it is answered: a server may listen before it has reached what is behind it.

    Raises TimeoutError after a while, and whatever else the call raises.
    """
    async with asyncio.timeout(READY_SECONDS_MAX):
        while True:
            try:
                return await call()
            except grpc.aio.AioRpcError as refusal:
                if refusal.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
            await asyncio.sleep(LOOK_SECONDS)


async def busy_round(calls: list[Call], seconds: float, process_id: int) -> Round:
    """Each of `calls` again and again, all at a time."""
    end = time.perf_counter() + seconds
    began, cpu_before = time.perf_counter(), cpu_seconds(process_id)
    counts = await asyncio.gather(*(_repeated(call, end) for call in calls))
    took = time.perf_counter() - began
    return Round(sum(counts), took, cpu_seconds(process_id) - cpu_before)


async def _repeated(call: Call, end: float) -> int:
    count = 0
    # At least once: on a busy machine a short round may be over before it begins.
    while not count or time.perf_counter() < end:
        await call()
        count += 1
    return count


def grpc_call(channel: grpc.aio.Channel, token: str) -> Call:
    """GetJob, the answer left undecoded."""
    method: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(GET_JOB)
    request = jobs_pb2.GetJobRequest(name=JOB_NAME).SerializeToString()
    metadata = (("authorization", f"Bearer {token}"),)

    async def call() -> None:
        await method(request, metadata=metadata, timeout=30)

    return call


def http_request(token: str) -> bytes:
    """GetJob's request as a client sends it."""
    head = (
        f"GET /api/v1/jobs/{JOB_ID} HTTP/1.1",
        "host: film.example.org",
        f"authorization: Bearer {token}",
        "accept: application/json",
        "accept-encoding: gzip, deflate",
        "user-agent: film-bench/1",
    )
    return "\r\n".join((*head, "", "")).encode()


class HttpConnection(asyncio.Protocol):
    """One HTTP/1.1 connection that is kept: a request, its answer, the next."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's has no common base

    def data_received(self, data: bytes) -> None:
        """Ends the wait once the body is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head) and self._answer is not None:
            answer, self._answer, self._buffer = self._answer, None, b""
            if not answer.done():
                answer.set_result(head + b"\r\n\r\n" + body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails the wait."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def exchange(self) -> bytes:
        """The answer, head and body."""
        if self._transport is None:
            raise ConnectionError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(self._request)
        return await self._answer

    async def call(self) -> None:
        """One request. Raises RuntimeError for any answer but 200."""
        answer = await self.exchange()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer[:500].decode(errors="replace"))

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without its length")


async def connected(address: str, request: bytes, connections: int = LANES) -> list[HttpConnection]:
    """Open connections."""
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: HttpConnection(request), host, int(port))
        for _ in range(connections)
    ]
    return [protocol for _, protocol in opened]
