"""A stand-in for a service: it answers on its health port, keeps its other ports, and ends as services do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from contextlib import AsyncExitStack

from studio_platform.parent import parent_gone

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


async def serve() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    health_host, health_port = os.environ["FILM_HEALTH_LISTEN"].split(":")
    host, port = os.environ["FILM_LISTEN"].split(":")
    print(f"stands in at {port}", flush=True)
    async with AsyncExitStack() as listening:
        await listening.enter_async_context(await asyncio.start_server(answer, health_host, int(health_port)))
        await listening.enter_async_context(await asyncio.start_server(answer, host, int(port)))
        if http := os.environ.get("FILM_HTTP_LISTEN"):
            host, port = http.split(":")
            await listening.enter_async_context(await asyncio.start_server(answer, host, int(port)))
        ends: list[asyncio.Task[object]] = [asyncio.create_task(stop.wait())]
        if pipe := os.environ.get("FILM_PARENT_PIPE_FD"):
            ends.append(asyncio.create_task(parent_gone(int(pipe))))
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await end


def run() -> None:
    if os.environ.get("FILM_BREAK") == os.environ.get("FILM_NATS_USER"):
        raise SystemExit("told to break")
    asyncio.run(serve())
