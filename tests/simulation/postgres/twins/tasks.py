"""jobs.sql in Python: what concerns tasks, their inputs and what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import LIVE_TASK
from tests.simulation.postgres.transaction import Transaction

_MAIN_KINDS = (7, 8, 9)


def _tasks(tx: Transaction, job_id: UUID, where: Callable[[Row], bool] = lambda _row: True) -> list[Row]:
    found = tx.rows(tx.tables.tasks, where, job_id)
    return sorted(found, key=lambda row: row["number"])


def _picked(rows: Sequence[Row], *columns: str) -> list[Row]:
    return [{column: row[column] for column in columns} for row in rows]


async def insert_tasks(tx: Transaction, job_id: UUID, workspace: UUID, *columns: Sequence[Any]) -> int:
    names = (
        "number",
        "kind",
        "pool",
        "display_name",
        "shot_id",
        "line_first",
        "line_last",
        "plan_key",
        "spec",
        "open_inputs",
    )
    rows = [
        {"job_id": job_id, "workspace_id": workspace, **dict(zip(names, values, strict=True))}
        for values in zip(*columns, strict=True)
    ]
    return len(await tx.insert(tx.tables.tasks, rows))


async def insert_inputs(tx: Transaction, job_id: UUID, *columns: Sequence[Any]) -> int:
    names = ("number", "role", "producer", "uses")
    rows = [
        {"job_id": job_id, **dict(zip(names, values, strict=True))} for values in zip(*columns, strict=True)
    ]
    return len(await tx.insert(tx.tables.task_inputs, rows))


async def unlocked_tasks(tx: Transaction, job_id: UUID, limit: int) -> list[Row]:
    found = _tasks(tx, job_id, lambda row: row["state"] == "BLOCKED" and row["open_inputs"] == 0)
    return [
        {
            **_picked([task], "number", "kind", "pool", "display_name", "spec", "plan_key")[0],
            **_inputs(tx, task),
        }
        for task in found[:limit]
    ]


def _inputs(tx: Transaction, task: Row) -> Row:
    """A task's inputs as columns, null where it has none."""
    entries = tx.rows(tx.tables.task_inputs, lambda row: row["number"] == task["number"], task["job_id"])
    made = [
        (entry["role"], entry["uses"], artifact["manifest"], artifact["length_ms"])
        for entry in sorted(entries, key=lambda row: row["role"])
        if (producer := tx.by_key(tx.tables.tasks, task["job_id"], entry["producer"]))
        and (artifact := _artifact_of(tx, producer))
    ]
    names = ("roles", "uses", "manifests", "lengths_ms")
    if not made:
        return dict.fromkeys(names)
    return {name: list(column) for name, column in zip(names, zip(*made, strict=True), strict=True)}


async def finish_tasks(
    tx: Transaction,
    job_id: UUID,
    numbers: Sequence[int],
    keys: Sequence[bytes],
    cached: bool,
    workspace: UUID,
    plan_keys: Sequence[bytes],
    plan_content: Sequence[bytes],
    now: datetime,
) -> int:
    made = dict(zip(numbers, keys, strict=True))

    def is_open(row: Row) -> bool:
        return row["state"] in ("BLOCKED", "WAITING", "RUNNING")

    def done(row: Row) -> Row:
        return {"state": "DONE", "content_key": made[row["number"]], "cached": cached}

    inputs = tx.rows(tx.tables.task_inputs, lambda row: row["producer"] in made, job_id)
    finished = Counter(row["number"] for row in inputs if row["number"] not in made)
    waiting = _tasks(tx, job_id, lambda row: row["number"] in finished)
    await tx.update(
        tx.tables.tasks, _tasks(tx, job_id, lambda row: row["number"] in made and is_open(row)), done, is_open
    )
    released = await tx.update(
        tx.tables.tasks, waiting, lambda row: {"open_inputs": row["open_inputs"] - finished[row["number"]]}
    )
    await _save_resolutions(tx, workspace, plan_keys, plan_content, now)
    return len(released)


async def attach_tasks(
    tx: Transaction, job_id: UUID, numbers: Sequence[int], runs: Sequence[UUID], keys: Sequence[bytes]
) -> int:
    wanted = dict(zip(numbers, zip(runs, keys, strict=True), strict=True))

    def is_blocked(row: Row) -> bool:
        return bool(row["state"] == "BLOCKED")

    def attached(row: Row) -> Row:
        run_id, key = wanted[row["number"]]
        return {"state": "WAITING", "run_id": run_id, "content_key": key}

    found = _tasks(tx, job_id, lambda row: row["number"] in wanted and is_blocked(row))
    return len(await tx.update(tx.tables.tasks, found, attached, is_blocked))


def _with_run(tx: Transaction, task: Row) -> Row | None:
    run = tx.by_key(tx.tables.runs, task["run_id"])
    if run is None:
        return None
    of_task = ("number", "kind", "display_name", "shot_id", "state", "content_key", "plan_key", "pool")
    of_run = ("run_id", "dispatch", "failure_reason", "failure_text", "failure_log", "ended_at")
    return {
        **_picked([task], *of_task, "line_first")[0],
        **_picked([run], *of_run)[0],
        "run_state": run["state"],
        "run_created_at": run["created_at"],
    }


async def live_tasks_of_runs(tx: Transaction, job_id: UUID, runs: Sequence[UUID | None]) -> list[Row]:
    wanted = set(runs)
    found = _tasks(tx, job_id, lambda row: row["run_id"] in wanted and row["state"] in LIVE_TASK)
    return [joined for row in found if (joined := _with_run(tx, row))]


