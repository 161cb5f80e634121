"""Collects artifacts without a reference, and deletes them from the store (docs/garbage.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from filmstudio.generation.v1 import artifact_pb2
from studio_jobs.deletions import delete_all
from studio_jobs.garbage.tombstones import columns
from studio_jobs.garbage.walks import Walks
from studio_jobs.meters import Meters
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database
from studio_platform.faults import Faults
from studio_platform.manifests import ArtifactKey, blob_key, manifest_key
from studio_platform.objects import ObjectStore
from studio_platform.receipts import RECEIPTS_PREFIX, SPENDING_PREFIX

_log = structlog.get_logger(__name__)

NOTED_BATCH_MAX = 500
COLLECTED_BATCH_MAX = 100
MANIFESTS_BATCH_MAX = 100
BLOBS_BATCH_MAX = 500
FORGOTTEN_BATCH_MAX = 1_000
CONCURRENT_DELETIONS_MAX = 8


@dataclass(frozen=True, slots=True)
class GarbagePace:
    """How long things are kept. `grace` is for artifacts and stray objects, `blob_grace` for blobs after
    that; so long as `remembered` after a deletion somebody may report who saw the object in the store.
    `spending` is for what pools noted to have paid, of which 24 hours count.
    `lap` is the pause between two walks through everything, `look` that between two looks for work."""

    grace: timedelta
    remembered: timedelta
    blob_grace: timedelta = timedelta(hours=1)
    lap: timedelta = timedelta(hours=1)
    look: timedelta = timedelta(minutes=1)
    spending: timedelta = timedelta(days=2)

    @staticmethod
    def of_grace(grace: timedelta) -> GarbagePace:
        """The pace of a studio: what was deleted is remembered for two graces."""
        return GarbagePace(grace, 2 * grace)


class Collector:
    """Each part of a step is a bounded batch; replicas share the work by skipping what another holds."""

    def __init__(
        self, database: Database, objects: ObjectStore, clock: Clock, faults: Faults, meters: Meters
    ) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock
        self._faults = faults
        self._meters = meters
        self._walks = Walks(database, objects, clock)

    async def step(self, pace: GarbagePace) -> bool:
        """A batch of everything that is due; whether there may be more. Raises StoreUnavailable."""
        more = [
            await self._note_blobs(),
            await self._walks.mark(pace.grace, pace.lap),
            await self._walks.measure(pace.lap),
            await self._collect(pace.grace),
            await self._delete_manifests(),
            await self._walks.find_stray_manifests(pace.grace, pace.lap),
            await self._walks.find_stray_blobs(pace.grace, pace.lap),
            await self._condemn(pace.blob_grace),
            await self._delete_blobs(),
            await self._walks.remove_old(RECEIPTS_PREFIX, pace.grace, pace.lap),
            await self._walks.remove_old(SPENDING_PREFIX, pace.spending, pace.lap),
            await self._forget(pace.remembered),
        ]
        return any(more)

    async def _note_blobs(self) -> bool:
        """Note the blobs of artifacts that a version without `artifact_blobs` kept."""
        async with self._database.transaction() as tx:
            found = await tx.fetch(SQL["artifacts_to_note"], NOTED_BATCH_MAX)
            if not found:
                return False
            parts = await asyncio.to_thread(_parts, found)
            await tx.execute(SQL["note_blobs"], *columns(parts, 4))
            await tx.execute(SQL["mark_blobs_noted"], *_keys(found, "content_key"))
        return True

    async def _collect(self, grace: timedelta) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            marked = await tx.fetch(SQL["artifacts_to_collect"], now - grace, COLLECTED_BATCH_MAX)
            if not marked:
                return False
            needed = await self._referenced(tx, marked, grace)
            spared = [row for row in marked if _key(row) in needed]
            gone = [row for row in marked if _key(row) not in needed]
            await tx.execute(SQL["spare_artifacts"], *_keys(spared, "content_key"))
            await tx.execute(SQL["collect_artifacts"], *_keys(gone, "content_key"), now)
            self._faults.hit("jobs.garbage.collect.before_commit")
        self._faults.hit("jobs.garbage.collect.after_commit")
        await self._database.execute(SQL["forget_ended_runs"], *_keys(gone, "content_key"))
        self._meters.collected(len(gone))
        _log.info("artifacts collected", artifacts=len(gone), spared=len(spared))
        return True

    async def _referenced(
        self, tx: Connection, marked: Sequence[Record], grace: timedelta
    ) -> set[tuple[UUID, bytes]]:
        """The second look: whoever came to want one of the locked artifacts since has committed."""
        since = self._clock.now() - grace
        found = await tx.fetch(SQL["referenced_artifacts"], *_keys(marked, "content_key"), since)
        return set(map(_key, found))

    async def _delete_manifests(self) -> bool:
        found = await self._database.fetch(SQL["manifests_to_delete"], MANIFESTS_BATCH_MAX)
        if not found:
            return False
        await self._delete([manifest_key(_artifact_key(row)) for row in found])
        self._faults.hit("jobs.garbage.manifests.deleted")
        generations = [row["generation"] for row in found]
        await self._database.execute(
            SQL["note_manifests_deleted"], *_keys(found, "content_key"), generations, self._clock.now()
        )
        self._faults.hit("jobs.garbage.manifests.noted")
        return True

    async def _condemn(self, blob_grace: timedelta) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            found = await tx.fetch(SQL["blobs_to_condemn"], now - blob_grace, BLOBS_BATCH_MAX)
            if not found:
                return False
            named = await tx.fetch(SQL["referenced_blobs"], *_keys(found, "sha256"))
            needed = {(row["workspace_id"], row["sha256"]) for row in named}
            gone = [row for row in found if (row["workspace_id"], row["sha256"]) not in needed]
            await tx.execute(SQL["spare_blobs"], *_keys(named, "sha256"))
            await tx.execute(SQL["condemn_blobs"], *_keys(gone, "sha256"), now)
            self._faults.hit("jobs.garbage.condemn.before_commit")
        self._faults.hit("jobs.garbage.condemn.after_commit")
        return True

    async def _delete_blobs(self) -> bool:
        found = await self._database.fetch(SQL["blobs_to_delete"], BLOBS_BATCH_MAX)
        if not found:
            return False
        await self._delete([blob_key(str(row["workspace_id"]), row["sha256"].hex()) for row in found])
        self._faults.hit("jobs.garbage.blobs.deleted")
        size_bytes = await self._database.fetchval(
            SQL["note_blobs_deleted"], *_keys(found, "sha256"), self._clock.now()
        )
        self._faults.hit("jobs.garbage.blobs.noted")
        self._meters.blobs_deleted(len(found), size_bytes)
        _log.info("blobs deleted", blobs=len(found), bytes=size_bytes)
        return True

    async def _delete(self, keys: Sequence[str]) -> None:
        await delete_all(self._objects, keys, CONCURRENT_DELETIONS_MAX)

    async def _forget(self, remembered: timedelta) -> bool:
        before = self._clock.now() - remembered
        for name in ("forget_garbage_artifacts", "forget_garbage_blobs"):
            await self._database.execute(SQL[name], before, FORGOTTEN_BATCH_MAX)
        return False


def _key(row: Record) -> tuple[UUID, bytes]:
    return row["workspace_id"], row["content_key"]


def _keys(rows: Sequence[Record], column: str) -> list[list[object]]:
    """Workspaces and keys of rows, as two columns."""
    return columns(((row["workspace_id"], row[column]) for row in rows), 2)


def _artifact_key(row: Record) -> ArtifactKey:
    return ArtifactKey(str(row["workspace_id"]), row["kind"], row["content_key"].hex(), row["generation"])


def _parts(rows: Sequence[Record]) -> list[tuple[object, ...]]:
    """Workspace, content key, digest and size of every part."""
    return [
        (row["workspace_id"], row["content_key"], bytes.fromhex(part.sha256), part.size_bytes)
        for row in rows
        for part in artifact_pb2.Manifest.FromString(row["manifest"]).parts
    ]
