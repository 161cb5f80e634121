"""The object store as a port: immutable objects, created once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from studio_platform.errors import NotFound, ResourceExhausted, Unavailable


class ObjectMissing(NotFound):
    """No object of that key."""

    def __init__(self, key: str) -> None:
        super().__init__("OBJECT_MISSING", "A stored file is missing.", f"object {key} is missing")


class StoreFull(ResourceExhausted):
    """The store has no room (HTTP 507, or S3's words for it); trying again does not help."""

    def __init__(self, detail: str) -> None:
        super().__init__("STORAGE_FULL", "The object store is full; free some space, then retry.", detail)


class StoreUnavailable(Unavailable):
    """The store does not answer, or answers that it cannot now."""

    def __init__(self, detail: str) -> None:
        super().__init__("STORAGE_UNAVAILABLE", "The object store is away; try again shortly.", detail)


def require_one_source(data: bytes | None, path: Path | None) -> None:
    """Raises ValueError unless an object's bytes come from exactly one of the two."""
    if (data is None) == (path is None):
        raise ValueError("an object needs exactly one of data and path")


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object's key, its size, and when it was made where the store says so."""

    key: str
    size_bytes: int
    made_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SignedPut:
    """An address that takes one object's bytes, and the headers that must come with them."""

    url: str
    headers: dict[str, str]


class ObjectStore(Protocol):
    """One bucket. Every method raises StoreUnavailable when the store does not answer."""

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """Create an object from memory or from a file; False when the key is taken. Raises StoreFull.

        Of several that race for a key one wins, up to 16 MiB; larger objects of one key must be equal.
        False may also mean that an earlier try of this very call won and its answer was lost.
        Raises OSError for the file, ValueError unless exactly one of data and path is given.
        """

    async def get(self, key: str) -> bytes:
        """An object's bytes. Raises ObjectMissing."""

    async def download(self, key: str, path: Path) -> None:
        """Write an object into a file. Raises ObjectMissing, and OSError for the file."""

    async def stat(self, key: str) -> ObjectInfo | None:
        """An object's size; None when it is missing."""

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """The objects whose keys begin so and come after a key, in the keys' order; at most `count_max`.

        Pages are of keys under one depth of folders, such as the blobs of all workspaces.
        """

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is no fault."""

    async def presigned_get(self, key: str, *, expires_seconds: int, filename: str, media_type: str) -> str:
        """An address for clients that answers GET with ranges for at least `expires_seconds`.

        It is answered as a download of `filename` (ASCII, no quotes) and of `media_type`.
        """

    async def presigned_put(
        self, key: str, *, expires_seconds: int, size_bytes: int, media_type: str
    ) -> SignedPut:
        """An address for clients that takes a PUT of exactly so many bytes for `expires_seconds`.

        What was there is replaced; what the bytes are is not looked at.
        """
