"""What was deleted from the store, as whoever names a blob or a manifest must know before it commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_platform.database import Connection
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

Blob = tuple[UUID, bytes]
"""Workspace and digest."""

Artifact = tuple[UUID, bytes, int]
"""Workspace, content key and generation."""


class Tombstones:
    """Asked within the transaction that makes a reference, after the reference was written."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def refused(
        self, tx: Connection, kept: Sequence[Record], collectable: Set[Artifact]
    ) -> set[Artifact]:
        """Of artifacts that were just kept, rows of `succeed_runs`, those that must not be.

        They were collected, or have a part that is gone. The collector may have taken a collectable one while
        the statement waited for its row, and the statement did not see that; the next one does.
        Raises StoreUnavailable.
        """
        refused = {_artifact(row) for row in kept if row["is_buried"]}
        lost = await self._gone(tx, [row for row in kept if row["sha256"] is not None])
        refused |= {_artifact(row) for row in kept if row["sha256"] is not None and _blob(row) in lost}
        open_to_doubt = sorted({_artifact(row) for row in kept} & collectable)
        if open_to_doubt:
            buried = await tx.fetch(SQL["buried_artifacts"], *columns(open_to_doubt, 3))
            refused |= set(map(_artifact, buried))
        return refused

    async def lost(self, tx: Connection, blobs: Collection[Blob]) -> set[Blob]:
        """Which of these blobs are being deleted, or are deleted and not in the store again.

        The others are not condemned before the transaction ends. Raises StoreUnavailable.
        """
        if not blobs:
            return set()
        return await self._gone(tx, await tx.fetch(SQL["doubtful_blobs"], *columns(sorted(blobs), 2)))

    async def _gone(self, tx: Connection, doubtful: Sequence[Record]) -> set[Blob]:
        back = {_blob(row) for row in doubtful if await self._is_back(row)}
        if back:
            await tx.execute(SQL["spare_blobs"], *columns(sorted(back), 2))
        return {_blob(row) for row in doubtful if row["condemned_at"] is not None} - back

    async def _is_back(self, row: Record) -> bool:
        """Whether a blob whose deletion the store confirmed was stored once more since."""
        if row["deleted_at"] is None:
            return False
        return await self._objects.stat(blob_key(str(row["workspace_id"]), row["sha256"].hex())) is not None


def artifact_of(manifest: artifact_pb2.Manifest) -> Artifact:
    """The key and generation that a manifest is of."""
    return UUID(manifest.workspace_id), bytes.fromhex(manifest.content_key), manifest.generation


def columns(rows: Iterable[Sequence[object]], width: int) -> list[list[object]]:
    """Rows as columns, which statements take as arrays."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _artifact(row: Record) -> Artifact:
    return row["workspace_id"], row["content_key"], row["generation"]


def _blob(row: Record) -> Blob:
    return row["workspace_id"], row["sha256"]
