"""Known mistakes, planted in the real code for as long as a block lasts: what the simulation must find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from typing import Any
from unittest import mock
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from studio_jobs import dispatcher, results
from studio_jobs.advancer import Advancer
from studio_jobs.dispatcher import Dispatcher
from studio_jobs.domain.fairness import window_runs
from studio_jobs.domain.states import JobState, RunState
from studio_jobs.garbage.collector import Collector
from studio_jobs.relay import OUTBOX_BATCH_MAX, Relay
from studio_jobs.results import FETCH_WAIT_SECONDS, RESULTS_BATCH_MAX, Results
from studio_jobs.sql import SQL
from studio_jobs.store.job_unit import JobUnit
from studio_jobs.sweeper import DISPATCH_GRACE, SWEEP_BATCH_MAX, Sweeper
from studio_jobs.unlocking import Unlocked, Unlocking
from studio_jobs.wake import Loop
from studio_platform.broker import Delivery, OutMessage
from studio_platform.runner import Runner
from studio_platform.topology import RESULTS_CONSUMER
from studio_platform.worker import Worker, _settled
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.server import NAMES
from tests.simulation.postgres.transaction import Transaction
from tests.simulation.postgres.twins import TWINS

Mistake = Callable[[], AbstractContextManager[Any]]


def ack_before_publish() -> AbstractContextManager[Any]:
    """A worker acknowledges its order, then publishes the result."""

    async def handle(self: Worker, delivery: Delivery) -> None:
        order = message_pb2.RunOrder.FromString(delivery.payload)
        result = await self._result(order, delivery)
        await _settled(delivery.ack())
        await self._publish(order, result)

    return mock.patch.object(Worker, "_handle", handle)


def results_acknowledged_before_commit() -> AbstractContextManager[Any]:
    """Results are acknowledged, then recorded."""

    async def step(self: Results) -> bool:
        deliveries = await self._broker.fetch(RESULTS_CONSUMER, RESULTS_BATCH_MAX, FETCH_WAIT_SECONDS)
        for delivery in deliveries:
            await delivery.ack()
        if deliveries:
            await self.record([message_pb2.RunResult.FromString(each.payload) for each in deliveries])
            await self._wakes.wake_all(Loop.ADVANCER, Loop.DISPATCHER)
        return True

    return mock.patch.object(Results, "step", step)


def successes_fenced() -> AbstractContextManager[Any]:
    """A success of an earlier dispatch is thrown away, as failures rightly are."""
    record = Results.record

    async def fenced(self: Results, found: Sequence[message_pb2.RunResult]) -> None:
        kept = []
        for result in found:
            rows = await self._database.fetch(SQL["lock_runs"], [UUID(result.run_id)])
            live = [row for row in rows if row["state"] == RunState.DISPATCHED]
            if any(row["dispatch"] == result.dispatch for row in live) or not result.HasField("success"):
                kept.append(result)
        await record(self, kept)

    return mock.patch.object(Results, "record", fenced)


def swept_by_age() -> AbstractContextManager[Any]:
    """The sweeper dispatches what is old anew, with another number, whatever the broker holds."""

    async def step(self: Sweeper) -> bool:
        now = self._clock.now()
        old = await self._database.fetch(SQL["runs_to_sweep"], now - DISPATCH_GRACE, SWEEP_BATCH_MAX)
        ids = [run["run_id"] for run in old]
        async with self._database.transaction() as tx:
            await tx.execute(SQL["retry_runs"], ids, [now] * len(ids), [0] * len(ids), [""] * len(ids))
        self._wakes.wake(Loop.ADVANCER, Loop.DISPATCHER)
        return False

    return mock.patch.object(Sweeper, "step", step)


def cancel_forgets_dispatched_runs() -> AbstractContextManager[Any]:
    """A cancel is done at once, its dispatched runs left waiting for nobody."""

    async def cancel(self: Advancer, unit: JobUnit) -> None:
        await self._stop_blocked(unit)
        live = await unit.tx.fetch(SQL["live_tasks"], unit.job.job_id)
        await self._mark_cancelled(unit, live)
        await unit.move(JobState.CANCELLED)

    return mock.patch.object(Advancer, "_cancel", cancel)


def cancel_takes_shared_runs() -> AbstractContextManager[Any]:
    """A cancel ends every waiting run of its job, those of other jobs too."""

    async def end(unit: JobUnit, live: Sequence[Any]) -> dict[UUID, RunState]:
        own = {row["run_id"]: RunState(row["run_state"]) for row in live}
        waiting = [run_id for run_id, state in own.items() if state is RunState.WAITING]
        await unit.tx.execute(SQL["end_runs"], waiting, RunState.CANCELLED.value, unit.now)
        return own

    return mock.patch.object(Advancer, "_end_waiting_runs", staticmethod(end))


def outbox_deleted_before_publish() -> AbstractContextManager[Any]:
    """The relay commits the deletion of its rows, then publishes them."""

    async def step(self: Relay) -> bool:
        async with self._database.transaction() as tx:
            taken = await tx.fetch(SQL["take_outbox"], OUTBOX_BATCH_MAX)
            await tx.execute(SQL["delete_outbox"], [row["id"] for row in taken])
        messages = [OutMessage(row["subject"], row["payload"], str(row["id"])) for row in taken]
        if messages:
            await self._broker.publish_batch(messages)
        return False

    return mock.patch.object(Relay, "step", step)


def window_ignored_by_replicas() -> AbstractContextManager[Any]:
    """Each dispatcher counts what is in flight, and looks for what waits, without holding the pool."""

    async def unlocked(self: Dispatcher, pool: str) -> int:
        now = self._clock.now()
        rows = {row["pool"]: row for row in await self._database.fetch(SQL["pools"])}
        window = window_runs(rows[pool]["replicas_max"], rows[pool]["slots"])
        async with self._database.transaction() as tx:
            counted = await tx.fetch(SQL["pool_window"], pool, window, now)
            free = window - sum(row["in_flight"] for row in counted)
            found = [row["run_id"] for row in await tx.fetch(SQL["pool_window"], pool, 2 * window, now)]
            chosen = [run_id for run_id in found if run_id is not None][: max(0, free)]
            if not chosen:
                return 0
            runs = await tx.fetch(SQL["dispatch_runs"], chosen, now)
            await dispatcher.order_runs(tx, runs, now)
        return len(runs)

    return mock.patch.object(Dispatcher, "dispatch", unlocked)


def finished_work_not_looked_for() -> AbstractContextManager[Any]:
    """A worker runs its engine without looking whether the artifact is there."""

    async def find(_self: Runner, _key: object) -> None:
        return None

    return mock.patch.object(Runner, "find", find)


def failures_not_fenced() -> AbstractContextManager[Any]:
    """A failure of an earlier dispatch counts against the present one."""
    judge = results.judge

    def unfenced(
        found: Sequence[message_pb2.RunResult], locked: dict[UUID, Any], now: datetime, refused: Any
    ) -> Any:
        for result in found:
            run = locked.get(UUID(result.run_id))
            if run is not None:
                result.dispatch = run["dispatch"]
        return judge(found, locked, now, refused)

    return mock.patch.object(results, "judge", unfenced)


def ended_runs_taken_for_finished() -> AbstractContextManager[Any]:
    """A key whose run ended while the job joined it counts as made."""

    async def decide(self: Unlocking, unit: JobUnit, unlocked: Sequence[Unlocked]) -> None:
        made = await self._artifact_keys(unit, sorted({task.key for task in unlocked}))
        missing = {task.key: task for task in unlocked if task.key not in made}
        runs, _ = await self._runs_for(unit, missing)
        hits = [(task.row, task.key) for task in unlocked if task.key not in runs]
        await self._finish_keys(unit, hits, cached=True)
        await self._attach(unit, [(task, runs[task.key]) for task in unlocked if task.key in runs])

    return mock.patch.object(Unlocking, "_decide", decide)


def cancelled_runs_take_every_task_along() -> AbstractContextManager[Any]:
    """A job that goes on gives up the task whose shared run was stopped for another job."""
    return mock.patch.object(Advancer, "_take_up_cancelled", Advancer._mark_cancelled)


def collected_without_a_second_look() -> AbstractContextManager[Any]:
    """What was marked is collected, whoever came to want it since."""

    async def nobody(*_: object) -> set[tuple[UUID, bytes]]:
        return set()

    return mock.patch.object(Collector, "_referenced", nobody)


def artifacts_taken_without_a_hold() -> AbstractContextManager[Any]:
    """A job takes an artifact for there, and does not hold its row until it has said so."""

    async def seen(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
        return tx.rows(tx.tables.artifacts, lambda row: row["content_key"] in keys, workspace)

    text = SQL["artifacts_by_keys"].replace("for key share", "")
    planted = ExitStack()
    planted.enter_context(mock.patch.dict(SQL, artifacts_by_keys=text))
    planted.enter_context(mock.patch.dict(NAMES, {text: "artifacts_by_keys"}))
    planted.enter_context(mock.patch.dict(TWINS, artifacts_by_keys=seen))
    return planted


def late_successes_not_looked_after() -> AbstractContextManager[Any]:
    """A success of an ended run is kept, although the collector took its artifact while it was recorded."""
    return mock.patch.object(results, "_collectable", return_value=set())
