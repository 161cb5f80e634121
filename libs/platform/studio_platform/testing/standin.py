"""A stand-in for an S3 server that is full, ill or gone: what a real one does on no test's demand.

A real HTTP server on a port of its own. It gives the answer that a test sets for some methods and passes
everything else on to a real server, unchanged, so that signatures hold.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

HOP_HEADERS = frozenset({"connection", "transfer-encoding", "keep-alive"})
UPSTREAM_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the stand-in says; `cut_bytes` is how much more content it promises before it hangs up.

    `does_it` means that the real server gets the request all the same, and its answer is lost: the stand-in
    hangs up without a word.
    """

    status: int
    content: bytes = b""
    media_type: str = "application/xml"
    cut_bytes: int = 0
    does_it: bool = False


def s3_error(status: int, code: str) -> Answer:
    """A refusal in S3's own form."""
    text = f"<Error><Code>{code}</Code><Message>The stand-in says so.</Message></Error>"
    return Answer(status, text.encode())


FULL = Answer(507, b"Insufficient Storage", "text/plain")


class ObjectStandIn:
    """Answers `methods` with `answer` while it is set, `times` at most; None passes everything on.

    `upstream()` is the real server's host:port, asked at each request.
    """

    def __init__(self, upstream: Callable[[], str]) -> None:
        self.answer: Answer | None = None
        self.methods: frozenset[str] = frozenset({"PUT"})
        self.times = sys.maxsize
        self._upstream = upstream
        self._pool = urllib3.PoolManager(retries=False, timeout=UPSTREAM_TIMEOUT_SECONDS, maxsize=16)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def endpoint(self) -> str:
        """host:port"""
        return f"127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[ObjectStandIn]:
        """Serves until the end of the block."""
        serving = threading.Thread(target=self._server.serve_forever, name="s3-stand-in")
        serving.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            serving.join()
            self._pool.clear()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = stand_in._due(self.command)
                if answer is None or answer.does_it:
                    upstream = stand_in._asked(self, content)
                if answer is None:
                    _relay(self, upstream)
                elif answer.does_it:
                    self.close_connection = True
                else:
                    _give(self, answer)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 - http.server's names

            def log_message(self, *_: Any) -> None:
                """A test's log is its own."""

        return Handler

    def _due(self, method: str) -> Answer | None:
        if self.answer is None or method not in self.methods or self.times <= 0:
            return None
        self.times -= 1
        return self.answer

    def _asked(self, request: BaseHTTPRequestHandler, content: bytes) -> urllib3.BaseHTTPResponse:
        # A connection kept alive would hold up the real server's end.
        headers = {name: value for name, value in request.headers.items() if _goes_on(name)}
        return self._pool.urlopen(
            request.command,
            f"http://{self._upstream()}{request.path}",
            body=content,
            headers={**headers, "Connection": "close"},
            decode_content=False,
            redirect=False,
        )


def _relay(request: BaseHTTPRequestHandler, answer: urllib3.BaseHTTPResponse) -> None:
    request.send_response_only(answer.status)
    for name, value in answer.headers.items():
        if _goes_on(name) and name.lower() != "content-length":
            request.send_header(name, value)
    length = answer.headers.get("Content-Length") if request.command == "HEAD" else str(len(answer.data))
    request.send_header("Content-Length", length or "0")
    request.end_headers()
    request.wfile.write(answer.data)


def _goes_on(header: str) -> bool:
    return header.lower() not in HOP_HEADERS


def _give(request: BaseHTTPRequestHandler, answer: Answer) -> None:
    request.send_response_only(answer.status)
    if answer.content:
        request.send_header("Content-Type", answer.media_type)
    request.send_header("Content-Length", str(len(answer.content) + answer.cut_bytes))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(answer.content)
    request.close_connection = request.close_connection or answer.cut_bytes > 0
