"""One HTTP request and its answer, whole or in parts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from starlette.types import Receive, Scope, Send

from studio_gateway.http.answers import JSON_TYPE, encoded, failure
from studio_gateway.http.bodies import discard_body
from studio_gateway.http.headers import Headers
from studio_platform.interceptors.request_context import REQUEST_ID_HEADER

_ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.receive = receive
        self.verb: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.query: bytes = scope["query_string"]
        self.headers = Headers(scope["headers"])
        given = self.headers.first(REQUEST_ID_HEADER)
        self.request_id = given if _ACCEPTED_REQUEST_ID.fullmatch(given) else uuid4().hex
        self.peer = _peer(scope.get("client"))
        self.is_read = False
        self.told: Callable[[], Iterable[tuple[str, str]]] = tuple
        """More headers of the answer, asked for when it begins."""
        self.cookies: list[str] = []
        """Sent with the answer, whatever it is."""

        self._send = send
        self._began = False

    async def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """The whole answer."""
        content = {"content-type": JSON_TYPE} if status != 204 else {}
        length = {"content-length": str(len(body))} if status != 204 else {}
        await self._start(status, {**content, **length, **(headers or {})})
        await self._send({"type": "http.response.body", "body": body})

    async def fail(self, error: Any) -> None:
        """The error as the answer; an answer that began is left without its end, which tells as much."""
        if self._began:
            return
        told = failure(error, self.request_id)
        is_read = self.is_read or await discard_body(self.receive, self.headers)
        headers = {**told.headers, **({} if is_read else {"connection": "close"})}
        await self.answer(told.status, encoded(told.document), headers)

    async def begin(self, content_type: str, first: bytes) -> None:
        """The head of a stream, and its first part."""
        await self._start(200, {"content-type": content_type, "x-accel-buffering": "no"})
        await self.go_on(first)

    async def go_on(self, part: bytes) -> None:
        """One more part of a stream; nothing for an empty one."""
        if part:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def finish(self) -> None:
        """The end of a stream."""
        await self._send({"type": "http.response.body", "body": b""})

    @asynccontextmanager
    async def while_connected(self, unwatched_seconds: float = 0.0) -> AsyncIterator[None]:
        """Cancels the work in the block when the client goes away. Raises ConnectionError then.

        The first `unwatched_seconds` go unwatched: most work ends before, and a watch costs a task.
        """
        work = asyncio.current_task()
        watches: list[asyncio.Task[None]] = []
        timer = asyncio.get_running_loop().call_later(unwatched_seconds, self._begin_watch, work, watches)
        try:
            yield
        except asyncio.CancelledError:
            is_gone = any(watch.done() and not watch.cancelled() for watch in watches)
            if is_gone and work is not None and work.uncancel() == 0:
                raise ConnectionAbortedError("the client has gone") from None
            raise
        finally:
            timer.cancel()
            for watch in watches:
                watch.cancel()

    def _begin_watch(self, work: asyncio.Task[Any] | None, watches: list[asyncio.Task[None]]) -> None:
        watches.append(asyncio.create_task(self._end_when_gone(work)))

    async def _end_when_gone(self, work: asyncio.Task[Any] | None) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        if work is not None:
            work.cancel()

    async def _start(self, status: int, headers: dict[str, str]) -> None:
        self._began = True
        named = {**dict(self.told()), **headers, REQUEST_ID_HEADER: self.request_id}
        raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in named.items()]
        raw += [(b"set-cookie", cookie.encode("latin-1")) for cookie in self.cookies]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})


def _peer(client: Any) -> str:
    """The client's address as grpc writes it."""
    if not client:
        return ""
    host, port = client
    return f"ipv6:%5B{host}%5D:{port}" if ":" in host else f"ipv4:{host}:{port}"
