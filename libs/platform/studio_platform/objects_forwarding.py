"""An object store that passes everything on to another one: what wrappers override a part of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio_platform.objects import ObjectInfo, ObjectStore, SignedPut


class ForwardingObjectStore:
    """See ObjectStore."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """See ObjectStore."""
        return await self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)

    async def get(self, key: str) -> bytes:
        """See ObjectStore."""
        return await self._objects.get(key)

    async def download(self, key: str, path: Path) -> None:
        """See ObjectStore."""
        await self._objects.download(key, path)

    async def stat(self, key: str) -> ObjectInfo | None:
        """See ObjectStore."""
        return await self._objects.stat(key)

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """See ObjectStore."""
        return await self._objects.list(prefix, after=after, count_max=count_max)

    async def delete(self, key: str) -> None:
        """See ObjectStore."""
        await self._objects.delete(key)

    async def presigned_get(self, key: str, *, expires_seconds: int, filename: str, media_type: str) -> str:
        """See ObjectStore."""
        return await self._objects.presigned_get(
            key, expires_seconds=expires_seconds, filename=filename, media_type=media_type
        )

    async def presigned_put(
        self, key: str, *, expires_seconds: int, size_bytes: int, media_type: str
    ) -> SignedPut:
        """See ObjectStore."""
        return await self._objects.presigned_put(
            key, expires_seconds=expires_seconds, size_bytes=size_bytes, media_type=media_type
        )
