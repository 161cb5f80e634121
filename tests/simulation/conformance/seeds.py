"""Rows that scenarios start from, with fixed ids and times, so that both sides answer equally."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from studio_jobs.sql import SQL
from studio_platform.database import Connection, Database

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WORKSPACE = UUID(int=1)
OTHER_WORKSPACE = UUID(int=2)
PROJECT = UUID(int=10)
JOB, SECOND_JOB = UUID(int=100), UUID(int=101)
POOL = "null-still"


def later(seconds: float) -> datetime:
    """A time after NOW."""
    return NOW + timedelta(seconds=seconds)


def run_id(number: int) -> UUID:
    """The id of a run."""
    return UUID(int=1000 + number)


def key(number: int) -> bytes:
    """A key of 32 bytes."""
    return number.to_bytes(32, "big")


def pool_arguments(pool: str = POOL, at: datetime = NOW) -> tuple[Any, ...]:
    """What upsert_pool takes."""
    return (pool, 1, b"engine", True, 0, 0, 5, 7, 1, 2, 5000, ["bass"], ["en"], at)


def job_arguments(job: UUID = JOB, request: UUID | None = None) -> tuple[Any, ...]:
    """What insert_job takes."""
    return (job, WORKSPACE, PROJECT, 1, request, "digest", b"options", None, NOW, 3)


def run_arguments(*numbers: int, workspace: UUID = WORKSPACE, pool: str = POOL) -> tuple[Any, ...]:
    """What insert_runs takes: a run for each number, of the key of that number."""
    return (
        workspace,
        [run_id(number) for number in numbers],
        [key(number) for number in numbers],
        [1] * len(numbers),
        [pool] * len(numbers),
        [b"body"] * len(numbers),
        [None] * len(numbers),
        NOW,
    )


def task_arguments(job: UUID, *numbers: int) -> tuple[Any, ...]:
    """What insert_tasks takes: tasks whose first has no input and each later one the one before."""
    return (
        job,
        WORKSPACE,
        list(numbers),
        [7 if number == max(numbers) else 1 for number in numbers],
        [POOL] * len(numbers),
        [f"task {number}" for number in numbers],
        ["shot"] * len(numbers),
        [number * 10 for number in numbers],
        [number * 10 + 5 for number in numbers],
        [key(500 + number) for number in numbers],
        [b"spec"] * len(numbers),
        [0 if number == min(numbers) else 1 for number in numbers],
    )


async def with_pool_and_run(connection: Connection | Database, *numbers: int) -> None:
    """A pool with waiting runs."""
    await connection.fetch(SQL["upsert_pool"], *pool_arguments())
    await connection.fetch(SQL["insert_runs"], *run_arguments(*numbers))


async def with_job(connection: Connection | Database, job: UUID = JOB, *numbers: int) -> None:
    """A job with a chain of tasks."""
    await connection.fetch(SQL["insert_job"], *job_arguments(job))
    tasks = numbers or (1, 2)
    await connection.execute(SQL["insert_tasks"], *task_arguments(job, *tasks))
    edges = [(after, f"input-{before}", before, 1) for before, after in pairwise(tasks)]
    await connection.execute(SQL["insert_inputs"], job, *map(list, zip(*edges, strict=True)))
