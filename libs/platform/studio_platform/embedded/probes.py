"""Questions that tell whether a server is ready: bytes to send and how the answer must begin."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from dataclasses import dataclass

ANSWER_BYTES_MAX = 256
ANSWER_TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Probe:
    """Connect to 127.0.0.1:`port`, send `question`, and expect an answer that begins with `answer`."""

    port: int
    question: bytes
    answer: bytes

    async def succeeds(self, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> bool:
        """Whether the server gives the expected answer in time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(self.question)
                    return await reader.readexactly(len(self.answer)) == self.answer
                finally:
                    writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return False

    def succeeds_blocking(self, timeout_seconds: float = ANSWER_TIMEOUT_SECONDS) -> bool:
        """As `succeeds`, for callers that have no event loop."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout_seconds) as connection:
                connection.sendall(self.question)
                received = b""
                while len(received) < len(self.answer):
                    chunk = connection.recv(ANSWER_BYTES_MAX)
                    if not chunk:
                        return False
                    received += chunk
                return received.startswith(self.answer)
        except OSError:
            return False


def postgres_probe(port: int) -> Probe:
    """Ready when the server asks for a password; while it starts or recovers it answers with an error."""
    parameters = b"user\0film\0database\0postgres\0\0"
    protocol_3_0 = 196_608
    return Probe(port, struct.pack("!ii", len(parameters) + 8, protocol_3_0) + parameters, b"R")


def nats_probe(port: int) -> Probe:
    """Ready when the server greets; it speaks first."""
    return Probe(port, b"", b"INFO ")


def http_probe(port: int, path: str) -> Probe:
    """Ready when GET `path` is answered with 200."""
    return Probe(
        port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(), b"HTTP/1.1 200"
    )


def wait_until_blocking(probe: Probe, deadline_seconds: float) -> bool:
    """Ask until the probe succeeds (True) or `deadline_seconds` have passed (False)."""
    end = time.monotonic() + deadline_seconds
    while time.monotonic() < end:
        if probe.succeeds_blocking():
            return True
        time.sleep(0.01)
    return False
