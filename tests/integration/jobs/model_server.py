"""A language model's server on a real socket: chat completions by a script, with every way to go wrong."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

Reply = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request that is being answered."""

    def __init__(self, writer: asyncio.StreamWriter, hung_up: asyncio.Event) -> None:
        self._writer = writer
        self.hung_up = hung_up

    async def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Said", "Connection: close"]
        lines += [
            f"{name}: {value}" for name, value in {"Content-Type": "application/json", **headers}.items()
        ]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._writer.drain()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


def body(content: bytes, status: int = 200, **headers: str) -> Reply:
    """This body, whole."""

    async def reply(exchange: Exchange) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await exchange.head(status, {"Content-Length": str(len(content)), **named})
        await exchange.send(content)

    return reply


def says(answer: Any, finish_reason: str = "stop", refusal: str | None = None) -> Reply:
    """A completion with this text, or with this document as JSON."""
    text = answer if isinstance(answer, str) or answer is None else json.dumps(answer)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    completion = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return body(json.dumps(completion).encode())


def fails(status: int, code: str = "", **headers: str) -> Reply:
    """An error as the protocol has it; its message is a secret of the provider's."""
    error = {"message": "provider secret", "type": "error", "param": None, "code": code or None}
    return body(json.dumps({"error": error}).encode(), status, **headers)


async def breaks_off(exchange: Exchange) -> None:
    """Less than was announced."""
    await exchange.head(200, {"Content-Length": "1000"})
    await exchange.send(b'{"choices": [{"mess')


async def never_ends(exchange: Exchange) -> None:
    """Blanks, which JSON allows, for as long as anybody reads."""
    await exchange.head(200, {"Transfer-Encoding": "chunked"})
    while not exchange.hung_up.is_set():
        await exchange.send(b"4000\r\n" + b" " * 0x4000 + b"\r\n")


async def never_answers(exchange: Exchange) -> None:
    await exchange.hung_up.wait()


class ModelServer:
    """Answers each request with the next reply; `asked` are the requests' documents."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.replies: deque[Reply] = deque()
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.asked_now = asyncio.Event()
        self.left = asyncio.Event()
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hung_up = asyncio.Event()
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {name.lower(): value.strip() for name, _, value in map(_parted, head.splitlines()[1:])}
            document = json.loads(await reader.readexactly(int(headers["content-length"])))
            assert head.startswith(f"POST {self.path} ")
            self.asked.append(document)
            self.keys.append(headers.get("authorization", ""))
            self.asked_now.set()
            async with asyncio.TaskGroup() as tasks:
                gone = tasks.create_task(_until_gone(reader, hung_up))
                await self.replies.popleft()(Exchange(writer, hung_up))
                gone.cancel()
        except* (ConnectionError, asyncio.IncompleteReadError):
            hung_up.set()
        finally:
            if hung_up.is_set():
                self.left.set()
            writer.close()


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


async def _until_gone(reader: asyncio.StreamReader, hung_up: asyncio.Event) -> None:
    await reader.read()
    hung_up.set()


@asynccontextmanager
async def model_server(path: str = "/v1/chat/completions") -> AsyncIterator[ModelServer]:
    """A server on a free port of loopback."""
    model = ModelServer(path)
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    model.port = server.sockets[0].getsockname()[1]
    async with server:
        yield model
