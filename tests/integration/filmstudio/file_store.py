"""A store of files on loopback: real HTTP with ranges, that can end an answer early."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections import deque

from tests.integration.filmstudio.scripted import Script


class FileStore:
    """Serves /jobs/UUID/ASSET of the script's jobs, as an S3 store does.

    `cuts`: after how many bytes the next answers end, one by one; -1 refuses with 503. `ranges`: what was
    asked for. `falsify`: another last byte. `stall_after`: it waits there for `go_on`.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.cuts: deque[int] = deque()
        self.ranges: list[str] = []
        self.keeps_ranges = True
        self.falsify = False
        self.stall_after: int | None = None
        self.go_on = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FileStore:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def content(self, path: str) -> bytes:
        name, _, asset = path.strip("/").rpartition("/")
        content = self.script.find(name).files[int(asset)]
        return content[:-1] + b"?" if self.falsify else content


def _handler(store: FileStore) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cut = store.cuts.popleft() if store.cuts else None
            store.ranges.append(self.headers.get("Range", ""))
            if cut == -1:
                self.send_error(503)
                return
            content = store.content(self.path)
            start = 0
            if store.ranges[-1] and store.keeps_ranges:
                start = int(store.ranges[-1].removeprefix("bytes=").rstrip("-"))
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if store.stall_after is not None:
                self.wfile.write(content[start : store.stall_after])
                self.wfile.flush()
                store.go_on.wait(30)
                start = store.stall_after
            with contextlib.suppress(ConnectionError):
                self.wfile.write(content[start:][:cut])

        def log_message(self, *_: object) -> None:
            """Tests say what they need."""

    return Handler
