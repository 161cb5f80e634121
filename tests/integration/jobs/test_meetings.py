"""Two replicas, or two jobs, that meet at the same row of the real Postgres."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.fairness import window_runs
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from tests.integration.jobs.stage import (
    Stage,
    announcement,
    failure,
    hand_back,
    pool_of,
    success,
)
from tests.simulation.conformance.backends import Race, RealPostgres

ONE_SHOT = b"INT. KITCHEN - NIGHT\n\nMARA\nIs anybody there?\n"
MANY_SHOTS = (
    b"EXT. STREET - DAY\n\nA car waits.\n\nIt rains.\n\nThe car starts.\n\nIt is gone.\n\nRain falls.\n"
)

Replicas = tuple[Stage, Stage]
Order = message_pb2.RunOrder


class Undo(Exception):
    """Rolls a transaction back, as the death of its client does."""


async def orders_of(stage: Stage) -> dict[TaskKind, list[Order]]:
    """Every order that waits at the broker, taken and acknowledged, by kind."""
    orders: dict[TaskKind, list[Order]] = {kind: [] for kind in TaskKind}
    for order, delivery in await stage.take_orders():
        orders[TaskKind(order.inline.spec.kind)].append(order)
        await delivery.ack()
    return orders


async def play_up_to(stage: Stage, job: rows.Job, kind: TaskKind) -> Order:
    """Work until the only order left is one of this kind; that order."""
    while True:
        await stage.settle()
        orders = await orders_of(stage)
        if orders[kind]:
            assert sum(map(len, orders.values())) == 1
            return orders[kind][0]
        assert any(orders.values()), f"{job.job_id} never came to {kind.name}"
        await stage.loops.results.record([success(order) for each in orders.values() for order in each])


async def test_two_dependencies_that_finish_at_once_start_what_waited_for_them_once(
    replicas: Replicas,
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    orders = await orders_of(one)
    (still,), (speech,) = orders[TaskKind.STILL], orders[TaskKind.SPEECH]

    async def finish(stage: Stage, order: Order) -> None:
        await stage.loops.results.record([success(order)])
        await stage.loops.advancer.step()

    await asyncio.gather(finish(one, still), finish(other, speech))
    await one.settle()

    clips = await one.database.fetch("select dispatch from runs where kind = $1", TaskKind.CLIP)
    waits = await one.database.fetchval(
        "select open_inputs from tasks where job_id = $1 and kind = $2", job.job_id, TaskKind.CLIP
    )
    assert ([row["dispatch"] for row in clips], waits) == ([1], 0)


async def test_a_dependency_that_finishes_while_a_dying_advancer_holds_the_job_is_not_lost(
    replicas: Replicas,
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    orders = await orders_of(one)
    (still,), (speech,) = orders[TaskKind.STILL], orders[TaskKind.SPEECH]
    await one.loops.results.record([success(still)])

    with suppress(Undo):
        async with one.database.transaction() as dying:
            await dying.fetch(SQL["take_due_job"], job.job_id)
            await other.loops.results.record([success(speech)])
            skipped = await other.loops.advancer.advance(job.job_id)
            raise Undo
    await other.settle()

    assert not skipped
    assert len((await orders_of(other))[TaskKind.CLIP]) == 1


async def test_two_dispatchers_at_once_keep_the_window(replicas: Replicas) -> None:
    one, other = replicas
    await one.loops.announcements.take(announcement(TaskKind.STILL, slots=1))
    await one.submit(MANY_SHOTS)
    await one.loops.planner.step()
    await one.loops.advancer.step()

    await asyncio.gather(*(stage.loops.dispatcher.step() for stage in (one, other) * 3))

    flying = await one.database.fetchval(
        "select count(*) from runs where kind = $1 and state = 'DISPATCHED'", TaskKind.STILL
    )
    assert flying == window_runs(1, 1)


async def test_two_planners_at_once_plan_a_job_once(replicas: Replicas) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)

    await asyncio.gather(one.loops.planner.step(), other.loops.planner.step())

    events = await one.events(job)
    assert [event.sequence for event in events] == [1, 2, 3]
    assert (await one.job(job)).state is JobState.QUEUED


@pytest.mark.parametrize("first", ["the cancel", "the result", "neither"])
async def test_a_cancel_that_races_completion_ends_the_job_once_and_keeps_the_film(
    replicas: Replicas, first: str
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    film = await play_up_to(one, job, TaskKind.FILM)

    async def complete() -> None:
        await one.loops.results.record([success(film)])
        await one.loops.advancer.step()

    async def cancel() -> None:
        await other.jobs.request_cancel(job.workspace_id, job.job_id)
        await other.loops.advancer.step()

    match first:
        case "the cancel":
            await cancel()
            await complete()
        case "the result":
            await complete()
            await cancel()
        case _:
            await asyncio.gather(complete(), cancel())
    await one.settle()

    ended = await one.job(job)
    kept = await one.jobs.artifact(job.workspace_id, bytes.fromhex(film.content_key))
    expected = {"the cancel": {JobState.CANCELLED}, "the result": {JobState.COMPLETED}}
    assert ended.state in expected.get(first, {JobState.CANCELLED, JobState.COMPLETED})
    assert kept is not None
    assert (await one.events(job))[-1].sequence == len(await one.events(job))


async def test_a_cancel_ends_although_the_broker_lost_its_disk_after_the_last_message(
    replicas: Replicas, clock: ManualClock, memory: MemoryBroker
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    await one.jobs.request_cancel(job.workspace_id, job.job_id)
    await one.settle()
    memory.wipe()

    await one.loops.cancels.step()
    await clock.advance(31)
    await asyncio.gather(one.loops.cancels.step(), other.loops.cancels.step())
    await one.settle()

    assert (await one.job(job)).state is JobState.CANCELLED


async def test_a_success_that_comes_after_its_job_was_cancelled_is_kept_for_the_next(
    replicas: Replicas, clock: ManualClock
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    late = (await orders_of(one))[TaskKind.STILL]
    await one.jobs.request_cancel(job.workspace_id, job.job_id)
    await one.settle()
    await clock.advance(31)
    await other.loops.cancels.step()
    await other.settle()
    cancelled = await one.job(job)

    await other.loops.results.record([success(order) for order in late])
    await one.settle()
    retry = await one.submissions.retry(await one.job(job), None)
    done = await one.run_to_end(retry)

    assert cancelled.state is (await one.job(job)).state is JobState.CANCELLED
    assert done.state is JobState.COMPLETED
    assert {order.content_key for order in late}.isdisjoint(one.executed)


async def test_a_retry_is_not_ended_by_the_failure_of_a_run_that_was_begun_before_it(
    replicas: Replicas, clock: ManualClock
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    first, *late = [order for orders in (await orders_of(one)).values() for order in orders]
    await one.loops.results.record([failure(first, permanent=True)])
    await one.settle()
    failed = await one.job(job)
    await clock.advance(1)
    retry = await one.submissions.retry(failed, None)
    await one.settle()

    await other.loops.results.record([failure(order, permanent=True) for order in late])
    done = await one.run_to_end(retry)

    assert late
    assert failed.state is JobState.FAILED
    assert done.state is JobState.COMPLETED


async def test_a_job_that_joins_a_run_while_it_is_ended_for_another_gets_one_of_its_own(
    replicas: Replicas,
) -> None:
    one, other = replicas
    leaving = await one.submit(ONE_SHOT)
    await one.loops.planner.step()
    await one.loops.advancer.step()
    coming = await one.submit(ONE_SHOT, project=leaving.project_id)
    await one.loops.planner.step()
    ids: list[UUID] = [row["run_id"] for row in await one.database.fetch("select run_id from runs")]
    race = Race(RealPostgres(one.database))

    async with race.session() as ending:
        await ending.fetch("end_runs", ids, "CANCELLED", leaving.created_at)
        joining = await race.blocked(other.loops.advancer.advance(coming.job_id))
    await asyncio.gather(joining, return_exceptions=True)
    done = await other.run_to_end(coming)

    assert done.state is JobState.COMPLETED
    assert ids
    assert set(ids).isdisjoint(
        row["run_id"]
        for row in await one.database.fetch("select run_id from tasks where job_id = $1", coming.job_id)
    )


async def test_two_jobs_share_a_run_again_after_its_revision_changed(replicas: Replicas) -> None:
    one, other = replicas
    first = await one.submit(ONE_SHOT)
    second = await other.submit(ONE_SHOT, project=first.project_id)
    await one.settle()
    await one.loops.announcements.take(announcement(TaskKind.STILL, revision="2"))

    def verdict(order: Order) -> message_pb2.RunResult:
        spec = order.inline.spec
        is_old = spec.HasField("still") and spec.engine.revision == "1"
        return hand_back(order, "REVISION_CHANGED") if is_old else one.success(order)

    ends = {(await one.run_to_end(job, verdict)).state for job in (first, second)}

    stills = await one.database.fetch("select state from runs where kind = $1", TaskKind.STILL)
    assert ends == {JobState.COMPLETED}
    assert sorted(row["state"] for row in stills) == ["REKEYED", "SUCCEEDED"]


async def test_what_a_vanished_pool_had_begun_waits_and_is_done_when_it_is_back(
    replicas: Replicas, clock: ManualClock
) -> None:
    one, other = replicas
    job = await one.submit(ONE_SHOT)
    await one.settle()
    begun = await one.take_orders()
    await clock.advance(3600)
    for _ in range(3):
        await asyncio.gather(one.loops.sweeper.step(), other.loops.sweeper.step())
        await one.settle()
    meanwhile = await one.job(job)
    silent = {pool for pool, _ in await one.jobs.pools_awaited(job.job_id)}

    await other.announce_pools()
    done = await one.run_to_end(job)

    assert begun
    assert not meanwhile.is_terminal
    assert silent == {pool_of(TaskKind(order.inline.spec.kind)) for order, _ in begun}
    assert done.state is JobState.COMPLETED
    assert await one.database.fetchval("select max(dispatch) from runs") == 1


async def test_the_database_refuses_to_take_an_ended_run_up_again(replicas: Replicas) -> None:
    one, _ = replicas
    await one.run_to_end(await one.submit(ONE_SHOT))

    with pytest.raises(asyncpg.CheckViolationError, match="never moves"):
        await one.database.execute("update runs set state = 'WAITING', ended_at = null")
