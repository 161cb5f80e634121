"""A server on a real socket that webhooks lead to: it keeps what it is sent, and answers by a script."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

SILENCE = b""
"""An answer that never comes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: bytes = b"", *lines: str) -> bytes:
    """A whole answer with further header lines."""
    head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Listener:
    """Answers each request with the next of `answers`, and with 204 when there is none."""

    def __init__(self) -> None:
        self.answers: deque[bytes] = deque()
        self.heard: list[Heard] = []
        self.port = 0
        self.serving: set[asyncio.Task[None] | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/film"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.current_task())
        try:
            await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append(Heard(request.split()[1], headers, body))
        said = self.answers.popleft() if self.answers else answer(204)
        if said == SILENCE:
            await reader.read()
        writer.write(said)
        await writer.drain()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    async with server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener
        await asyncio.gather(*filter(None, listener.serving))