async def live_tasks(tx: Transaction, job_id: UUID) -> list[Row]:
    found = _tasks(tx, job_id, lambda row: row["state"] in LIVE_TASK)
    return [joined for row in found if (joined := _with_run(tx, row))]


async def set_task_states(tx: Transaction, job_id: UUID, numbers: Sequence[int], state: str) -> int:
    found = _tasks(tx, job_id, lambda row: row["number"] in numbers)
    return len(await tx.update(tx.tables.tasks, found, lambda _row: {"state": state}))


async def cancel_blocked_tasks(tx: Transaction, job_id: UUID) -> list[Row]:
    def is_blocked(row: Row) -> bool:
        return bool(row["state"] == "BLOCKED")

    found = _tasks(tx, job_id, is_blocked)
    stopped = await tx.update(tx.tables.tasks, found, lambda _row: {"state": "CANCELLED"}, is_blocked)
    return _picked(stopped, "number", "kind", "display_name")


async def reopen_tasks(tx: Transaction, job_id: UUID, numbers: Sequence[int]) -> int:
    def is_live(row: Row) -> bool:
        return row["state"] in LIVE_TASK

    found = _tasks(tx, job_id, lambda row: row["number"] in numbers and is_live(row))
    anew = {"state": "BLOCKED", "run_id": None, "content_key": None}
    return len(await tx.update(tx.tables.tasks, found, lambda _row: anew, is_live))


async def rekey_task(tx: Transaction, job_id: UUID, number: int, spec: bytes) -> int:
    found = _tasks(tx, job_id, lambda row: row["number"] == number)
    anew = {"state": "BLOCKED", "run_id": None, "content_key": None, "spec": spec}
    return len(await tx.update(tx.tables.tasks, found, lambda _row: anew))


def _artifact_of(tx: Transaction, task: Row) -> Row | None:
    return tx.by_key(tx.tables.artifacts, task["workspace_id"], task["content_key"])


async def film_tasks(tx: Transaction, job_id: UUID) -> list[Row]:
    found = _tasks(tx, job_id, lambda row: row["kind"] in _MAIN_KINDS and row["state"] == "DONE")
    return [
        {"content_key": task["content_key"], "length_ms": made["length_ms"]}
        for task in found
        if (made := _artifact_of(tx, task))
    ]


async def engines_of_job(tx: Transaction, job_id: UUID) -> list[Row]:
    first: dict[tuple[int, str], Row] = {}
    last: dict[tuple[int, str], Row] = {}
    for task in _tasks(tx, job_id):
        first.setdefault((task["kind"], task["pool"]), task)
        last[task["kind"], task["pool"]] = task
    ends = {task["number"]: task for task in (*first.values(), *last.values())}
    found = sorted(ends.values(), key=lambda row: (row["kind"], row["number"]))
    return [
        {"kind": task["kind"], "manifest": made["manifest"]}
        for task in found
        if (made := _artifact_of(tx, task))
    ]


async def _save_resolutions(
    tx: Transaction, workspace: UUID, plans: Sequence[bytes], keys: Sequence[bytes], now: datetime
) -> None:
    made = sorted(zip(plans, keys, strict=True))
    rows = [
        {"workspace_id": workspace, "plan_key": plan, "content_key": key, "created_at": now}
        for plan, key in made
    ]

    def merge(there: Row, refused: Row) -> Row | None:
        if there["content_key"] == refused["content_key"]:
            return None
        return {"content_key": refused["content_key"], "created_at": refused["created_at"]}

    await tx.insert(tx.tables.resolutions, rows, conflict="key", merge=merge)


async def tasks_page(tx: Transaction, workspace: UUID, job_id: UUID, after: int, limit: int) -> list[Row]:
    found = _tasks(tx, job_id, lambda row: row["workspace_id"] == workspace and row["number"] > after)
    rows: list[Row] = []
    for task in found[:limit]:
        run = tx.by_key(tx.tables.runs, task["run_id"]) or {"dispatch": None, "failures": None}
        rows.append({**task, "dispatch": run["dispatch"], "failures": run["failures"]})
    return rows


async def task_of_run(tx: Transaction, job_id: UUID) -> list[Row]:
    found = _tasks(tx, job_id, lambda row: row["run_id"] is not None and row["state"] in LIVE_TASK)
    return _picked(found, "number", "run_id", "display_name")


async def pools_awaited(tx: Transaction, job_id: UUID, since: datetime) -> list[Row]:
    awaited: dict[str, Row] = {}
    for task in _tasks(tx, job_id, lambda row: row["state"] in LIVE_TASK):
        run = tx.by_key(tx.tables.runs, task["run_id"])
        pool = run and tx.by_key(tx.tables.pools, run["pool"])
        if pool and pool["last_seen_at"] < since:
            awaited[pool["pool"]] = pool
    return _picked([awaited[name] for name in sorted(awaited)], "pool", "last_seen_at")


async def artifact(tx: Transaction, workspace: UUID, key: bytes) -> list[Row]:
    row = tx.by_key(tx.tables.artifacts, workspace, key)
    return [] if row is None else [row]


async def task_spec(tx: Transaction, job_id: UUID, number: int) -> list[Row]:
    return _picked(_tasks(tx, job_id, lambda row: row["number"] == number), "spec")
