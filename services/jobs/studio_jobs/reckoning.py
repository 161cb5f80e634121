"""Counts what ended jobs took: their cost, and how long runs and films like theirs take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.paces import SAMPLES_MAX, PaceKey, Pacer, Paces, Work, sample_of, work_of
from studio_jobs.domain.schedules import PERMILLE, Step, wall_key, wall_ms
from studio_jobs.domain.states import JobState
from studio_jobs.render_plans import paces_of
from studio_jobs.spending import spent_on
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_platform.clock import Clock
from studio_platform.database import Database

_log = structlog.get_logger(__name__)

RECKONING_INTERVAL_SECONDS = 2.0
JOBS_BATCH_MAX = 10
RATIO_MAX_PERMILLE = 1_000_000

Samples = list[tuple[PaceKey, int]]


class Reckoning:
    """Looks at each ended job once, whichever replica comes first; no task waits for it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Count until `stopping` is set; faults are logged and outlived."""
        while not stopping.is_set():
            try:
                while await self.step():
                    pass
            except Exception:  # noqa: BLE001 - the next round may fare better
                _log.exception("ended jobs could not be counted")
            try:
                async with asyncio.timeout(RECKONING_INTERVAL_SECONDS):
                    await stopping.wait()
            except TimeoutError:
                continue

    async def step(self) -> bool:
        """Count a batch of ended jobs in one transaction; whether there was any."""
        async with self._database.transaction() as tx:
            ended = await tx.fetch(SQL["jobs_to_count"], JOBS_BATCH_MAX)
            if not ended:
                return False
            pools = {row["pool"]: row["replicas_max"] * row["slots"] for row in await tx.fetch(SQL["pools"])}
            for job in ended:
                await self._count(tx, job, pools)
        return True

    async def _count(self, tx: Any, job: rows.Record, slots: Mapping[str, int]) -> None:
        made = await tx.fetch(SQL["tasks_made"], job["job_id"])
        spent = spent_on(made)
        await tx.execute(SQL["note_spending"], job["job_id"], spent.runs, spent.run_ms, spent.micros)
        edges = await tx.fetch(SQL["edges_of_job"], job["job_id"])
        works = await asyncio.to_thread(_works, made)
        engines = sorted({work.key.engine for work in works.values()})
        paces = paces_of(await tx.fetch(SQL["paces"], engines))
        samples = _run_samples(made, works)
        if job["state"] == JobState.COMPLETED:
            samples += await asyncio.to_thread(_wall_samples, job, made, works, edges, paces, slots)
        if samples:
            await tx.execute(SQL["add_paces"], *_columns(samples), SAMPLES_MAX, self._clock.now())


def _works(made: Sequence[rows.Record]) -> dict[int, Work]:
    """The work of each task that a run was made for."""
    return {
        row["number"]: work_of(task_pb2.TaskSpec.FromString(row["spec"]), row["length_ms"] or 0)
        for row in made
        if row["run_id"] is not None
    }


def _run_samples(made: Sequence[rows.Record], works: Mapping[int, Work]) -> Samples:
    seen = {row["run_id"]: row for row in made if row["run_id"] is not None}
    return [
        (works[row["number"]].key, sample_of(works[row["number"]], row["run_ms"])) for row in seen.values()
    ]


def _wall_samples(
    job: rows.Record,
    made: Sequence[rows.Record],
    works: Mapping[int, Work],
    edges: Sequence[rows.Record],
    paces: Paces,
    slots: Mapping[str, int],
) -> Samples:
    """The ratio of the job's true time to what is scheduled for its runs, when all of them were known."""
    pacer = Pacer(paces)
    expectations = {number: pacer.expected(work) for number, work in works.items()}
    if not all(expectation.is_known for expectation in expectations.values()):
        return []
    inputs: dict[int, list[int]] = {}
    for edge in edges:
        inputs.setdefault(edge["number"], []).append(edge["producer"])
    steps = [
        Step(
            row["number"],
            row["pool"],
            expectations[row["number"]].run_ms.expected if row["number"] in expectations else None,
            inputs.get(row["number"], ()),
        )
        for row in made
    ]
    scheduled_ms = wall_ms(steps, slots)
    true_ms = (job["ended_at"] - job["created_at"]).total_seconds() * 1000
    return [(wall_key(scheduled_ms), min(RATIO_MAX_PERMILLE, round(true_ms * PERMILLE / scheduled_ms)))]


def _columns(samples: Samples) -> tuple[list[Any], ...]:
    return (
        [key.engine for key, _ in samples],
        [key.kind for key, _ in samples],
        [key.size_class for key, _ in samples],
        [key.length_class for key, _ in samples],
        [sample for _, sample in samples],
    )
