"""The object store's twin in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from studio_platform.objects import (
    ObjectInfo,
    ObjectMissing,
    SignedPut,
    StoreFull,
    StoreUnavailable,
    require_one_source,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryObjectStore:
    """A bucket in a dict; `size_max_bytes` makes it fill up, `is_away` makes it answer nothing.

    `now` is the time at which objects are made.
    """

    def __init__(self, size_max_bytes: int | None = None, now: Callable[[], datetime] = _utc_now) -> None:
        self.objects: dict[str, bytes] = {}
        self.made_at: dict[str, datetime] = {}
        self._now = now
        self.media_types: dict[str, str] = {}
        self.is_away = False
        self._size_max_bytes = size_max_bytes

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """Create an object; False when the key is taken. Raises StoreFull."""
        require_one_source(data, path)
        content = data if path is None else await asyncio.to_thread(path.read_bytes)
        self._require_answer()
        if key in self.objects:
            return False
        used = sum(map(len, self.objects.values()))
        if self._size_max_bytes is not None and used + len(content or b"") > self._size_max_bytes:
            raise StoreFull(f"{used} of {self._size_max_bytes} bytes are used")
        self.objects[key] = content or b""
        self.made_at[key] = self._now()
        self.media_types[key] = media_type
        return True

    async def get(self, key: str) -> bytes:
        """An object's bytes. Raises ObjectMissing."""
        self._require_answer()
        if key not in self.objects:
            raise ObjectMissing(key)
        return self.objects[key]

    async def download(self, key: str, path: Path) -> None:
        """Write an object into a file. Raises ObjectMissing."""
        await asyncio.to_thread(path.write_bytes, await self.get(key))

    async def stat(self, key: str) -> ObjectInfo | None:
        """An object's size; None when it is missing."""
        self._require_answer()
        return self._info(key) if key in self.objects else None

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """See ObjectStore."""
        self._require_answer()
        found = (key for key in sorted(self.objects) if key.startswith(prefix) and key > after)
        return [self._info(key) for key in islice(found, count_max)]

    def _info(self, key: str) -> ObjectInfo:
        return ObjectInfo(key, len(self.objects[key]), self.made_at.get(key))

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is no fault."""
        self._require_answer()
        self.objects.pop(key, None)

    async def presigned_get(self, key: str, *, expires_seconds: int, filename: str, media_type: str) -> str:
        """An address that only tests understand."""
        return f"memory://{key}?expires={expires_seconds}&filename={filename}&type={media_type}"

    async def presigned_put(
        self, key: str, *, expires_seconds: int, size_bytes: int, media_type: str
    ) -> SignedPut:
        """An address that only tests understand."""
        headers = {"Content-Length": str(size_bytes), "Content-Type": media_type}
        return SignedPut(f"memory://{key}?expires={expires_seconds}", headers)

    def _require_answer(self) -> None:
        if self.is_away:
            raise StoreUnavailable("the twin was told to be away")
