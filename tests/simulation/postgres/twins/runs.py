"""runs.sql in Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.schema import LIVE_RUN, LIVE_TASK
from tests.simulation.postgres.transaction import Transaction
from tests.simulation.postgres.twins.marks import mark, waiting_for


def _is_live(row: Row) -> bool:
    return row["state"] in LIVE_RUN


def _is_waiting(row: Row) -> bool:
    return bool(row["state"] == "WAITING")


def _is_dispatched(row: Row) -> bool:
    return bool(row["state"] == "DISPATCHED")


def _runs(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    """The runs of these ids in the snapshot, by id."""
    found = (tx.by_key(tx.tables.runs, run_id) for run_id in sorted(set(ids)))
    return [row for row in found if row is not None]


def _picked(rows: Sequence[Row], *columns: str) -> list[Row]:
    return [{column: row[column] for column in columns} for row in rows]


def _table(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[Row]:
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


async def artifacts_by_keys(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
    found = (tx.by_key(tx.tables.artifacts, workspace, key) for key in dict.fromkeys(keys))
    held = await tx.lock(tx.tables.artifacts, [row for row in found if row is not None], Lock.KEY_SHARE)
    return _picked(held, "content_key", "length_ms", "digest")


async def insert_runs(tx: Transaction, workspace: UUID, *arguments: Any) -> list[Row]:
    *columns, now = arguments
    wanted = _table(("run_id", "content_key", "kind", "pool", "body", "body_sha256"), columns)
    common = {"workspace_id": workspace, "created_at": now, "ready_at": now}
    rows = [
        {**row, **common, "generation": _next_generation(tx, workspace, row["content_key"])}
        for row in sorted(wanted, key=lambda row: row["content_key"])
    ]
    made = await tx.insert(tx.tables.runs, rows, conflict="runs_single_flight")
    return _picked(made, "run_id", "content_key")


def _next_generation(tx: Transaction, workspace: UUID, key: bytes) -> int:
    collected = tx.rows(tx.tables.garbage_artifacts, lambda row: row["content_key"] == key, workspace)
    return max((row["generation"] + 1 for row in collected), default=0)


async def share_unfinished_runs(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
    wanted = set(keys)
    found = tx.rows(
        tx.tables.runs,
        lambda row: row["workspace_id"] == workspace and row["content_key"] in wanted and _is_live(row),
    )
    ordered = sorted(found, key=lambda row: row["run_id"])
    return _picked(
        await tx.lock(tx.tables.runs, ordered, Lock.SHARE, _is_live), "run_id", "content_key", "state"
    )


async def drop_new_runs(tx: Transaction, ids: Sequence[UUID]) -> int:
    def is_new(row: Row) -> bool:
        return _is_waiting(row) and row["dispatch"] == 0

    return len(await tx.delete(tx.tables.runs, filter(is_new, _runs(tx, ids)), is_new))


async def lock_runs(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    locked = await tx.lock(tx.tables.runs, _runs(tx, ids), Lock.UPDATE)
    columns = (
        "run_id",
        "workspace_id",
        "content_key",
        "kind",
        "state",
        "dispatch",
        "failures",
        "pool",
        "generation",
    )
    return _picked(locked, *columns)


async def run(tx: Transaction, run_id: UUID) -> list[Row]:
    columns = (
        "run_id",
        "state",
        "dispatch",
        "run_ms",
        "failure_reason",
        "failure_text",
        "failure_log",
        "ended_at",
    )
    return _picked(_runs(tx, [run_id]), *columns)


async def succeed_runs(
    tx: Transaction, ids: Sequence[UUID], run_ms: Sequence[int], now: datetime, *columns: Any
) -> list[Row]:
    names = (
        "workspace_id",
        "content_key",
        "kind",
        "generation",
        "digest",
        "manifest",
        "length_ms",
        "frames",
    )
    of_parts = ("workspace_id", "content_key", "sha256", "size_bytes")
    waiting, runs = waiting_for(tx, ids), _runs(tx, ids)
    buried = _buried(tx, _table(names, columns[:8]))
    made = sorted(_table(names, columns[:8]), key=lambda row: (row["workspace_id"], row["content_key"]))
    rows = [{**row, "created_at": now, "blobs_noted": True} for row in made]
    kept = await tx.insert(tx.tables.artifacts, rows, conflict="any")
    new = {(row["workspace_id"], row["content_key"]) for row in kept}
    parts = [row for row in _table(of_parts, columns[8:]) if (row["workspace_id"], row["content_key"]) in new]
    await tx.insert(tx.tables.artifact_blobs, parts, conflict="any")
    took = dict(reversed(list(zip(ids, run_ms, strict=True))))
    ended = await tx.update(
        tx.tables.runs,
        filter(_is_live, runs),
        lambda row: {
            "state": "SUCCEEDED",
            "ended_at": now,
            "run_ms": took[row["run_id"]],
            "missing_since": None,
        },
        _is_live,
    )
    await mark(tx, waiting)
    doubts = await _doubts(tx, kept, parts, buried)
    await _count_usage(tx, ended, now)
    return doubts


async def _count_usage(tx: Transaction, ended: Sequence[Row], now: datetime) -> None:
    """The trigger runs_usage."""
    took: dict[UUID, int] = {}
    for row in ended:
        took[row["workspace_id"]] = took.get(row["workspace_id"], 0) + row["run_ms"]
    month = now.astimezone(UTC).date().replace(day=1)
    used = [
        {"workspace_id": workspace, "month": month, "run_ms": run_ms}
        for workspace, run_ms in sorted(took.items())
        if run_ms
    ]
    await tx.insert(
        tx.tables.run_usage,
        used,
        conflict="key",
        merge=lambda there, more: {"run_ms": there["run_ms"] + more["run_ms"]},
    )


def _buried(tx: Transaction, made: Sequence[Row]) -> set[tuple[UUID, bytes]]:
    """Which of these keys the snapshot has as collected under their generation or a later one."""
    return {
        (row["workspace_id"], row["content_key"])
        for row in made
        if _next_generation(tx, row["workspace_id"], row["content_key"]) > row["generation"]
    }


async def _doubts(
    tx: Transaction, kept: Sequence[Row], parts: Sequence[Row], buried: set[tuple[UUID, bytes]]
) -> list[Row]:
    garbage = tx.tables.garbage_blobs
    blobs = sorted({(row["workspace_id"], row["sha256"]) for row in parts})
    found = (tx.by_key(garbage, *blob) for blob in blobs)
    held = await tx.lock(garbage, [row for row in found if row is not None], Lock.SHARE)
    doubtful = {(row["workspace_id"], row["sha256"]): row for row in held}
    rows: list[Row] = []
    for made in kept:
        key = (made["workspace_id"], made["content_key"])
        row = {**_picked([made], "workspace_id", "content_key", "generation")[0], "is_buried": key in buried}
        own = [part for part in parts if (part["workspace_id"], part["content_key"]) == key]
        of_made = [
            doubtful[blob] for part in own if (blob := (part["workspace_id"], part["sha256"])) in doubtful
        ]
        nothing = {"sha256": None, "condemned_at": None, "deleted_at": None}
        rows += [{**row, **_picked([blob], *nothing)[0]} for blob in of_made] or [{**row, **nothing}]
    return rows


async def regenerate_runs(tx: Transaction, ids: Sequence[UUID], now: datetime) -> int:
    def anew(row: Row) -> Row:
        later = row["generation"] + 1
        return {"state": "WAITING", "generation": later, "ready_at": now, "missing_since": None}

    return len(await tx.update(tx.tables.runs, filter(_is_live, _runs(tx, ids)), anew, _is_live))


async def fail_runs(
    tx: Transaction,
    ids: Sequence[UUID],
    reasons: Sequence[str],
    texts: Sequence[str],
    logs: Sequence[str],
    now: datetime,
) -> int:
    said = dict(zip(ids, zip(reasons, texts, logs, strict=True), strict=True))

    def failed(row: Row) -> Row:
        reason, text, log_text = said[row["run_id"]]
        return {
            "state": "FAILED",
            "ended_at": now,
            "failures": row["failures"] + 1,
            "failure_reason": reason,
            "failure_text": text,
            "failure_log": log_text,
        }

    found = filter(_is_dispatched, _runs(tx, ids))
    return len(await tx.update(tx.tables.runs, found, failed, _is_dispatched))


async def retry_runs(
    tx: Transaction,
    ids: Sequence[UUID],
    ready: Sequence[datetime],
    failed: Sequence[int],
    reasons: Sequence[str],
) -> int:
    said = dict(zip(ids, zip(ready, failed, reasons, strict=True), strict=True))

    def waiting(row: Row) -> Row:
        ready_at, failures, reason = said[row["run_id"]]
        return {
            "state": "WAITING",
            "ready_at": ready_at,
            "failures": row["failures"] + failures,
            "missing_since": None,
            "failure_reason": reason,
        }

    found = filter(_is_dispatched, _runs(tx, ids))
    return len(await tx.update(tx.tables.runs, found, waiting, _is_dispatched))


async def end_unwanted_runs(tx: Transaction, ids: Sequence[UUID], now: datetime) -> int:
    wanted = {row["run_id"] for row in tx.rows(tx.tables.tasks, lambda row: row["state"] in LIVE_TASK)}

    def is_unwanted(row: Row) -> bool:
        is_asked = row["cancel_requested_at"] is not None
        return _is_waiting(row) and (is_asked or row["run_id"] not in wanted)

    ended = {"state": "CANCELLED", "ended_at": now}
    found = filter(is_unwanted, _runs(tx, ids))
    return len(await tx.update(tx.tables.runs, found, lambda _row: ended, is_unwanted))


async def end_runs(tx: Transaction, ids: Sequence[UUID], state: str, now: datetime) -> int:
    found = filter(_is_live, _runs(tx, ids))
    ended = {"state": state, "ended_at": now}
    return len(await tx.update(tx.tables.runs, found, lambda _row: ended, _is_live))


async def pools_with_waiting_runs(tx: Transaction) -> list[Row]:
    names = {row["pool"] for row in tx.rows(tx.tables.runs, _is_waiting)}
    pools = [row for name in sorted(names) if (row := tx.by_key(tx.tables.pools, name))]
    return [
        {
            **_picked([row], "pool", "replicas_max", "slots")[0],
            "in_flight": len(tx.rows(tx.tables.runs, _is_dispatched, row["pool"])),
        }
        for row in pools
    ]


async def lock_pool(tx: Transaction, pool: str) -> list[Row]:
    row = tx.by_key(tx.tables.pools, pool)
    return await tx.lock(tx.tables.pools, [row] if row else [], Lock.NO_KEY_UPDATE, skip_locked=True)


async def pool_window(tx: Transaction, pool: str, window: int, now: datetime) -> list[Row]:
    counts: dict[UUID, int] = {}
    for row in tx.rows(tx.tables.runs, _is_dispatched, pool):
        counts[row["workspace_id"]] = counts.get(row["workspace_id"], 0) + 1
    room = max(window - sum(counts.values()), 0)
    waiting: dict[UUID, list[Row]] = {}
    for row in tx.rows(tx.tables.runs, _is_waiting, pool):
        if row["ready_at"] <= now:
            waiting.setdefault(row["workspace_id"], []).append(row)
    nothing = {"run_id": None, "ready_at": None}
    rows: list[Row] = [
        {"workspace_id": workspace, "in_flight": runs, **nothing} for workspace, runs in counts.items()
    ]
    for workspace in sorted(waiting):
        ordered = sorted(waiting[workspace], key=lambda row: (-row["priority"], row["run_id"]))[:room]
        rows += [
            {"workspace_id": workspace, "in_flight": 0, **_picked([row], "run_id", "ready_at")[0]}
            for row in ordered
        ]
    return rows


_ORDER_COLUMNS = (
    "run_id",
    "workspace_id",
    "content_key",
    "kind",
    "pool",
    "dispatch",
    "generation",
    "body",
    "body_sha256",
)


async def dispatch_runs(tx: Transaction, ids: Sequence[UUID], now: datetime) -> list[Row]:
    waiting = filter(_is_waiting, _runs(tx, ids))
    free = await tx.lock(tx.tables.runs, waiting, Lock.UPDATE, _is_waiting, skip_locked=True)

    def dispatched(row: Row) -> Row:
        return {
            "state": "DISPATCHED",
            "dispatch": row["dispatch"] + 1,
            "dispatched_at": now,
            "missing_since": None,
        }

    return _picked(await tx.update(tx.tables.runs, free, dispatched), *_ORDER_COLUMNS)


async def runs_to_sweep(tx: Transaction, before: datetime, limit: int) -> list[Row]:
    def is_silent(row: Row) -> bool:
        wanted = _is_dispatched(row) and row["cancel_requested_at"] is None
        return bool(wanted and row["dispatched_at"] < before)

    ordered = sorted(tx.rows(tx.tables.runs, is_silent), key=lambda row: row["dispatched_at"])
    return _picked(ordered[:limit], *_ORDER_COLUMNS, "missing_since")


async def note_missing(tx: Transaction, ids: Sequence[UUID], since: datetime | None) -> int:
    found = filter(_is_dispatched, _runs(tx, ids))
    noted = {"missing_since": since}
    return len(await tx.update(tx.tables.runs, found, lambda _row: noted, _is_dispatched))


async def touch_dispatched(tx: Transaction, ids: Sequence[UUID], now: datetime) -> int:
    found = filter(_is_dispatched, _runs(tx, ids))
    touched = {"missing_since": None, "dispatched_at": now}
    return len(await tx.update(tx.tables.runs, found, lambda _row: touched, _is_dispatched))


async def runs_without_other_tasks(tx: Transaction, ids: Sequence[UUID], job_id: UUID) -> list[Row]:
    wanted = set(ids)
    others = tx.rows(
        tx.tables.tasks,
        lambda row: row["run_id"] in wanted and row["state"] in LIVE_TASK and row["job_id"] != job_id,
    )
    shared = {row["run_id"] for row in others}
    own = [row for row in _runs(tx, ids) if _is_live(row) and row["run_id"] not in shared]
    locked = await tx.lock(tx.tables.runs, own, Lock.UPDATE, _is_live)
    return _picked(locked, "run_id", "state", "pool", "dispatch", "kind")


async def request_run_cancel(tx: Transaction, ids: Sequence[UUID], now: datetime) -> int:
    found = filter(_is_dispatched, _runs(tx, ids))
    changed = await tx.update(
        tx.tables.runs,
        found,
        lambda row: {"cancel_requested_at": row["cancel_requested_at"] or now},
        _is_dispatched,
    )
    return len(changed)


async def runs_to_cancel(tx: Transaction, limit: int) -> list[Row]:
    found = tx.rows(
        tx.tables.runs, lambda row: _is_dispatched(row) and row["cancel_requested_at"] is not None
    )
    ordered = sorted(found, key=lambda row: row["cancel_requested_at"])
    return _picked(ordered[:limit], "run_id", "kind", "pool", "dispatch", "cancel_requested_at")
