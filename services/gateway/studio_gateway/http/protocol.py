"""uvicorn's HTTP/1.1 protocol with limits on slow and large heads and on readers that stop reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from studio_gateway.http.answers import JSON_TYPE, encoded, failure
from studio_gateway.http.refusals import Refusal
from studio_platform.errors import InvalidInput

HEAD_MAX_BYTES = 32 * 1024
"""Request line and headers together."""

SEPARATORS_BYTES = 4
"""Colon, space and line break of a header."""

HEAD_SECONDS_MAX = 10.0
"""From a connection's start, or from a request's first byte, to the end of its headers."""

WRITE_SECONDS_MAX = 30.0
"""How long a client may leave what was sent to it unread once the buffers are full."""

LINGER_SECONDS_MAX = 2.0
"""How long a client that still sends may go on before its connection is closed: see `PatientTransport`."""

LINGER_MAX_BYTES = 8 * 1024 * 1024


def _refusal(status: int, phrase: str, reason: str, text: str) -> bytes:
    error = InvalidInput(reason, text)
    body = encoded(failure(Refusal(status, error)).document)
    head = (
        f"HTTP/1.1 {status} {phrase}\r\n"
        f"content-type: {JSON_TYPE}\r\n"
        f"content-length: {len(body)}\r\n"
        "cache-control: no-store\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body


_HEAD_TOO_LARGE = _refusal(
    431,
    "Request Header Fields Too Large",
    "HEAD_TOO_LARGE",
    f"Request line and headers have at most {HEAD_MAX_BYTES} bytes.",
)
_NO_HTTP = _refusal(400, "Bad Request", "NO_HTTP", "This is no HTTP/1.1 request.")


class PatientTransport:
    """A transport that lets a client which is still sending read its answer before it is closed.

    To close a socket with bytes that nobody has read resets the connection, and the answer is lost with it:
    the client would be told nothing of why it was refused.
    """

    def __init__(self, transport: asyncio.Transport, is_sending: Callable[[], bool]) -> None:
        self.lingers = False
        self._transport = transport
        self._is_sending = is_sending
        self._left_bytes = LINGER_MAX_BYTES
        self._timer: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing more is answered."""
        return self.lingers or self._transport.is_closing()

    def close(self) -> None:
        """Closes now, or a little later if the client is still sending."""
        if self.is_closing():
            return
        if not self._is_sending():
            self._transport.close()
            return
        self.lingers = True
        self._transport.write_eof()
        self._transport.resume_reading()
        self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS_MAX, self._transport.abort)

    def discard(self, data: bytes) -> None:
        """What still comes is counted and forgotten."""
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            self._transport.abort()

    def lost(self) -> None:
        """Ends the waiting."""
        if self._timer is not None:
            self._timer.cancel()


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    head_seconds_max = HEAD_SECONDS_MAX
    write_seconds_max = WRITE_SECONDS_MAX

    _head_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _url_and_headers_bytes = 0
    _in_head = True
    _is_refused = False
    _patient: PatientTransport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begins to wait for a head."""
        self._patient = PatientTransport(transport, lambda: self._is_refused or not self._in_head)
        super().connection_made(cast(asyncio.Transport, self._patient))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends all waiting."""
        self._cancel("_head_timer")
        self._cancel("_write_timer")
        self._patient.lost()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what belongs to a head that is not complete."""
        if self._patient.lingers:
            self._patient.discard(data)
            return
        if self._in_head:
            if self._head_timer is None:
                self._await_head()
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_MAX_BYTES:
            self.send_400_response("")

    def on_url(self, url: bytes) -> None:
        """Counted by itself: a body may have come in the same piece."""
        super().on_url(url)
        self._url_and_headers_bytes = len(self.url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """As the URL."""
        super().on_header(name, value)
        self._url_and_headers_bytes += len(name) + len(value) + SEPARATORS_BYTES

    def on_headers_complete(self) -> None:
        """The request begins, if its head is within the limit."""
        self._cancel("_head_timer")
        self._in_head = False
        self._head_bytes = 0
        if self._url_and_headers_bytes > HEAD_MAX_BYTES:
            # The parser hands this to `data_received`, which refuses the request.
            raise ValueError("the head is too large")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next bytes are a head again."""
        self._in_head = True
        if self.cycle is not None:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The client doesn't read: it has a while to begin again."""
        super().pause_writing()
        self._cancel("_write_timer")
        self._write_timer = self.loop.call_later(self.write_seconds_max, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads."""
        self._cancel("_write_timer")
        super().resume_writing()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds_max, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP, or has too large a head; the connection ends."""
        del msg
        if self.transport.is_closing():
            return
        is_too_large = max(self._head_bytes, self._url_and_headers_bytes) > HEAD_MAX_BYTES
        self._cancel("_head_timer")
        self.transport.write(_HEAD_TOO_LARGE if is_too_large else _NO_HTTP)
        self._is_refused = True
        self.transport.close()

    def _cancel(self, name: str) -> None:
        timer: Any = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)
