"""What was deleted from the store, as whoever names a blob or a manifest must know before it commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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

    async def refused(self, tx: Connection, made: Sequence[artifact_pb2.Manifest]) -> set[Artifact]:
        """Of artifacts that were just kept, those that were collected or have a part that is gone.

        Raises StoreUnavailable.
        """
        if not made:
            return set()
        keys = [artifact_of(manifest) for manifest in made]
        buried = await tx.fetch(SQL["buried_artifacts"], *columns(keys, 3))
        lost = await self.lost(tx, {blob for manifest in made for blob in blobs_of(manifest)})
        refused = {(row["workspace_id"], row["content_key"], row["generation"]) for row in buried}
        if lost:
            refused |= {artifact_of(each) for each in made if not lost.isdisjoint(blobs_of(each))}
        return refused

    async def lost(self, tx: Connection, blobs: Collection[Blob]) -> set[Blob]:
        """Which of these blobs are being deleted, or are deleted and not in the store again.

        The others are not condemned before the transaction ends. Raises StoreUnavailable.
        """
        if not blobs:
            return set()
        doubtful = await tx.fetch(SQL["doubtful_blobs"], *columns(sorted(blobs), 2))
        there = [row for row in doubtful if await self._is_back(row)]
        if there:
            await tx.execute(SQL["spare_blobs"], *columns(map(_blob, there), 2))
        back = set(map(_blob, there))
        return {_blob(row) for row in doubtful if row["condemned_at"] is not None} - back

    async def _is_back(self, row: Record) -> bool:
        """Whether a blob whose deletion the store confirmed was stored once more since."""
        if row["deleted_at"] is None:
            return False
        return await self._objects.stat(blob_key(str(row["workspace_id"]), row["sha256"].hex())) is not None


def artifact_of(manifest: artifact_pb2.Manifest) -> Artifact:
    """The key and generation that a manifest is of."""
    return UUID(manifest.workspace_id), bytes.fromhex(manifest.content_key), manifest.generation


def blobs_of(manifest: artifact_pb2.Manifest) -> list[Blob]:
    """The blobs of a manifest's parts."""
    workspace = UUID(manifest.workspace_id)
    return [(workspace, bytes.fromhex(part.sha256)) for part in manifest.parts]


def columns(rows: Iterable[Sequence[object]], width: int) -> list[list[object]]:
    """Rows as columns, which statements take as arrays."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _blob(row: Record) -> Blob:
    return row["workspace_id"], row["sha256"]
