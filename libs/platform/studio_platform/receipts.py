"""What a run was promised by somebody who is paid for it, kept in the store so that nobody pays twice.

Manifests tell what is finished; receipts tell what was begun elsewhere: the number under which a provider
makes a clip outlives the process that asked for it, and the next dispatch goes on from there. Entries of
spending say what pools paid for, so that all replicas of a pool have one limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from studio_platform.engine import Run
from studio_platform.objects import ObjectMissing, ObjectStore

RECEIPTS_PREFIX = "receipts/"
"""Of the keys of all receipts; what follows is as in the key of the artifact's manifest."""

SPENDING_PREFIX = "spending/"
"""Of the keys of all entries: the pool, the hour, and then the amount before a dot."""

PORTRAITS_PREFIX = "portraits/"
"""Of the keys of what was made once for all stills of a workspace."""

RECEIPT_MAX_BYTES = 64 * 1024
PORTRAIT_MAX_BYTES = 32 * 1024 * 1024
ENTRIES_AN_HOUR_MAX = 100_000
WAIT_MAX_SECONDS = 180.0
"""Longer than a run is patient with its store, so that it is the run that gives up."""

T = TypeVar("T")


class Receipts(Protocol):
    """The receipts of one artifact, the same in each dispatch of its run; for an engine's thread.

    Every method raises StoreUnavailable when the store stays away.
    """

    @property
    def key(self) -> str:
        """What names the artifact among all of the studio: the same for each try of it."""

    def recall(self, name: str) -> bytes | None:
        """What was kept under a name, or None."""

    def keep(self, name: str, content: bytes) -> bytes:
        """Keep something under a name; what was kept before stays, and is returned. Raises StoreFull."""

    def portrait(self, name: str) -> bytes | None:
        """The picture that was kept under a name for the whole workspace, or None."""

    def keep_portrait(self, name: str, content: bytes) -> bytes:
        """Keep a picture for the whole workspace; what was kept before stays, and is returned."""

    def enter(self, pool: str, hour: str, name: str, micros: int) -> None:
        """Note that a pool paid so much in that hour; the same name in the same hour counts once."""

    def spent(self, pool: str, hour: str) -> int:
        """What was entered for a pool in an hour, micros."""


@runtime_checkable
class ReceiptedRun(Run, Protocol):
    """A run of the studio's; those of tests and benches need no receipts."""

    receipts: Receipts


def receipts_of(run: Run) -> Receipts:
    """The receipts of a run; of one that has none, some that are forgotten with it."""
    return run.receipts if isinstance(run, ReceiptedRun) else MemoryReceipts()


class MemoryReceipts:
    """Receipts without a store."""

    def __init__(self, key: str = "unstored") -> None:
        self.key = key
        self.kept: dict[str, bytes] = {}
        self.portraits: dict[str, bytes] = {}
        self.entries: dict[tuple[str, str, str], int] = {}

    def recall(self, name: str) -> bytes | None:
        """What was kept under a name, or None."""
        return self.kept.get(name)

    def keep(self, name: str, content: bytes) -> bytes:
        """Keep something; what was kept before stays, and is returned."""
        return self.kept.setdefault(name, content)

    def portrait(self, name: str) -> bytes | None:
        """A picture that was kept, or None."""
        return self.portraits.get(name)

    def keep_portrait(self, name: str, content: bytes) -> bytes:
        """Keep a picture; what was kept before stays, and is returned."""
        return self.portraits.setdefault(name, content)

    def enter(self, pool: str, hour: str, name: str, micros: int) -> None:
        """Note a payment."""
        self.entries[pool, hour, name] = micros

    def spent(self, pool: str, hour: str) -> int:
        """What was entered, micros."""
        return sum(micros for (of, at, _), micros in self.entries.items() if (of, at) == (pool, hour))


class ReceiptBook:
    """All receipts and entries of a store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def recall(self, key: str) -> bytes | None:
        """The receipt under a key, or None."""
        return await self._found(f"{RECEIPTS_PREFIX}{key}")

    async def keep(self, key: str, content: bytes) -> bytes:
        """Keep a receipt unless the key is taken; what is there then. Raises ValueError for too much."""
        return await self._first(f"{RECEIPTS_PREFIX}{key}", content, RECEIPT_MAX_BYTES, "text/plain")

    async def portrait(self, key: str) -> bytes | None:
        """The picture under a key, or None."""
        return await self._found(f"{PORTRAITS_PREFIX}{key}")

    async def keep_portrait(self, key: str, content: bytes) -> bytes:
        """Keep a picture unless the key is taken; what is there then. Raises ValueError for too much."""
        return await self._first(f"{PORTRAITS_PREFIX}{key}", content, PORTRAIT_MAX_BYTES, "image/png")

    async def _found(self, key: str) -> bytes | None:
        try:
            return await self._objects.get(key)
        except ObjectMissing:
            return None

    async def _first(self, key: str, content: bytes, bytes_max: int, media_type: str) -> bytes:
        if len(content) > bytes_max:
            raise ValueError(f"{key} has {len(content)} bytes; {bytes_max} is the most")
        if await self._objects.put_if_absent(key, data=content, media_type=media_type):
            return content
        return await self._objects.get(key)

    async def enter(self, pool: str, hour: str, name: str, micros: int) -> None:
        """Note a payment."""
        key = f"{SPENDING_PREFIX}{pool}/{hour}/{micros}.{name}"
        await self._objects.put_if_absent(key, data=b"", media_type="text/plain")

    async def spent(self, pool: str, hour: str) -> int:
        """What was entered, micros."""
        prefix = f"{SPENDING_PREFIX}{pool}/{hour}/"
        found = await self._objects.list(prefix, count_max=ENTRIES_AN_HOUR_MAX)
        return sum(_micros(info.key.removeprefix(prefix)) for info in found)


class RunReceipts:
    """See Receipts: those under `key` of a book, asked for from a thread that is not the loop's."""

    def __init__(
        self,
        book: ReceiptBook,
        key: str,
        patiently: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.key = key
        self._workspace = key.partition("/")[0]
        self._book = book
        self._patiently = patiently
        self._loop = loop

    def recall(self, name: str) -> bytes | None:
        """What was kept under a name, or None."""
        return self._wait(lambda: self._book.recall(f"{self.key}/{name}"))

    def keep(self, name: str, content: bytes) -> bytes:
        """Keep something; what was kept before stays, and is returned."""
        return self._wait(lambda: self._book.keep(f"{self.key}/{name}", content))

    def portrait(self, name: str) -> bytes | None:
        """A picture of the workspace, or None."""
        return self._wait(lambda: self._book.portrait(f"{self._workspace}/{name}"))

    def keep_portrait(self, name: str, content: bytes) -> bytes:
        """Keep a picture for the workspace; what was kept before stays, and is returned."""
        return self._wait(lambda: self._book.keep_portrait(f"{self._workspace}/{name}", content))

    def enter(self, pool: str, hour: str, name: str, micros: int) -> None:
        """Note a payment."""
        self._wait(lambda: self._book.enter(pool, hour, name, micros))

    def spent(self, pool: str, hour: str) -> int:
        """What was entered, micros."""
        return self._wait(lambda: self._book.spent(pool, hour))

    def _wait(self, call: Callable[[], Awaitable[T]]) -> T:
        async def answered() -> T:
            answer: T = await self._patiently(call)
            return answer

        return asyncio.run_coroutine_threadsafe(answered(), self._loop).result(WAIT_MAX_SECONDS)


def _micros(name: str) -> int:
    amount = name.partition(".")[0]
    return int(amount) if amount.isdecimal() else 0
