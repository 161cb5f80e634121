"""timeline.sql in Python."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from studio_jobs.domain.states import TaskKind
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.transaction import Transaction


async def clip_lengths(tx: Transaction, workspace: UUID, project_id: UUID, jobs: int) -> list[Row]:
    of_project = tx.rows(
        tx.tables.jobs,
        lambda row: row["workspace_id"] == workspace and row["project_id"] == project_id,
    )
    found: dict[str, int] = {}
    for job in sorted(of_project, key=lambda row: row["job_id"], reverse=True)[:jobs]:
        for task in tx.rows(tx.tables.tasks, _is_clip, job["job_id"]):
            artifact = tx.by_key(tx.tables.artifacts, workspace, task["content_key"])
            if artifact is not None:
                found.setdefault(task["shot_id"], artifact["length_ms"])
    return [{"shot_id": shot_id, "length_ms": found[shot_id]} for shot_id in sorted(found)]


def _is_clip(task: Row) -> bool:
    return bool(task["kind"] == TaskKind.CLIP and task["state"] == "DONE")


async def shot_tasks(tx: Transaction, workspace: UUID, jobs: list[UUID], shot_id: str) -> list[Row]:
    found = []
    for job_id in sorted(set(jobs), reverse=True):
        tasks = tx.rows(tx.tables.tasks, lambda row: row["shot_id"] == shot_id, job_id)
        for task in sorted(tasks, key=lambda row: row["number"]):
            if task["workspace_id"] == workspace:
                artifact = tx.by_key(tx.tables.artifacts, workspace, task["content_key"])
                names = ("job_id", "number", "kind", "spec", "state", "content_key")
                manifest = artifact["manifest"] if artifact else None
                found.append({**{name: task[name] for name in names}, "manifest": manifest})
    return found


async def cuts_of_job(tx: Transaction, workspace: UUID, job_id: UUID) -> list[Row]:
    cuts = tx.rows(
        tx.tables.tasks,
        lambda row: row["workspace_id"] == workspace and row["kind"] == TaskKind.SEGMENT,
        job_id,
    )
    return [{"spec": row["spec"]} for row in sorted(cuts, key=lambda row: row["number"])]


async def give_artifacts(
    tx: Transaction, workspace: UUID, keys: list[bytes], given: list[bytes], now: datetime
) -> int:
    made = []
    for given_key, key in sorted(zip(given, keys, strict=True)):
        there = tx.by_key(tx.tables.artifacts, workspace, key)
        if there is not None:
            fresh = {"content_key": given_key, "created_at": now}
            unmarked = {"unreferenced_since": None, "blobs_noted": False}
            made.append({**there, **fresh, **unmarked})
    return len(await tx.insert(tx.tables.artifacts, made, conflict="any"))


async def hold_artifacts(
    tx: Transaction, workspace: UUID, project_id: UUID, keys: list[bytes], now: datetime
) -> int:
    rows = [
        {"workspace_id": workspace, "project_id": project_id, "content_key": key, "held_at": now}
        for key in sorted(keys)
    ]
    return len(await tx.insert(tx.tables.held_artifacts, rows, conflict="any"))


async def insert_artifact(tx: Transaction, workspace: UUID, key: bytes, *columns: Any) -> int:
    names = ("kind", "digest", "manifest", "length_ms", "frames", "created_at")
    owner = {"workspace_id": workspace, "content_key": key, "generation": 0}
    row = {**owner, **dict(zip(names, columns, strict=True))}
    return len(await tx.insert(tx.tables.artifacts, [row], conflict="any"))
