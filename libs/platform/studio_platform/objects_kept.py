"""An object store that keeps large blobs on disk: what a process sent or read, it reads again from there.

Blobs are named by their digest, so a name that was seen is a content that is known. The files have no names:
when the process ends, however it ends, nothing of them is left.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import IO

from studio_platform.manifests import BLOBS_PREFIX
from studio_platform.objects import ObjectStore
from studio_platform.objects_forwarding import ForwardingObjectStore

KEPT_MIN_BYTES = 64 * 1024
"""What is smaller is asked for sooner than copied."""

FILES_MAX = 256


class KeptBlobs(ForwardingObjectStore):
    """See ObjectStore; wraps another one. At most `bytes_max` are kept, the longest unused given up first."""

    def __init__(self, objects: ObjectStore, bytes_max: int) -> None:
        super().__init__(objects)
        self._files = _Files(bytes_max)

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """See ObjectStore."""
        is_new = await self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)
        if key.startswith(BLOBS_PREFIX):
            await asyncio.to_thread(self._files.keep, key, data if path is None else path)
        return is_new

    async def download(self, key: str, path: Path) -> None:
        """See ObjectStore."""
        if await asyncio.to_thread(self._files.give, key, path):
            return
        await self._objects.download(key, path)
        if key.startswith(BLOBS_PREFIX):
            await asyncio.to_thread(self._files.keep, key, path)

    async def delete(self, key: str) -> None:
        """See ObjectStore."""
        self._files.forget(key)
        await self._objects.delete(key)

    async def close(self) -> None:
        """Give up all that is kept."""
        self._files.clear()


class _Files:
    """Copies without names, by key, for several threads."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._size_bytes = 0
        self._files: OrderedDict[str, tuple[IO[bytes], int]] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: str, source: bytes | Path | None) -> None:
        """Keep a copy of bytes or of a file, unless they are few, or fill half of the room."""
        size_bytes = source.stat().st_size if isinstance(source, Path) else len(source or b"")
        if not KEPT_MIN_BYTES <= size_bytes <= self._bytes_max // 2 or key in self._files:
            return
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - it is open for as long as it is kept
        try:
            _write(copy, source)
        except OSError:
            # A full disk: then it is asked for again.
            copy.close()
            return
        with self._lock:
            self._drop(key)
            self._files[key] = copy, size_bytes
            self._size_bytes += size_bytes
            while self._size_bytes > self._bytes_max or len(self._files) > FILES_MAX:
                self._drop(next(iter(self._files)))

    def give(self, key: str, path: Path) -> bool:
        """Write what is kept under a key into a file; False when nothing is."""
        with self._lock:
            if key not in self._files:
                return False
            self._files.move_to_end(key)
            copy, _ = self._files[key]
            copy.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(copy, file)
        return True

    def forget(self, key: str) -> None:
        """Give up what is kept under a key."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Give up all."""
        with self._lock:
            for key in list(self._files):
                self._drop(key)

    def _drop(self, key: str) -> None:
        copy, size_bytes = self._files.pop(key, (None, 0))
        if copy is not None:
            copy.close()
        self._size_bytes -= size_bytes


def _write(copy: IO[bytes], source: bytes | Path | None) -> None:
    if isinstance(source, Path):
        with source.open("rb") as file:
            shutil.copyfileobj(file, copy)
    else:
        copy.write(source or b"")
    copy.flush()
