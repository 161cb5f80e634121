"""Plans jobs under a lease: read, check, break down, build the graph, commit it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import JobState, Stage
from studio_jobs.failures import failure_of_passage, failure_of_screenplay, internal_failure
from studio_jobs.meters import Meters
from studio_jobs.productions import PassageRefused, Productions, Wanted
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.castings import NAME_CHARACTERS_MAX, unpacked
from studio_jobs.store.job_unit import JobUnit, LostRaceError
from studio_jobs.wake import Loop, Wakes
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition, Unavailable
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

PLANNING_LEASE = timedelta(seconds=3)
"""How long a job waits for a planner that died; one that lives extends it."""

LEASE_EXTENSION_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What planning came to: a plan with its cast, or a failure."""

    plan: Plan | None = None
    voices: Mapping[str, str] | None = None
    failure: rows.JobFailure | None = None


class Planner:
    """Takes the oldest job that nobody plans; a planner that died is replaced when its lease is over."""

    def __init__(
        self,
        database: Database,
        productions: Productions,
        wakes: Wakes,
        clock: Clock,
        faults: Faults,
        meters: Meters,
    ) -> None:
        self._database = database
        self._productions = productions
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._meters = meters

    async def step(self) -> bool:
        """Plan one job; whether there was one."""
        now = self._clock.now()
        row = await self._database.fetchrow(SQL["claim_job_to_plan"], now, now + PLANNING_LEASE)
        if row is None:
            return False
        self._faults.hit("jobs.planner.claimed")
        job = rows.job(row)
        try:
            async with self._lease_kept(job):
                await self._validate(job)
                self._faults.hit("jobs.planner.validating")
                draft = await self._draft(job)
            await self._commit(job, draft)
        except (LostRaceError, Unavailable) as reason:
            _log.info(
                "planning is tried again when its lease is over", job_id=str(job.job_id), reason=str(reason)
            )
            return True
        await self._wakes.wake_all(Loop.RELAY, Loop.ADVANCER)
        return True

    @asynccontextmanager
    async def _lease_kept(self, job: rows.Job) -> AsyncIterator[None]:
        extending = asyncio.ensure_future(self._extend_lease(job))
        try:
            yield
        finally:
            extending.cancel()
            await asyncio.gather(extending, return_exceptions=True)

    async def _extend_lease(self, job: rows.Job) -> None:
        while True:
            await self._clock.sleep(LEASE_EXTENSION_SECONDS)
            try:
                until = self._clock.now() + PLANNING_LEASE
                await self._database.execute(SQL["extend_planning_lease"], job.job_id, until)
            except Unavailable as away:
                _log.info("planning lease not extended", job_id=str(job.job_id), reason=str(away))

    async def _validate(self, job: rows.Job) -> None:
        async with self._database.transaction() as tx:
            unit = await self._locked(tx, job)
            if unit.state is JobState.PENDING:
                await unit.move(JobState.VALIDATING)
                await unit.flush()
        self._meters.advanced(unit)

    async def _locked(self, tx: Any, job: rows.Job) -> JobUnit:
        row = await tx.fetchrow(SQL["lock_job"], job.job_id)
        if row is None:
            raise LostRaceError(f"{job.job_id} was deleted")
        unit = JobUnit(tx, rows.job(row), self._clock.now())
        if unit.state not in (JobState.PENDING, JobState.VALIDATING):
            raise LostRaceError(f"{job.job_id} is {unit.state}")
        return unit

    async def _draft(self, job: rows.Job) -> Draft:
        try:
            return await self._plan(job)
        except ScreenplayRefused as refused:
            return Draft(failure=failure_of_screenplay(refused))
        except FailedPrecondition as missing:
            return Draft(
                failure=rows.JobFailure(
                    jobs_pb2.FAILURE_REASON_ENGINE_FAILED,
                    Stage.PLANNING,
                    missing.user_text,
                    field="options.pools",
                )
            )
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - the job fails, with the fault in its log
            _log.exception("planning failed", job_id=str(job.job_id))
            return Draft(failure=internal_failure(repr(fault)))

    async def _plan(self, job: rows.Job) -> Draft:
        pinned = await self._database.fetchval(SQL["job_casting"], job.job_id)
        # A job from before castings were kept has none: then the present one is taken.
        casting = unpacked(pinned) if pinned is not None else None
        wanted = Wanted(
            job.workspace_id, job.project_id, job.revision, job.options, casting, job.edit_sequence
        )
        try:
            planned = await self._productions.plan(wanted)
        except PassageRefused as refused:
            return Draft(failure=failure_of_passage(refused.refusal))
        return Draft(planned.plan, planned.voices)

    async def _commit(self, job: rows.Job, draft: Draft) -> None:
        async with self._database.transaction() as tx:
            unit = await self._locked(tx, job)
            if unit.cancel_requested:
                await unit.move(JobState.CANCELLED)
            elif draft.failure is not None:
                await unit.move(JobState.FAILED, failure=draft.failure)
            elif draft.plan is not None:
                await self._commit_plan(unit, draft.plan, draft.voices or {})
            await unit.flush()
            self._faults.hit("jobs.planner.before_commit")
        self._faults.hit("jobs.planner.after_commit")
        self._meters.advanced(unit)

    @staticmethod
    async def _commit_plan(unit: JobUnit, plan: Plan, voices: Mapping[str, str]) -> None:
        job = unit.job
        await unit.tx.execute(SQL["insert_tasks"], job.job_id, job.workspace_id, *_task_columns(plan))
        await unit.tx.execute(SQL["insert_inputs"], job.job_id, *_input_columns(plan))
        for ordinal, (name, voice) in enumerate(voices.items()):
            if len(name) > NAME_CHARACTERS_MAX:
                continue
            await unit.tx.execute(
                SQL["insert_cast_member"], job.workspace_id, job.project_id, name, ordinal, voice, ""
            )
        unit.counts = plan.counts()
        await unit.move(JobState.QUEUED)
        await unit.tx.execute(SQL["mark_due"], [job.job_id])


def _task_columns(plan: Plan) -> tuple[list[Any], ...]:
    tasks = plan.tasks
    return (
        [task.number for task in tasks],
        [int(task.kind) for task in tasks],
        [task.pool for task in tasks],
        [task.display_name for task in tasks],
        [task.shot_id for task in tasks],
        [task.line_first for task in tasks],
        [task.line_last for task in tasks],
        list(plan.plan_keys),
        [task.spec.SerializeToString(deterministic=True) for task in tasks],
        [len(task.inputs) for task in tasks],
    )


def _input_columns(plan: Plan) -> tuple[list[Any], ...]:
    edges = [(task.number, edge) for task in plan.tasks for edge in task.inputs]
    return (
        [number for number, _ in edges],
        [edge.role for _, edge in edges],
        [edge.producer for _, edge in edges],
        [int(edge.uses) for _, edge in edges],
    )
