"""A file of a job on disk: whole and with the right digest, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import os
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from filmstudio.errors import DownloadError
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.servers import is_loopback

ATTEMPTS_MAX = 5
PAUSE_SECONDS = 0.5
SILENCE_MAX_SECONDS = 20.0
CHUNK_BYTES = 256 * 1024
PARTIAL_CONTENT = 206

Signed = jobs_pb2.GetDownloadUrlResponse
Progress = Callable[[int, int], None]
"""Told how many bytes are there, and of how many."""


class _BrokenError(Exception):
    """The transfer ended early; the text says how."""


async def download(
    sign: Callable[[], Awaitable[Signed]],
    path: Path,
    progress: Progress | None = None,
    ca_file: Path | None = None,
) -> Path:
    """Write what the signed address gives to `path`, which is replaced in one step; the path.

    A broken transfer goes on where it ended, at a fresh address, ATTEMPTS_MAX times. Raises DownloadError,
    OSError when the disk refuses, and what `sign` raises.
    """
    with _Part(path) as part:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            signed = await sign()
            try:
                await _in_thread(_Transfer(signed, part, ca_file), progress)
            except _BrokenError as broken:
                if attempt == ATTEMPTS_MAX:
                    raise DownloadError(f"{path} did not arrive: {broken}; download it again") from broken
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                part.keep(signed.sha256)
                return path
    raise AssertionError("the last attempt returns or raises")


async def _in_thread(transfer: _Transfer, progress: Progress | None) -> None:
    """Run the transfer beside the event loop; cancelling this ends it at its next chunk."""
    loop = asyncio.get_running_loop()

    def tell(received: int, size: int) -> None:
        if progress is not None:
            loop.call_soon_threadsafe(progress, received, size)

    try:
        await asyncio.to_thread(transfer.run, tell)
    finally:
        transfer.stopped.set()


class _Part:
    """The unfinished file beside the one that it becomes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def __enter__(self) -> _Part:
        self._file = self._unfinished.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def append(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size_bytes += len(chunk)

    def restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def keep(self, sha256: str) -> None:
        """Make it the file. Raises DownloadError for another digest, OSError."""
        if self._digest.hexdigest() != sha256:
            raise DownloadError(
                f"{self._path} arrived with other bytes than the studio keeps; nothing was written"
            )
        self._file.close()
        self._unfinished.replace(self._path)


class _Transfer:
    """One attempt, run in a thread: from where the part ends to the end."""

    def __init__(self, signed: Signed, part: _Part, ca_file: Path | None) -> None:
        self._signed = signed
        self._part = part
        self._ca_file = ca_file
        self.stopped = threading.Event()

    def run(self, tell: Progress) -> None:
        """Raises _BrokenError, DownloadError, and OSError of the disk alone."""
        with self._opened() as answer:
            if answer.status != PARTIAL_CONTENT:
                self._part.restart()
            while chunk := self._read(answer):
                if self.stopped.is_set():
                    return
                self._part.append(chunk)
                tell(self._part.size_bytes, self._signed.size_bytes)
        if self._part.size_bytes < self._signed.size_bytes:
            raise _BrokenError("the connection ended early")

    def _opened(self) -> http.client.HTTPResponse:
        url = self._signed.url
        if not url.startswith(("http://", "https://")):
            raise DownloadError(f"{url} is no web address")
        headers = {"Range": f"bytes={self._part.size_bytes}-"} if self._part.size_bytes else {}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 -- checked above
        opened_by = opener(urlsplit(url).hostname or "", self._ca_file)
        try:
            answer: http.client.HTTPResponse = opened_by.open(request, timeout=SILENCE_MAX_SECONDS)
        except urllib.error.HTTPError as error:
            error.close()
            raise _BrokenError(f"the store answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise _BrokenError(f"the store at {request.host} does not answer: {reason}") from error
        return answer

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        try:
            return answer.read(CHUNK_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenError(f"the connection broke: {error}") from error


def opener(host: str, ca_file: Path | None) -> urllib.request.OpenerDirector:
    """What opens addresses of a host: by the environment's proxies, unless the host is this machine."""
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file))
    proxies = urllib.request.ProxyHandler({} if is_loopback(host) else None)
    return urllib.request.build_opener(secure, proxies)
