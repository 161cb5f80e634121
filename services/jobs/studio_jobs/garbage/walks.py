"""Walks through all artifacts and objects, a page at a time; how far each came is a row for all replicas."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from studio_jobs.deletions import delete_all
from studio_jobs.garbage.tombstones import columns
from studio_jobs.sql import SQL
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database
from studio_platform.manifests import (
    BLOBS_PREFIX,
    MANIFESTS_PREFIX,
    read_blob_key,
    read_manifest_key,
)
from studio_platform.objects import ObjectInfo, ObjectStore

ARTIFACTS_PAGE_MAX = 500
PROJECTS_PAGE_MAX = 10
OBJECTS_PAGE_MAX = 1_000
REMOVED_PAGE_MAX = 200
CONCURRENT_REMOVALS_MAX = 8

_FIRST = (UUID(int=0), b"")

Turn = Callable[[Connection, str], Awaitable[str]]
"""From a place, one page further: the next place, or "" at the end."""


class Walks:
    """Each method is one page of a walk; whether the walk goes on."""

    def __init__(self, database: Database, objects: ObjectStore, clock: Clock) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock

    async def mark(self, grace: timedelta, lap: timedelta) -> bool:
        """Note of a page of artifacts since when each is without a reference."""

        async def turn(tx: Connection, place: str) -> str:
            now = self._clock.now()
            last = await tx.fetchrow(
                SQL["mark_artifacts"], *_read(place), ARTIFACTS_PAGE_MAX, now, now - grace
            )
            return "" if last is None else f"{last['workspace_id']}/{last['content_key'].hex()}"

        return await self._walk("artifacts", lap, turn)

    async def measure(self, lap: timedelta) -> bool:
        """Note of a page of projects how many bytes their jobs refer to."""

        async def turn(tx: Connection, place: str) -> str:
            workspace, _, project = place.partition("/")
            after = (UUID(workspace), UUID(project)) if place else (UUID(int=0), UUID(int=0))
            page = await tx.fetch(SQL["project_sizes"], *after, PROJECTS_PAGE_MAX)
            sizes = [
                (row["workspace_id"], row["project_id"], row["stored_bytes"])
                for row in page
                if row["stored_bytes"] != row["noted_bytes"]
            ]
            if sizes:
                await tx.execute(SQL["note_project_sizes"], *columns(sizes, 3))
            return f"{page[-1]['workspace_id']}/{page[-1]['project_id']}" if page else ""

        return await self._walk("projects", lap, turn)

    async def find_stray_manifests(self, grace: timedelta, lap: timedelta) -> bool:
        """Make garbage of the old manifests of a page of the store that no row names."""

        async def turn(tx: Connection, place: str) -> str:
            page = await self._page(MANIFESTS_PREFIX, place)
            keys = [read_manifest_key(each.key) for each in self._old(page, grace)]
            rows = [
                (UUID(key.workspace_id), bytes.fromhex(key.content_key), key.generation, int(key.kind))
                for key in keys
                if key is not None
            ]
            if rows:
                await tx.execute(SQL["find_stray_manifests"], *columns(rows, 4), self._clock.now())
            return _last(page)

        return await self._walk("manifests", lap, turn)

    async def find_stray_blobs(self, grace: timedelta, lap: timedelta) -> bool:
        """Make garbage of the old blobs of a page of the store that no row names."""

        async def turn(tx: Connection, place: str) -> str:
            page = await self._page(BLOBS_PREFIX, place)
            old = [(read_blob_key(each.key), each.size_bytes) for each in self._old(page, grace)]
            rows = [(*blob, size_bytes) for blob, size_bytes in old if blob is not None]
            if rows:
                await tx.execute(SQL["find_stray_blobs"], *columns(rows, 3), self._clock.now())
            return _last(page)

        return await self._walk("blobs", lap, turn)

    async def remove_old(self, prefix: str, age: timedelta, lap: timedelta) -> bool:
        """Delete those of a page of the store that are so old and that nobody names anywhere."""

        async def turn(tx: Connection, place: str) -> str:  # noqa: ARG001 - it holds the walk's row
            page = await self._objects.list(prefix, after=place, count_max=REMOVED_PAGE_MAX)
            await delete_all(
                self._objects, [each.key for each in self._old(page, age)], CONCURRENT_REMOVALS_MAX
            )
            return _last(page)

        return await self._walk(prefix.rstrip("/"), lap, turn)

    async def _walk(self, name: str, lap: timedelta, turn: Turn) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute(SQL["ensure_walk"], name, now)
            row = await tx.fetchrow(SQL["take_walk"], name, now)
            if row is None:
                return False
            place = await turn(tx, row["place"])
            await tx.execute(SQL["save_walk"], name, place, now if place else now + lap)
        return bool(place)

    async def _page(self, prefix: str, place: str) -> Sequence[ObjectInfo]:
        return await self._objects.list(prefix, after=place, count_max=OBJECTS_PAGE_MAX)

    def _old(self, page: Sequence[ObjectInfo], grace: timedelta) -> list[ObjectInfo]:
        """What nobody may just be at work on."""
        before = self._clock.now() - grace
        return [each for each in page if each.made_at is not None and each.made_at < before]


def _last(page: Sequence[ObjectInfo]) -> str:
    return page[-1].key if page else ""


def _read(place: str) -> tuple[UUID, bytes]:
    if not place:
        return _FIRST
    workspace, _, key = place.partition("/")
    return UUID(workspace), bytes.fromhex(key)
