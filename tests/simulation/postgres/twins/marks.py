"""Rows of due_jobs, which several statements leave."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import LIVE_TASK
from tests.simulation.postgres.transaction import Transaction

Due = tuple[UUID, UUID | None]
"""A job, and the run for which it is due."""


def waiting_for(tx: Transaction, runs: Sequence[UUID]) -> list[Due]:
    """The jobs of the snapshot that wait for these runs."""
    wanted = set(runs)
    found = tx.rows(tx.tables.tasks, lambda row: row["run_id"] in wanted and row["state"] in LIVE_TASK)
    return [(task["job_id"], task["run_id"]) for task in found]


async def mark(tx: Transaction, due: Sequence[Due]) -> list[Row]:
    """Insert rows, numbered as the identity column does."""
    rows: list[Row] = [
        {"id": next(tx.tables.due_ids), "job_id": job_id, "run_id": run_id} for job_id, run_id in due
    ]
    return await tx.insert(tx.tables.due_jobs, rows)
