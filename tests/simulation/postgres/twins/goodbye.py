"""goodbye.sql in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.schema import LIVE_RUN, LIVE_TASK
from tests.simulation.postgres.tables import Table
from tests.simulation.postgres.transaction import Transaction


def _deleted(now: datetime) -> Callable[[Row], Row]:
    return lambda _row: {"deleted_at": now, "request_id": None}


async def share_project(tx: Transaction, workspace: UUID, project: UUID) -> list[Row]:
    row = tx.by_key(tx.tables.projects, workspace, project)
    held = await tx.lock(tx.tables.projects, [row] if row else [], Lock.KEY_SHARE)
    return [{"project_id": each["project_id"]} for each in held]


async def delete_jobs_of_project(tx: Transaction, workspace: UUID, project: UUID, now: datetime) -> int:
    def is_kept(row: Row) -> bool:
        of_project = row["workspace_id"] == workspace and row["project_id"] == project
        return of_project and row["deleted_at"] is None

    found = tx.rows(tx.tables.jobs, is_kept)
    return len(await tx.update(tx.tables.jobs, found, _deleted(now), is_kept))


async def delete_old_jobs(tx: Transaction, before: datetime, now: datetime, limit: int) -> int:
    def is_old(row: Row) -> bool:
        return row["ended_at"] is not None and row["ended_at"] < before and row["deleted_at"] is None

    found = sorted(tx.rows(tx.tables.jobs, is_old), key=lambda row: row["ended_at"])
    held = await tx.lock(tx.tables.jobs, found, Lock.UPDATE, is_old, skip_locked=True, limit=limit)
    return len(await tx.update(tx.tables.jobs, held, _deleted(now)))


async def deleted_jobs(tx: Transaction, limit: int) -> list[Row]:
    def is_deleted(row: Row) -> bool:
        return row["deleted_at"] is not None

    found = sorted(tx.rows(tx.tables.jobs, is_deleted), key=lambda row: row["deleted_at"])
    held = await tx.lock(tx.tables.jobs, found, Lock.UPDATE, is_deleted, skip_locked=True, limit=limit)
    return [{"job_id": row["job_id"]} for row in held]


async def remove_tasks(tx: Transaction, jobs: Sequence[UUID], limit: int) -> list[Row]:
    found = [row for job_id in dict.fromkeys(jobs) for row in tx.rows(tx.tables.tasks, group=job_id)]
    gone = await tx.delete(tx.tables.tasks, found[:limit])
    return [{"workspace_id": row["workspace_id"], "content_key": row["content_key"]} for row in gone]


async def remove_events(tx: Transaction, jobs: Sequence[UUID], limit: int) -> list[Row]:
    found = [row for job_id in dict.fromkeys(jobs) for row in tx.rows(tx.tables.job_events, group=job_id)]
    return [{"events": len(await tx.delete(tx.tables.job_events, found[:limit]))}]


async def remove_jobs(tx: Transaction, jobs: Sequence[UUID]) -> int:
    found = [row for job_id in dict.fromkeys(jobs) if (row := tx.by_key(tx.tables.jobs, job_id))]
    return len(await tx.delete(tx.tables.jobs, found))


async def unfinished_jobs(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.jobs, lambda row: row["workspace_id"] == workspace and row["ended_at"] is None)
    return [{"job_id": row["job_id"]} for row in found[:limit]]


async def stop_runs(tx: Transaction, workspace: UUID, now: datetime) -> int:
    wanted = {row["run_id"] for row in tx.rows(tx.tables.tasks, lambda row: row["state"] in LIVE_TASK)}

    def is_at_work(row: Row) -> bool:
        return bool(row["workspace_id"] == workspace and row["state"] == "DISPATCHED")

    def is_unwanted(row: Row) -> bool:
        waits = row["workspace_id"] == workspace and row["state"] == "WAITING"
        return waits and row["run_id"] not in wanted

    runs = tx.tables.runs
    at_work, unwanted = tx.rows(runs, is_at_work), tx.rows(runs, is_unwanted)
    await tx.update(
        runs, at_work, lambda row: {"cancel_requested_at": row["cancel_requested_at"] or now}, is_at_work
    )
    ended = {"state": "CANCELLED", "ended_at": now}
    return len(await tx.update(runs, unwanted, lambda _row: ended, is_unwanted))


async def count_unfinished_runs(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.runs, lambda row: row["workspace_id"] == workspace and row["state"] in LIVE_RUN)
    return [{"runs": min(len(found), limit)}]


async def jobs_of_workspace(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.jobs, lambda row: row["workspace_id"] == workspace)
    ordered = sorted(found, key=lambda row: row["job_id"])[:limit]
    return [{"job_id": row["job_id"]} for row in await tx.lock(tx.tables.jobs, ordered, Lock.UPDATE)]


async def _remove(tx: Transaction, table: Table, workspace: UUID, limit: int) -> list[Row]:
    found = tx.rows(
        table, lambda row: row["workspace_id"] == workspace and row.get("ended_at", True) is not None
    )
    return [{"removed": len(await tx.delete(table, found[:limit]))}]


async def remove_projects(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.projects, workspace, limit)


async def remove_library(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's workspaces have no library."""
    return [{"removed": 0}]


async def remove_webhooks(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's workspaces have no webhooks."""
    return [{"removed": 0}]


async def remove_shares(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's workspaces have no shares."""
    return [{"removed": 0}]


async def remove_uploads(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's workspaces have no uploads."""
    return [{"removed": 0}]


async def remove_quotas(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's workspaces have no limits of their own."""
    return await _remove(tx, tx.tables.run_usage, workspace, limit)


async def remove_verdicts(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    """The simulation's moderator is not audited."""
    return [{"removed": 0}]


async def remove_resolutions(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.resolutions, workspace, limit)


async def remove_artifacts(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.artifacts, workspace, limit)


async def remove_runs(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.runs, workspace, limit)


async def remove_garbage_artifacts(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.garbage_artifacts, workspace, limit)


async def remove_garbage_blobs(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    return await _remove(tx, tx.tables.garbage_blobs, workspace, limit)
