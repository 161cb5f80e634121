"""An object store that remembers blobs for a while: what was just sent or fetched is not asked for again.

Blobs are named by their digest, so a name that was seen is a content that is known. Everything else passes.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from studio_platform.manifests import BLOBS_PREFIX
from studio_platform.objects import ObjectStore
from studio_platform.objects_forwarding import ForwardingObjectStore

KNOWN_SECONDS = 60.0
"""Far shorter than an unused blob is kept in the store."""

KNOWN_MAX = 4_096
CONTENT_MAX_BYTES = 64 * 1024
CONTENTS_MAX_BYTES = 8 * 1024 * 1024


class RecentBlobs(ForwardingObjectStore):
    """See ObjectStore; wraps another one."""

    def __init__(self, objects: ObjectStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(objects)
        self._monotonic = monotonic
        self._stored_at: OrderedDict[str, float] = OrderedDict()
        self._contents = _Contents()

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """See ObjectStore; False for a blob that was there a moment ago."""
        if not key.startswith(BLOBS_PREFIX):
            return await self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)
        if self._is_known(key):
            return False
        is_new = await self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)
        self._know(key)
        if data is not None:
            self._contents.keep(key, data)
        return is_new

    async def get(self, key: str) -> bytes:
        """See ObjectStore."""
        content = self._contents.find(key)
        if content is None:
            content = await self._objects.get(key)
            if key.startswith(BLOBS_PREFIX):
                self._contents.keep(key, content)
        return content

    async def download(self, key: str, path: Path) -> None:
        """See ObjectStore."""
        content = self._contents.find(key)
        if content is not None:
            await asyncio.to_thread(path.write_bytes, content)
            return
        await self._objects.download(key, path)
        if key.startswith(BLOBS_PREFIX):
            small = await asyncio.to_thread(_small_content, path)
            if small is not None:
                self._contents.keep(key, small)

    async def delete(self, key: str) -> None:
        """See ObjectStore."""
        self._stored_at.pop(key, None)
        self._contents.forget(key)
        await self._objects.delete(key)

    def _is_known(self, key: str) -> bool:
        stored_at = self._stored_at.get(key)
        return stored_at is not None and self._monotonic() < stored_at + KNOWN_SECONDS

    def _know(self, key: str) -> None:
        self._stored_at[key] = self._monotonic()
        self._stored_at.move_to_end(key)
        if len(self._stored_at) > KNOWN_MAX:
            self._stored_at.popitem(last=False)


class _Contents:
    """Small blobs in memory, the longest unused given up first."""

    def __init__(self) -> None:
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0

    def find(self, key: str) -> bytes | None:
        content = self._contents.get(key)
        if content is not None:
            self._contents.move_to_end(key)
        return content

    def keep(self, key: str, content: bytes) -> None:
        if len(content) > CONTENT_MAX_BYTES or key in self._contents:
            return
        self._contents[key] = content
        self._size_bytes += len(content)
        while self._size_bytes > CONTENTS_MAX_BYTES:
            _, given_up = self._contents.popitem(last=False)
            self._size_bytes -= len(given_up)

    def forget(self, key: str) -> None:
        self._size_bytes -= len(self._contents.pop(key, b""))


def _small_content(path: Path) -> bytes | None:
    return path.read_bytes() if path.stat().st_size <= CONTENT_MAX_BYTES else None
