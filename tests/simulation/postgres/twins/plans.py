"""plans.sql in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.transaction import Transaction

_PACE = ("engine", "kind", "size_class", "length_class")
_MADE = ("content_key", "digest", "length_ms")
_PLANNED = ("kind", "display_name", "shot_id", "plan_key", "spec", "line_first", "line_last")


async def resolutions_by_plan_keys(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
    found = (tx.by_key(tx.tables.resolutions, workspace, plan_key) for plan_key in dict.fromkeys(keys))
    return [{column: row[column] for column in ("plan_key", "content_key")} for row in found if row]


async def made_by_keys(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
    found = (tx.by_key(tx.tables.artifacts, workspace, key) for key in dict.fromkeys(keys))
    return [{column: row[column] for column in _MADE} for row in found if row]


async def tasks_of_plan(tx: Transaction, workspace: UUID, job_id: UUID) -> list[Row]:
    found = tx.rows(tx.tables.tasks, lambda row: row["workspace_id"] == workspace, job_id)
    ordered = sorted(found, key=lambda row: row["number"])
    return [{column: row[column] for column in _PLANNED} for row in ordered]


async def paces(tx: Transaction, engines: Sequence[str]) -> list[Row]:
    found = tx.rows(tx.tables.paces, lambda row: row["engine"] in engines)
    return [{column: row[column] for column in (*_PACE, "samples")} for row in found]


async def add_paces(tx: Transaction, *arguments: Any) -> int:
    *columns, limit, now = arguments
    taken: dict[tuple[Any, ...], list[int]] = {}
    for *key, sample in zip(*columns, strict=True):
        taken.setdefault(tuple(key), []).append(sample)
    rows = [
        {**dict(zip(_PACE, key, strict=True)), "samples": samples, "updated_at": now}
        for key, samples in sorted(taken.items())
    ]

    def merge(there: Row, refused: Row) -> Row:
        return {"samples": (there["samples"] + refused["samples"])[-limit:], "updated_at": now}

    return len(await tx.insert(tx.tables.paces, rows, conflict="key", merge=merge))


async def jobs_to_count(tx: Transaction, limit: int) -> list[Row]:
    def is_open(row: Row) -> bool:
        return row["ended_at"] is not None and row["spent_runs"] is None

    found = sorted(tx.rows(tx.tables.jobs, is_open), key=lambda row: row["ended_at"])
    locked = await tx.lock(tx.tables.jobs, found, Lock.UPDATE, is_open, skip_locked=True, limit=limit)
    return [
        {column: row[column] for column in ("job_id", "state", "created_at", "ended_at")} for row in locked
    ]


async def tasks_made(tx: Transaction, job_id: UUID) -> list[Row]:
    found = tx.rows(tx.tables.tasks, group=job_id)
    return [_made(tx, row) for row in sorted(found, key=lambda row: row["number"])]


def _made(tx: Transaction, task: Row) -> Row:
    run = tx.by_key(tx.tables.runs, task["run_id"])
    run = run if run and run["state"] == "SUCCEEDED" else None
    artifact = tx.by_key(tx.tables.artifacts, task["workspace_id"], task["content_key"])
    pool = tx.by_key(tx.tables.pools, run["pool"]) if run else None
    return {
        **{column: task[column] for column in ("number", "pool", "spec", "state", "cached")},
        "run_id": run["run_id"] if run else None,
        "run_ms": run["run_ms"] if run else None,
        "length_ms": artifact["length_ms"] if artifact else None,
        "price_micros_per_second": pool["price_micros_per_second"] if pool else None,
        "price_micros_per_call": pool["price_micros_per_call"] if pool else None,
    }


async def edges_of_job(tx: Transaction, job_id: UUID) -> list[Row]:
    found = tx.rows(tx.tables.task_inputs, group=job_id)
    return [
        {"number": row["number"], "producer": row["producer"]}
        for row in sorted(found, key=lambda row: (row["number"], row["role"]))
    ]


async def note_spending(tx: Transaction, job_id: UUID, runs: int, run_ms: int, micros: int) -> int:
    row = tx.by_key(tx.tables.jobs, job_id)
    spent = {"spent_runs": runs, "spent_run_ms": run_ms, "spent_micros": micros}
    return len(await tx.update(tx.tables.jobs, [row] if row else [], lambda _row: spent))
