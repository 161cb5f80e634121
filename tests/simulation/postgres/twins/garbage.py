"""garbage.sql in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.schema import LIVE_RUN
from tests.simulation.postgres.tables import Table
from tests.simulation.postgres.transaction import Transaction

Workspaces = Sequence[UUID]
Keys = Sequence[bytes]

_ARTIFACT = ("workspace_id", "content_key")
_BLOB = ("workspace_id", "sha256")


def picked(rows: Iterable[Row], *columns: str) -> list[Row]:
    return [{column: row[column] for column in columns} for row in rows]


def found_rows(tx: Transaction, table: Table, *columns: Sequence[Any]) -> list[Row]:
    keys = dict.fromkeys(zip(*columns, strict=True))
    return [row for key in keys if (row := tx.by_key(table, *key)) is not None]


def _is_wanted(tx: Transaction, workspace: UUID, key: bytes) -> bool:
    """Whether an unfinished run is of the key."""
    return bool(
        tx.rows(
            tx.tables.runs,
            lambda row: (
                row["workspace_id"] == workspace and row["content_key"] == key and row["state"] in LIVE_RUN
            ),
        )
    )


def _of_task(tx: Transaction, workspace: UUID, key: bytes) -> bool:
    return bool(
        tx.rows(tx.tables.tasks, lambda row: row["workspace_id"] == workspace and row["content_key"] == key)
    )


def _is_referenced(tx: Transaction, workspace: UUID, key: bytes, since: datetime) -> bool:
    resolved = tx.rows(
        tx.tables.resolutions,
        lambda row: row["content_key"] == key and row["created_at"] > since,
        workspace,
    )
    held = tx.rows(tx.tables.held_artifacts, lambda row: row["content_key"] == key, workspace)
    return bool(resolved or held) or _of_task(tx, workspace, key) or _is_wanted(tx, workspace, key)


def oldest(
    tx: Transaction, table: Table, column: str, where: Callable[[Row], bool], limit: int | None = None
) -> list[Row]:
    return sorted(tx.rows(table, where), key=lambda row: row[column])[:limit]


async def ensure_walk(tx: Transaction, name: str, now: datetime) -> int:
    row = {"name": name, "place": "", "next_at": now}
    return len(await tx.insert(tx.tables.garbage_walks, [row], conflict="any"))


async def take_walk(tx: Transaction, name: str, now: datetime) -> list[Row]:
    def is_due(row: Row) -> bool:
        return bool(row["next_at"] <= now)

    found = filter(is_due, found_rows(tx, tx.tables.garbage_walks, [name]))
    held = await tx.lock(tx.tables.garbage_walks, found, Lock.UPDATE, is_due, skip_locked=True)
    return picked(held, "place")


async def save_walk(tx: Transaction, name: str, place: str, next_at: datetime) -> int:
    found = found_rows(tx, tx.tables.garbage_walks, [name])
    after = {"place": place, "next_at": next_at}
    return len(await tx.update(tx.tables.garbage_walks, found, lambda _row: after))


async def mark_artifacts(
    tx: Transaction, workspace: UUID, key: bytes, limit: int, now: datetime, since: datetime
) -> list[Row]:
    after = tx.rows(
        tx.tables.artifacts, lambda row: (row["workspace_id"], row["content_key"]) > (workspace, key)
    )
    page = sorted(after, key=lambda row: (row["workspace_id"], row["content_key"]))[:limit]
    judged = [(row, _is_referenced(tx, row["workspace_id"], row["content_key"], since)) for row in page]
    for row, is_referenced in judged:
        if is_referenced == (row["unreferenced_since"] is not None):
            mark = {"unreferenced_since": None if is_referenced else now}
            await tx.update(tx.tables.artifacts, [row], lambda _row, mark=mark: mark)  # type: ignore[misc]
    return picked(page[-1:], *_ARTIFACT)


def _stored_bytes(tx: Transaction, project: Row) -> int:
    def is_of(row: Row) -> bool:
        return row["deleted_at"] is None and all(
            row[column] == project[column] for column in ("workspace_id", "project_id")
        )

    jobs = [row["job_id"] for row in tx.rows(tx.tables.jobs, is_of)]
    keys = {row["content_key"] for job in jobs for row in tx.rows(tx.tables.tasks, group=job)}
    parts = tx.rows(tx.tables.artifact_blobs, lambda row: row["content_key"] in keys, project["workspace_id"])
    return sum(size for _, size in {(row["sha256"], row["size_bytes"]) for row in parts})


async def project_sizes(tx: Transaction, workspace: UUID, project: UUID, limit: int) -> list[Row]:
    after = tx.rows(
        tx.tables.projects, lambda row: (row["workspace_id"], row["project_id"]) > (workspace, project)
    )
    page = sorted(after, key=lambda row: (row["workspace_id"], row["project_id"]))[:limit]
    return [
        {
            **picked([row], "workspace_id", "project_id")[0],
            "noted_bytes": row["stored_bytes"],
            "stored_bytes": _stored_bytes(tx, row),
        }
        for row in page
    ]


async def note_project_sizes(
    tx: Transaction, workspaces: Workspaces, projects: Workspaces, sizes: Sequence[int]
) -> int:
    noted = dict(zip(zip(workspaces, projects, strict=True), sizes, strict=True))
    found = found_rows(tx, tx.tables.projects, workspaces, projects)
    changed = await tx.update(
        tx.tables.projects,
        found,
        lambda row: {"stored_bytes": noted[row["workspace_id"], row["project_id"]]},
    )
    return len(changed)


async def artifacts_to_collect(tx: Transaction, before: datetime, limit: int) -> list[Row]:
    def is_due(row: Row) -> bool:
        return row["unreferenced_since"] is not None and row["unreferenced_since"] < before

    found = oldest(tx, tx.tables.artifacts, "unreferenced_since", is_due)
    held = await tx.lock(tx.tables.artifacts, found, Lock.UPDATE, is_due, skip_locked=True, limit=limit)
    return picked(held, *_ARTIFACT)


async def referenced_artifacts(
    tx: Transaction, workspaces: Workspaces, keys: Keys, since: datetime
) -> list[Row]:
    return [
        {"workspace_id": workspace, "content_key": key}
        for workspace, key in zip(workspaces, keys, strict=True)
        if _is_referenced(tx, workspace, key, since)
    ]


async def spare_artifacts(tx: Transaction, workspaces: Workspaces, keys: Keys) -> int:
    found = found_rows(tx, tx.tables.artifacts, workspaces, keys)
    return len(await tx.update(tx.tables.artifacts, found, lambda _row: {"unreferenced_since": None}))


async def collect_artifacts(tx: Transaction, workspaces: Workspaces, keys: Keys, now: datetime) -> int:
    chosen = set(zip(workspaces, keys, strict=True))
    parts = tx.rows(tx.tables.artifact_blobs, lambda row: (row["workspace_id"], row["content_key"]) in chosen)
    resolved = tx.rows(tx.tables.resolutions, lambda row: (row["workspace_id"], row["content_key"]) in chosen)
    gone = await tx.delete(tx.tables.artifacts, found_rows(tx, tx.tables.artifacts, workspaces, keys))
    blobs = [{**row, "found_at": now} for row in picked(parts, *_BLOB, "size_bytes")]
    await tx.insert(tx.tables.garbage_blobs, blobs, conflict="any")
    await tx.delete(tx.tables.resolutions, resolved)
    rows = [{**row, "collected_at": now} for row in picked(gone, *_ARTIFACT, "generation", "kind")]
    return len(await tx.insert(tx.tables.garbage_artifacts, rows, conflict="any"))


async def forget_ended_runs(tx: Transaction, workspaces: Workspaces, keys: Keys) -> int:
    chosen = set(zip(workspaces, keys, strict=True))

    def is_needless(row: Row) -> bool:
        key = (row["workspace_id"], row["content_key"])
        return key in chosen and row["ended_at"] is not None and not _of_task(tx, *key)

    found = sorted(tx.rows(tx.tables.runs, is_needless), key=lambda row: row["run_id"])
    held = await tx.lock(tx.tables.runs, found, Lock.UPDATE, is_needless, skip_locked=True)
    return len(await tx.delete(tx.tables.runs, held))


async def manifests_to_delete(tx: Transaction, limit: int) -> list[Row]:
    found = oldest(
        tx, tx.tables.garbage_artifacts, "collected_at", lambda row: row["deleted_at"] is None, limit
    )
    return picked(found, *_ARTIFACT, "generation", "kind")


async def note_manifests_deleted(
    tx: Transaction, workspaces: Workspaces, keys: Keys, generations: Sequence[int], now: datetime
) -> int:
    def is_there(row: Row) -> bool:
        return row["deleted_at"] is None

    found = filter(is_there, found_rows(tx, tx.tables.garbage_artifacts, workspaces, keys, generations))
    return len(
        await tx.update(tx.tables.garbage_artifacts, found, lambda _row: {"deleted_at": now}, is_there)
    )


async def find_stray_manifests(
    tx: Transaction,
    workspaces: Workspaces,
    keys: Keys,
    generations: Sequence[int],
    kinds: Sequence[int],
    now: datetime,
) -> int:
    names = (*_ARTIFACT, "generation", "kind")
    rows: list[Row] = []
    for workspace, key, generation, kind in zip(workspaces, keys, generations, kinds, strict=True):
        made = tx.by_key(tx.tables.artifacts, workspace, key)
        is_kept = made is not None and made["generation"] == generation
        if not is_kept and not _is_wanted(tx, workspace, key):
            values = (workspace, key, generation, kind)
            rows.append({**dict(zip(names, values, strict=True)), "collected_at": now})
    return len(await tx.insert(tx.tables.garbage_artifacts, rows, conflict="any"))


async def buried_artifacts(
    tx: Transaction, workspaces: Workspaces, keys: Keys, generations: Sequence[int]
) -> list[Row]:
    def is_buried(workspace: UUID, key: bytes, generation: int) -> bool:
        return bool(
            tx.rows(
                tx.tables.garbage_artifacts,
                lambda row: row["content_key"] == key and row["generation"] >= generation,
                workspace,
            )
        )

    return [
        {"workspace_id": workspace, "content_key": key, "generation": generation}
        for workspace, key, generation in zip(workspaces, keys, generations, strict=True)
        if is_buried(workspace, key, generation)
    ]
