"""Removes uploads that ended, and what lies among uploads and belongs to none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from studio_jobs.deletions import delete_all
from studio_jobs.sql import SQL
from studio_jobs.uploads.records import UPLOADS, upload_key
from studio_jobs.wake import until
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.manifests import UPLOADS_PREFIX
from studio_platform.objects import ObjectInfo, ObjectStore

_log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
GRACE = timedelta(hours=1)
"""After an upload's end: a call that opened it before may still read it, and clocks differ."""

STRAY_GRACE = timedelta(days=1)
"""Chunks of archives are sent one after another; nobody takes a day from one to the next."""

LAP = timedelta(hours=1)
BATCH_MAX = 100
PAGE_MAX = 1_000
CONCURRENT_DELETIONS_MAX = 8
WALK = "uploads"
_UPLOAD_KEY = re.compile(rf"{UPLOADS_PREFIX}[0-9a-f-]{{36}}/([0-9a-f-]{{36}})/file")


class Expiry:
    """Bytes go before the row that names them, so whoever dies in between is followed by another."""

    def __init__(self, database: Database, objects: ObjectStore, clock: Clock) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Remove what is due each minute, until `stopping` is set; a fault is logged and outlived."""
        await until(stopping, self._forever())

    async def step(self) -> bool:
        """A batch of ended uploads and a page of the store; whether there may be more."""
        return any([await self._remove_ended(), await self._remove_strays()])

    async def _forever(self) -> None:
        while True:
            try:
                more = await self.step()
            except Exception:  # noqa: BLE001 - a loop outlives every fault
                _log.exception("uploads not removed, going on")
                more = False
            if not more:
                await self._clock.sleep(LOOK_SECONDS)

    async def _remove_ended(self) -> bool:
        before = self._clock.now() - GRACE
        ended = await self._database.fetch(UPLOADS["ended_uploads"], before, BATCH_MAX)
        if not ended:
            return False
        await self._delete([upload_key(row["workspace_id"], row["upload_id"]) for row in ended])
        ids = [row["upload_id"] for row in ended]
        await self._database.execute(UPLOADS["forget_uploads"], ids, before)
        _log.info("uploads ended", uploads=len(ids))
        return len(ended) == BATCH_MAX

    async def _remove_strays(self) -> bool:
        """A page of the walk through the store: old chunks of archives, and bytes that no row names."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute(SQL["ensure_walk"], WALK, now)
            row = await tx.fetchrow(SQL["take_walk"], WALK, now)
            if row is None:
                return False
            page = await self._objects.list(UPLOADS_PREFIX, after=row["place"], count_max=PAGE_MAX)
            strays = await self._strays(page, now)
            await self._delete(strays)
            place = page[-1].key if len(page) == PAGE_MAX else ""
            await tx.execute(SQL["save_walk"], WALK, place, now if place else now + LAP)
        if strays:
            _log.info("abandoned uploads removed", objects=len(strays))
        return bool(place)

    async def _strays(self, page: Sequence[ObjectInfo], now: datetime) -> list[str]:
        old = [one.key for one in page if one.made_at is not None and one.made_at < now - STRAY_GRACE]
        named = {key: UUID(found[1]) for key in old if (found := _UPLOAD_KEY.fullmatch(key))}
        rows = await self._database.fetch(UPLOADS["known_uploads"], list(named.values()))
        known = {row["upload_id"] for row in rows}
        return [key for key in old if named.get(key) not in known]

    async def _delete(self, keys: Sequence[str]) -> None:
        await delete_all(self._objects, keys, CONCURRENT_DELETIONS_MAX)
