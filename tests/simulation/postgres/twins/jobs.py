"""jobs.sql in Python: what concerns rows of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.transaction import Transaction

_TERMINAL = ("COMPLETED", "FAILED", "CANCELLED")
_TO_PLAN = ("PENDING", "VALIDATING")


async def insert_job(
    tx: Transaction,
    job: UUID,
    workspace: UUID,
    project: UUID,
    revision: int,
    request: UUID | None,
    digest: str,
    options: bytes,
    retry_of: UUID | None,
    now: datetime,
    edit_sequence: int,
) -> list[Row]:
    row = {
        "job_id": job,
        "workspace_id": workspace,
        "project_id": project,
        "revision": revision,
        "request_id": request,
        "request_digest": digest,
        "options": options,
        "retry_of": retry_of,
        "created_at": now,
        "updated_at": now,
        "edit_sequence": edit_sequence,
    }
    return await tx.insert(tx.tables.jobs, [row], conflict="jobs_by_request")


async def job_by_request(tx: Transaction, workspace: UUID, request: UUID | None) -> list[Row]:
    return tx.rows(
        tx.tables.jobs,
        lambda row: request is not None and row["workspace_id"] == workspace and row["request_id"] == request,
    )


def _one(tx: Transaction, job_id: UUID) -> list[Row]:
    row = tx.by_key(tx.tables.jobs, job_id)
    return [] if row is None else [row]


def _is_kept(row: Row) -> bool:
    return row["deleted_at"] is None


async def job(tx: Transaction, workspace: UUID, job_id: UUID) -> list[Row]:
    return [row for row in _one(tx, job_id) if row["workspace_id"] == workspace and _is_kept(row)]


async def jobs_page(tx: Transaction, workspace: UUID, before: UUID | None, limit: int) -> list[Row]:
    found = tx.rows(
        tx.tables.jobs,
        lambda row: (
            row["workspace_id"] == workspace and _is_kept(row) and (before is None or row["job_id"] < before)
        ),
    )
    return sorted(found, key=lambda row: row["job_id"], reverse=True)[:limit]


async def jobs_page_of_project(
    tx: Transaction, workspace: UUID, before: UUID | None, limit: int, project: UUID
) -> list[Row]:
    found = await jobs_page(tx, workspace, before, len(tx.tables.jobs.slots))
    return [row for row in found if row["project_id"] == project][:limit]


async def claim_job_to_plan(tx: Transaction, now: datetime, until: datetime) -> list[Row]:
    def is_free(row: Row) -> bool:
        lease = row["planning_lease_until"]
        return row["state"] in _TO_PLAN and (lease is None or lease < now)

    jobs = tx.tables.jobs
    found = sorted(tx.rows(jobs, is_free), key=lambda row: row["job_id"])
    taken = await tx.lock(jobs, found, Lock.UPDATE, is_free, skip_locked=True, limit=1)
    return await tx.update(jobs, taken, lambda _row: {"planning_lease_until": until})


async def extend_planning_lease(tx: Transaction, job_id: UUID, until: datetime) -> int:
    def is_planned(row: Row) -> bool:
        return row["state"] in _TO_PLAN

    found = [row for row in _one(tx, job_id) if is_planned(row)]
    return len(
        await tx.update(tx.tables.jobs, found, lambda _row: {"planning_lease_until": until}, is_planned)
    )


async def lock_job(tx: Transaction, job_id: UUID) -> list[Row]:
    return await tx.lock(tx.tables.jobs, _one(tx, job_id), Lock.UPDATE)


async def lock_job_of_workspace(tx: Transaction, workspace: UUID, job_id: UUID) -> list[Row]:
    return await tx.lock(tx.tables.jobs, await job(tx, workspace, job_id), Lock.UPDATE, _is_kept)


async def take_due_job(tx: Transaction, job_id: UUID) -> list[Row]:
    due = tx.rows(tx.tables.due_jobs, group=job_id)
    locked = await tx.lock(tx.tables.jobs, _one(tx, job_id), Lock.UPDATE, skip_locked=True)
    if not locked:
        return []
    taken = await tx.delete(tx.tables.due_jobs, due)
    return [{**row, "due_runs": [entry["run_id"] for entry in taken]} for row in locked]


async def move_job(
    tx: Transaction,
    job_id: UUID,
    before: str,
    version: int,
    after: str,
    now: datetime,
    reason: int,
    stage: int,
    text: str,
    log_text: str,
    field: str,
    line: int,
    shot_id: str,
) -> list[Row]:
    def fits(row: Row) -> bool:
        return bool(row["state"] == before and row["version"] == version)

    def moved(row: Row) -> Row:
        return {
            "state": after,
            "version": row["version"] + 1,
            "updated_at": now,
            "ended_at": now if after in _TERMINAL else None,
            "failure_reason": reason,
            "failure_stage": stage,
            "failure_text": text,
            "failure_log": log_text,
            "failure_field": field,
            "failure_line": line,
            "failure_shot_id": shot_id,
        }

    found = [row for row in _one(tx, job_id) if fits(row)]
    changed = await tx.update(tx.tables.jobs, found, moved, fits)
    return [{"version": row["version"]} for row in changed]


async def save_progress(
    tx: Transaction,
    job_id: UUID,
    total: Sequence[int],
    done: Sequence[int],
    running: Sequence[int],
    cached: Sequence[int],
    now: datetime,
    last: int,
    events: Sequence[bytes],
    ids: Sequence[UUID],
    subject: str,
    messages: Sequence[bytes],
) -> list[Row]:
    def is_as_read(row: Row) -> bool:
        return bool(row["sequence"] == last)

    counts = {"total": total, "done": done, "running": running, "cached": cached}
    columns = {f"stage_{name}": list(numbers) for name, numbers in counts.items()}
    numbered = await tx.update(
        tx.tables.jobs,
        filter(is_as_read, _one(tx, job_id)),
        lambda row: {**columns, "updated_at": now, "sequence": row["sequence"] + len(events)},
        is_as_read,
    )
    if numbered:
        told = [
            {"job_id": job_id, "sequence": number, "payload": payload, "created_at": now}
            for number, payload in enumerate(events, start=last + 1)
        ]
        await tx.insert(tx.tables.job_events, told)
        left = [
            {"id": entry, "subject": subject, "payload": payload, "created_at": now}
            for entry, payload in zip(ids, messages, strict=True)
        ]
        await tx.insert(tx.tables.outbox, left)
    return [{"sequence": row["sequence"]} for row in numbered]


async def request_cancel(tx: Transaction, job_id: UUID, now: datetime) -> int:
    def asked(row: Row) -> Row:
        return {"cancel_requested": True, "version": row["version"] + 1, "updated_at": now}

    return len(await tx.update(tx.tables.jobs, _one(tx, job_id), asked))


async def mark_rekeyed(tx: Transaction, job_id: UUID) -> int:
    return len(await tx.update(tx.tables.jobs, _one(tx, job_id), lambda _row: {"rekeyed": True}))


async def save_film(
    tx: Transaction,
    job_id: UUID,
    key: bytes,
    length_ms: int,
    engines: Sequence[str],
    output_keys: Sequence[bytes],
) -> int:
    film = {
        "film_key": key,
        "film_length_ms": length_ms,
        "engines": list(engines),
        "output_keys": list(output_keys),
    }
    return len(await tx.update(tx.tables.jobs, _one(tx, job_id), lambda _row: film))


async def count_unfinished_jobs(tx: Transaction, workspace: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.jobs, lambda row: row["workspace_id"] == workspace and row["ended_at"] is None)
    return [{"count": min(limit, len(found))}]
