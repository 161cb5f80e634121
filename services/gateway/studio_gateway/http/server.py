"""The HTTP server of the gateway: uvicorn's within this process's loop, with the drain of the others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from email.utils import formatdate

import uvicorn
from starlette.types import ASGIApp

from studio_gateway.http.protocol import BoundedProtocol
from studio_platform.health import split_address

CONNECTIONS_MAX = 4_000
KEEP_ALIVE_SECONDS = 60
DATE_SECONDS = 1.0


class HttpServer:
    """Serves `app` at `address` (host:port; port 0 takes a free one, kept in `port`)."""

    def __init__(
        self,
        app: ASGIApp,
        address: str,
        drain_grace_seconds: float,
        protocol: type[BoundedProtocol] = BoundedProtocol,
    ) -> None:
        self.port = 0
        self._host, self._wanted_port = split_address(address)
        self._grace_seconds = drain_grace_seconds
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        self._dates: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens. Raises OSError if the address is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.create_server((self._host, self._wanted_port), family=family, backlog=2048)
        self.port = listener.getsockname()[1]
        # uvicorn's own `serve` takes the signals of the process and wakes ten times a second.
        await self._server.startup([listener])
        self._dates = asyncio.create_task(self._tell_dates(), name="http dates")

    def set_ready(self) -> None:
        """Nothing: readiness is told by the health server."""

    async def drain(self) -> None:
        """Refuses new connections, lets requests finish within the grace, then ends what is left."""
        state = self._server.server_state
        for listener in self._server.servers:
            listener.close()
        for connection in list(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self._grace_seconds):
                while state.tasks:
                    await asyncio.wait(list(state.tasks))
        except TimeoutError:
            for task in list(state.tasks):
                task.cancel()
        for connection in list(state.connections):
            connection.transport.close()
        if self._dates is not None:
            self._dates.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._dates

    async def _tell_dates(self) -> None:
        """An answer's Date is at most a second old."""
        while True:
            self._server.server_state.default_headers = [(b"date", formatdate(usegmt=True).encode())]
            await asyncio.sleep(DATE_SECONDS)
