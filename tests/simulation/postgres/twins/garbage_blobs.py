"""garbage.sql in Python: what concerns blobs, and what is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.schema import LIVE_RUN
from tests.simulation.postgres.tables import Table
from tests.simulation.postgres.transaction import Transaction
from tests.simulation.postgres.twins.garbage import Keys, Workspaces, found_rows, oldest, picked

_ARTIFACT = ("workspace_id", "content_key")
_BLOB = ("workspace_id", "sha256")


def _is_named(tx: Transaction, workspace: UUID, sha256: bytes) -> bool:
    """Whether an artifact or an unfinished run has the blob."""
    parts = tx.rows(tx.tables.artifact_blobs, lambda row: row["sha256"] == sha256, workspace)
    bodies = tx.rows(
        tx.tables.runs,
        lambda row: (
            row["workspace_id"] == workspace
            and row["body_sha256"] == sha256.hex()
            and row["state"] in LIVE_RUN
        ),
    )
    return bool(parts or bodies)


async def blobs_to_condemn(tx: Transaction, before: datetime, limit: int) -> list[Row]:
    def is_due(row: Row) -> bool:
        return row["condemned_at"] is None and row["found_at"] < before

    if not all(row["blobs_noted"] for row in tx.rows(tx.tables.artifacts)):
        return []
    found = oldest(tx, tx.tables.garbage_blobs, "found_at", is_due)
    held = await tx.lock(tx.tables.garbage_blobs, found, Lock.UPDATE, is_due, skip_locked=True, limit=limit)
    return picked(held, *_BLOB)


async def referenced_blobs(tx: Transaction, workspaces: Workspaces, blobs: Keys) -> list[Row]:
    return [
        {"workspace_id": workspace, "sha256": sha256}
        for workspace, sha256 in zip(workspaces, blobs, strict=True)
        if _is_named(tx, workspace, sha256)
    ]


async def spare_blobs(tx: Transaction, workspaces: Workspaces, blobs: Keys) -> int:
    found = found_rows(tx, tx.tables.garbage_blobs, workspaces, blobs)
    return len(await tx.delete(tx.tables.garbage_blobs, found))


async def condemn_blobs(tx: Transaction, workspaces: Workspaces, blobs: Keys, now: datetime) -> int:
    found = found_rows(tx, tx.tables.garbage_blobs, workspaces, blobs)
    return len(await tx.update(tx.tables.garbage_blobs, found, lambda _row: {"condemned_at": now}))


def _is_in_deletion(row: Row) -> bool:
    return row["condemned_at"] is not None and row["deleted_at"] is None


async def blobs_to_delete(tx: Transaction, limit: int) -> list[Row]:
    found = oldest(tx, tx.tables.garbage_blobs, "condemned_at", _is_in_deletion, limit)
    return picked(found, *_BLOB, "size_bytes")


async def note_blobs_deleted(
    tx: Transaction, workspaces: Workspaces, blobs: Keys, now: datetime
) -> list[Row]:
    found = filter(_is_in_deletion, found_rows(tx, tx.tables.garbage_blobs, workspaces, blobs))
    gone = await tx.update(tx.tables.garbage_blobs, found, lambda _row: {"deleted_at": now}, _is_in_deletion)
    return [{"bytes": sum(row["size_bytes"] for row in gone)}]


async def _forget(tx: Transaction, table: Table, before: datetime, limit: int) -> int:
    def is_old(row: Row) -> bool:
        return row["deleted_at"] is not None and row["deleted_at"] < before

    found = oldest(tx, table, "deleted_at", is_old)
    held = await tx.lock(table, found, Lock.UPDATE, is_old, skip_locked=True, limit=limit)
    return len(await tx.delete(table, held))


async def forget_garbage_artifacts(tx: Transaction, before: datetime, limit: int) -> int:
    return await _forget(tx, tx.tables.garbage_artifacts, before, limit)


async def forget_garbage_blobs(tx: Transaction, before: datetime, limit: int) -> int:
    return await _forget(tx, tx.tables.garbage_blobs, before, limit)


async def artifacts_to_note(tx: Transaction, limit: int) -> list[Row]:
    def is_due(row: Row) -> bool:
        return not row["blobs_noted"]

    found = sorted(
        tx.rows(tx.tables.artifacts, is_due), key=lambda row: (row["workspace_id"], row["content_key"])
    )
    held = await tx.lock(tx.tables.artifacts, found, Lock.UPDATE, is_due, skip_locked=True, limit=limit)
    return picked(held, *_ARTIFACT, "manifest")


async def note_blobs(tx: Transaction, *columns: Sequence[Any]) -> int:
    names = (*_ARTIFACT, "sha256", "size_bytes")
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return len(await tx.insert(tx.tables.artifact_blobs, rows, conflict="any"))


async def mark_blobs_noted(tx: Transaction, workspaces: Workspaces, keys: Keys) -> int:
    found = found_rows(tx, tx.tables.artifacts, workspaces, keys)
    return len(await tx.update(tx.tables.artifacts, found, lambda _row: {"blobs_noted": True}))


async def find_stray_blobs(
    tx: Transaction, workspaces: Workspaces, blobs: Keys, sizes: Sequence[int], now: datetime
) -> int:
    rows = [
        {"workspace_id": workspace, "sha256": sha256, "size_bytes": size_bytes, "found_at": now}
        for workspace, sha256, size_bytes in zip(workspaces, blobs, sizes, strict=True)
        if not _is_named(tx, workspace, sha256)
    ]
    return len(await tx.insert(tx.tables.garbage_blobs, rows, conflict="any"))


async def doubtful_blobs(tx: Transaction, workspaces: Workspaces, blobs: Keys) -> list[Row]:
    found = found_rows(tx, tx.tables.garbage_blobs, workspaces, blobs)
    ordered = sorted(found, key=lambda row: (row["workspace_id"], row["sha256"]))
    held = await tx.lock(tx.tables.garbage_blobs, ordered, Lock.SHARE)
    return picked(held, *_BLOB, "condemned_at", "deleted_at")


async def garbage_gauges(tx: Transaction, limit: int) -> list[Row]:
    blobs = tx.tables.garbage_blobs
    waiting = tx.rows(blobs, lambda row: row["condemned_at"] is None)
    marked = tx.rows(tx.tables.artifacts, lambda row: row["unreferenced_since"] is not None)
    manifests = tx.rows(tx.tables.garbage_artifacts, lambda row: row["deleted_at"] is None)
    return [
        {
            "artifacts": min(len(marked), limit),
            "manifests": min(len(manifests), limit),
            "blobs": min(len(waiting), limit) + min(len(tx.rows(blobs, _is_in_deletion)), limit),
        }
    ]
