"""The HTTP server's patience: slow and silent clients end, and a drain waits for what runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from studio_gateway.http import bodies
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.headers import Headers
from studio_gateway.http.protocol import BoundedProtocol
from studio_gateway.http.refusals import Refusal
from studio_gateway.http.server import HttpServer

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Hasty(BoundedProtocol):
    """Waits next to nothing."""

    head_seconds_max = 0.05
    write_seconds_max = 0.05


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once."""
    await Exchange(scope, receive, send).answer(200, b"{}")


@asynccontextmanager
async def served(
    app: ASGIApp, protocol: type[BoundedProtocol] = BoundedProtocol
) -> AsyncIterator[HttpServer]:
    """A server at a free port, drained at the end."""
    server = HttpServer(app, "127.0.0.1:0", 5.0, protocol)
    await server.start()
    try:
        yield server
    finally:
        await server.drain()


async def connected(server: HttpServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection."""
    return await asyncio.open_connection("127.0.0.1", server.port)


async def everything(reader: asyncio.StreamReader) -> bytes:
    """What comes until the other side closes, also where it resets the connection."""
    got = b""
    try:
        while part := await reader.read(65536):
            got += part
    except ConnectionError:
        pass
    return got


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
async def test_a_client_that_never_finishes_its_head_is_let_go(said: bytes) -> None:
    async with served(hello, Hasty) as server:
        reader, writer = await connected(server)
        writer.write(said)
        got = await everything(reader)
        writer.close()

    assert got == b""


async def test_a_second_head_on_a_connection_has_as_little_time_as_the_first() -> None:
    async with served(hello, Hasty) as server:
        reader, writer = await connected(server)
        writer.write(GET)
        await reader.readuntil(b"{}")
        writer.write(b"GET / HT")
        got = await everything(reader)
        writer.close()

    assert got == b""


async def test_a_client_that_does_not_read_is_let_go() -> None:
    ended = asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            async with exchange.while_connected():
                await exchange.begin("text/plain", b"a")
                while True:
                    await exchange.go_on(b"a" * 65536)
                    await asyncio.sleep(0)
        except ConnectionError:
            ended.set()

    async with served(endless, Hasty) as server:
        _, writer = await connected(server)
        writer.write(GET)
        async with asyncio.timeout(20):
            await ended.wait()
        writer.close()

    assert ended.is_set()


async def test_a_body_that_does_not_arrive_is_refused_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS_MAX", 0.01)

    async def silent() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(Refusal) as caught:
        await bodies.read_whole(silent, Headers([]), 100)

    assert caught.value.status == 408


async def test_a_drain_lets_a_request_finish_and_takes_no_new_one() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        await Exchange(scope, receive, send).answer(200, b"{}")

    server = HttpServer(slow, "127.0.0.1:0", 5.0)
    await server.start()
    reader, writer = await connected(server)
    writer.write(GET)
    await begun.wait()
    drain = asyncio.create_task(server.drain())
    await asyncio.sleep(0)
    go_on.set()
    answer = await everything(reader)
    await drain
    writer.close()

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer
    with pytest.raises(OSError, match="onnect"):
        await connected(server)


async def test_a_drain_ends_what_outlasts_its_grace() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def stuck(_scope: Scope, _receive: Receive, _send: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    server = HttpServer(stuck, "127.0.0.1:0", 0.01)
    await server.start()
    reader, writer = await connected(server)
    writer.write(GET)
    await begun.wait()
    await server.drain()
    await everything(reader)
    writer.close()

    assert ended.is_set()
