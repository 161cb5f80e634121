"""events.sql in Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.transaction import Transaction
from tests.simulation.postgres.twins.marks import mark, waiting_for


async def events_after(tx: Transaction, job_id: UUID, after: int, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.job_events, lambda row: row["sequence"] > after, job_id)
    ordered = sorted(found, key=lambda row: row["sequence"])[:limit]
    return [{"sequence": row["sequence"], "payload": row["payload"]} for row in ordered]


async def insert_deliveries(
    tx: Transaction,
    workspace: UUID,
    job_id: UUID,
    ids: Sequence[UUID],
    types: Sequence[str],
    bodies: Sequence[str],
    now: datetime,
) -> int:
    """The simulation's workspaces have no webhooks."""
    return 0


async def newest_event(tx: Transaction, job_id: UUID) -> list[Row]:
    found = tx.rows(tx.tables.job_events, lambda row: True, job_id)
    ordered = sorted(found, key=lambda row: row["sequence"])[-1:]
    return [{"sequence": row["sequence"], "payload": row["payload"]} for row in ordered]


async def jobs_to_trim(tx: Transaction, before: datetime, limit: int) -> list[Row]:
    def is_due(row: Row) -> bool:
        return row["ended_at"] is not None and row["ended_at"] < before and not row["events_trimmed"]

    ordered = sorted(tx.rows(tx.tables.jobs, is_due), key=lambda row: row["ended_at"])
    found = await tx.lock(tx.tables.jobs, ordered, Lock.UPDATE, is_due, skip_locked=True, limit=limit)
    return [{"job_id": row["job_id"], "sequence": row["sequence"]} for row in found]


async def delete_old_events(
    tx: Transaction, jobs: Sequence[UUID], last: Sequence[int], limit: int
) -> list[Row]:
    old: list[Row] = []
    for job_id, number in zip(jobs, last, strict=True):
        found = [row for row in tx.rows(tx.tables.job_events, group=job_id) if row["sequence"] < number]
        old += sorted(found, key=lambda row: row["sequence"])
    return [{"events": len(await tx.delete(tx.tables.job_events, old[:limit]))}]


async def mark_events_trimmed(tx: Transaction, jobs: Sequence[UUID]) -> int:
    found = (tx.by_key(tx.tables.jobs, job_id) for job_id in jobs)
    rows = [row for row in found if row is not None]
    return len(await tx.update(tx.tables.jobs, rows, lambda _row: {"events_trimmed": True}))


async def outbox_gauges(tx: Transaction, limit: int) -> list[Row]:
    ordered = sorted(tx.rows(tx.tables.outbox), key=lambda row: row["id"])[:limit]
    return [
        {"messages": len(ordered), "oldest_at": min((row["created_at"] for row in ordered), default=None)}
    ]


async def order_runs(
    tx: Transaction,
    runs: Sequence[UUID],
    ids: Sequence[UUID],
    subjects: Sequence[str],
    payloads: Sequence[bytes],
    now: datetime,
) -> int:
    orders = [
        {"id": entry, "subject": subject, "payload": payload, "created_at": now}
        for entry, subject, payload in zip(ids, subjects, payloads, strict=True)
    ]
    await tx.insert(tx.tables.outbox, orders)
    return len(await mark(tx, waiting_for(tx, runs)))


async def take_outbox(tx: Transaction, limit: int) -> list[Row]:
    ordered = sorted(tx.rows(tx.tables.outbox), key=lambda row: row["id"])
    taken = await tx.lock(tx.tables.outbox, ordered, Lock.UPDATE, skip_locked=True, limit=limit)
    return [{column: row[column] for column in ("id", "subject", "payload")} for row in taken]


async def delete_outbox(tx: Transaction, ids: Sequence[UUID]) -> int:
    found = (tx.by_key(tx.tables.outbox, entry) for entry in ids)
    return len(await tx.delete(tx.tables.outbox, [row for row in found if row is not None]))


async def outbox_holds(tx: Transaction, subjects: Sequence[str]) -> list[Row]:
    held = dict.fromkeys(
        row["subject"] for subject in subjects for row in tx.rows(tx.tables.outbox, group=subject)
    )
    return [{"subject": subject} for subject in held]


async def mark_due(tx: Transaction, jobs: Sequence[UUID]) -> int:
    return len(await mark(tx, [(job_id, None) for job_id in jobs]))


async def mark_due_by_runs(tx: Transaction, runs: Sequence[UUID]) -> list[Row]:
    return [{"job_id": row["job_id"]} for row in await mark(tx, waiting_for(tx, runs))]


async def due_jobs(tx: Transaction, limit: int, looked_at: int) -> list[Row]:
    first: dict[UUID, int] = {}
    for row in tx.rows(tx.tables.due_jobs):
        first[row["job_id"]] = min(row["id"], first.get(row["job_id"], row["id"]))
    ordered = sorted(sorted(first.items())[:looked_at], key=lambda entry: entry[1])[:limit]
    return [{"job_id": job_id, "first_id": number} for job_id, number in ordered]


async def forget_due(tx: Transaction, job_id: UUID) -> int:
    if tx.by_key(tx.tables.jobs, job_id) is not None:
        return 0
    return len(await tx.delete(tx.tables.due_jobs, tx.rows(tx.tables.due_jobs, group=job_id)))


async def mark_due_if_dispatched(tx: Transaction, job_id: UUID, runs: Sequence[UUID]) -> int:
    found = (tx.by_key(tx.tables.runs, run_id) for run_id in dict.fromkeys(runs))
    at_work = [row["run_id"] for row in found if row is not None and row["state"] == "DISPATCHED"]
    return len(await mark(tx, [(job_id, run_id) for run_id in at_work]))


async def mark_stale_jobs_due(tx: Transaction, before: datetime) -> int:
    stale = tx.rows(
        tx.tables.jobs,
        lambda row: (
            row["ended_at"] is None
            and row["updated_at"] < before
            and row["state"] not in ("PENDING", "VALIDATING")
            and not tx.rows(tx.tables.due_jobs, group=row["job_id"])
        ),
    )
    return len(await mark(tx, [(row["job_id"], None) for row in stale]))
