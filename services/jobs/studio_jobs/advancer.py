"""Moves due jobs on, each under its row lock: finished runs in, unlocked tasks out, then state and events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog

from studio_jobs import convert
from studio_jobs.domain.progress import state_after
from studio_jobs.domain.states import (
    STAGE_OF_KIND,
    STATE_OF_STAGE,
    JobState,
    RunState,
    TaskKind,
    TaskState,
    way_between,
)
from studio_jobs.failures import failure_of_run
from studio_jobs.meters import Meters
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.changes import task_change
from studio_jobs.store.job_unit import JobUnit, LostRaceError
from studio_jobs.unlocking import Unlocking
from studio_jobs.wake import Loop, Wakes
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

DUE_JOBS_BATCH_MAX = 32
DUE_JOBS_LOOKED_AT_MAX = 1000
"""Of so many the longest due are chosen, whatever one job has gathered."""

CONCURRENT_JOBS_MAX = 4

_STAGE_OF_STATE = {state: stage for stage, state in STATE_OF_STAGE.items()}


class Advancer:
    """Takes jobs from due_jobs; several replicas share the work by skipping locked jobs."""

    def __init__(
        self,
        database: Database,
        unlocking: Unlocking,
        wakes: Wakes,
        clock: Clock,
        faults: Faults,
        meters: Meters,
    ) -> None:
        self._database = database
        self._unlocking = unlocking
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._meters = meters

    async def step(self) -> bool:
        """Advance a batch of due jobs; whether any was advanced."""
        due = await self._database.fetch(SQL["due_jobs"], DUE_JOBS_BATCH_MAX, DUE_JOBS_LOOKED_AT_MAX)
        gate = asyncio.Semaphore(CONCURRENT_JOBS_MAX)

        async def guarded(job_id: UUID) -> bool:
            async with gate:
                return await self._advance_safely(job_id)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(guarded(row["job_id"])) for row in due]
        return any(task.result() for task in tasks)

    async def _advance_safely(self, job_id: UUID) -> bool:
        """One broken job must not hold up the others."""
        try:
            return await self.advance(job_id)
        except (LostRaceError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            return True
        except Exception:  # noqa: BLE001 - logged; the other jobs go on
            _log.exception("job could not be advanced", job_id=str(job_id))
            return False

    async def advance(self, job_id: UUID) -> bool:
        """Bring one job up to date; False when somebody else holds it or it is gone."""
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(SQL["take_due_job"], job_id)
            if row is None:
                await tx.execute(SQL["forget_due"], job_id)
                return False
            unit = JobUnit(tx, rows.job(row), self._clock.now())
            if not unit.job.is_terminal:
                await self._bring_up_to_date(unit, row["due_runs"])
            told = await unit.flush()
            self._faults.hit("jobs.advance.before_commit")
        self._faults.hit("jobs.advance.after_commit")
        self._meters.advanced(unit)
        await self._wakes.wake_all(Loop.DISPATCHER, *([Loop.RELAY] if told else []))
        if unit.cancel_requested:
            await self._wakes.wake_all(Loop.CANCELS)
        return True

    async def _bring_up_to_date(self, unit: JobUnit, run_ids: Sequence[UUID | None]) -> None:
        if unit.state in (JobState.PENDING, JobState.VALIDATING):
            if unit.cancel_requested:
                await unit.move(JobState.CANCELLED)
            return
        failed, dispatched = await self._absorb_runs(unit, run_ids)
        if failed is not None:
            await self._fail(unit, failed)
        elif unit.cancel_requested:
            await self._cancel(unit)
        else:
            await self._unlocking.unlock(unit)
            await self._move_on(unit, any_dispatched=dispatched)

    async def _absorb_runs(
        self, unit: JobUnit, run_ids: Sequence[UUID | None]
    ) -> tuple[rows.Record | None, bool]:
        """Take over where the runs are; the first that failed for good, and whether any was dispatched."""
        if not run_ids:
            return None, False
        if any(run_id is None for run_id in run_ids):
            live = await unit.tx.fetch(SQL["live_tasks"], unit.job.job_id)
        else:
            live = await unit.tx.fetch(SQL["live_tasks_of_runs"], unit.job.job_id, run_ids)
        by_state: dict[RunState, list[rows.Record]] = {state: [] for state in RunState}
        for row in live:
            by_state[RunState(row["run_state"])].append(row)
        await self._mark_running(unit, by_state[RunState.DISPATCHED])
        await self._mark_waiting(unit, by_state[RunState.WAITING])
        unit.absorbed_ends += [row["ended_at"] for row in by_state[RunState.SUCCEEDED]]
        await self._unlocking.finish(unit, by_state[RunState.SUCCEEDED], cached=False)
        await self._unlocking.rekey(unit, by_state[RunState.REKEYED])
        await self._take_up_cancelled(unit, by_state[RunState.CANCELLED])
        failed = await self._own_failures(unit, by_state[RunState.FAILED])
        dispatched = any(row["dispatch"] > 0 for row in live)
        return (failed[0] if failed else None), dispatched

    async def _own_failures(self, unit: JobUnit, failed: Sequence[rows.Record]) -> list[rows.Record]:
        """Those of runs made for this job; for one that was begun before it, its task gets another run."""
        own = [row for row in failed if row["run_created_at"] >= unit.job.created_at]
        if not unit.cancel_requested:
            await self._unlocking.reopen(unit, [row for row in failed if row not in own])
        return own

    async def _mark_running(self, unit: JobUnit, live: Sequence[rows.Record]) -> None:
        starting = [row for row in live if row["state"] == TaskState.WAITING]
        await self._set_states(unit, starting, TaskState.RUNNING, running=1)

    async def _mark_waiting(self, unit: JobUnit, live: Sequence[rows.Record]) -> None:
        pausing = [row for row in live if row["state"] == TaskState.RUNNING]
        await self._set_states(unit, pausing, TaskState.WAITING, running=-1)

    async def _take_up_cancelled(self, unit: JobUnit, live: Sequence[rows.Record]) -> None:
        """A job that goes on may have joined a run which was being stopped for another job."""
        if unit.cancel_requested:
            await self._mark_cancelled(unit, live)
        else:
            await self._unlocking.reopen(unit, live)

    async def _mark_cancelled(self, unit: JobUnit, live: Sequence[rows.Record]) -> None:
        for state, running in ((TaskState.RUNNING, -1), (TaskState.WAITING, 0)):
            ended = [row for row in live if row["state"] == state]
            await self._set_states(unit, ended, TaskState.CANCELLED, running=running)

    @staticmethod
    async def _set_states(
        unit: JobUnit, live: Sequence[rows.Record], state: TaskState, *, running: int = 0
    ) -> None:
        if not live:
            return
        numbers = [row["number"] for row in live]
        await unit.tx.execute(SQL["set_task_states"], unit.job.job_id, numbers, state.value)
        for row in live:
            unit.count(TaskKind(row["kind"]), running=running)
            unit.change(task_change(unit, row, state, dispatch=row["dispatch"]))

    async def _move_on(self, unit: JobUnit, *, any_dispatched: bool) -> None:
        target = state_after(unit.state, unit.counts, any_dispatched=any_dispatched)
        if target is JobState.COMPLETED:
            await self._save_film(unit)
        for state in way_between(unit.state, target):
            stage = _STAGE_OF_STATE.get(state)
            await unit.move(state, skipped=stage is not None and unit.counts[stage].total == 0)

    @staticmethod
    async def _save_film(unit: JobUnit) -> None:
        films = await unit.tx.fetch(SQL["film_tasks"], unit.job.job_id)
        if not films:
            raise AssertionError("every task is done and there is no film")
        film, *outputs = films
        parts = await unit.tx.fetch(SQL["engines_of_job"], unit.job.job_id)
        engines = convert.engine_names(row["manifest"] for row in parts)
        keys = [output["content_key"] for output in outputs]
        await unit.tx.execute(
            SQL["save_film"], unit.job.job_id, film["content_key"], film["length_ms"], engines, keys
        )

    async def _fail(self, unit: JobUnit, failed: rows.Record) -> None:
        """End the job: what is not dispatched stops, what runs goes on and is kept for the next job."""
        await self._set_states(
            unit, [failed], TaskState.FAILED, running=-1 if failed["state"] == TaskState.RUNNING else 0
        )
        await self._stop_blocked(unit)
        live = await unit.tx.fetch(SQL["live_tasks"], unit.job.job_id)
        await self._end_waiting_runs(unit, live)
        await self._mark_cancelled(unit, live)
        await unit.move(JobState.FAILED, failure=failure_of_run(failed, STAGE_OF_KIND))

    async def _cancel(self, unit: JobUnit) -> None:
        """Stop everything that only this job waits for; CANCELLED once nothing of it runs any more."""
        await self._stop_blocked(unit)
        live = await unit.tx.fetch(SQL["live_tasks"], unit.job.job_id)
        own = await self._end_waiting_runs(unit, live)
        stopping = [run_id for run_id, state in own.items() if state is RunState.DISPATCHED]
        await unit.tx.execute(SQL["request_run_cancel"], stopping, unit.now)
        awaited = set(stopping)
        await self._mark_cancelled(unit, [row for row in live if row["run_id"] not in awaited])
        if not awaited:
            await unit.move(JobState.CANCELLED)

    @staticmethod
    async def _end_waiting_runs(unit: JobUnit, live: Sequence[rows.Record]) -> dict[UUID, RunState]:
        """End the waiting runs that no other job needs; all runs that no other job needs, as they were."""
        run_ids = sorted({row["run_id"] for row in live})
        # Who joins a run holds it until its task can be seen: lock first, look with the next statement.
        await unit.tx.fetch(SQL["lock_runs"], run_ids)
        own_rows = await unit.tx.fetch(SQL["runs_without_other_tasks"], run_ids, unit.job.job_id)
        own = {row["run_id"]: RunState(row["state"]) for row in own_rows}
        waiting = [run_id for run_id, state in own.items() if state is RunState.WAITING]
        await unit.tx.execute(SQL["end_runs"], waiting, RunState.CANCELLED.value, unit.now)
        return own

    @staticmethod
    async def _stop_blocked(unit: JobUnit) -> None:
        stopped = await unit.tx.fetch(SQL["cancel_blocked_tasks"], unit.job.job_id)
        for row in stopped:
            unit.change(task_change(unit, row, TaskState.CANCELLED))
