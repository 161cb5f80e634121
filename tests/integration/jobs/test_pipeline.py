"""A job's whole way through planner, advancer, dispatcher, relay and results, on real Postgres."""

from __future__ import annotations

import asyncpg
import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.retries import RUN_FAILURES_MAX
from studio_jobs.domain.states import TRANSITIONS, WAY, JobState, TaskKind
from studio_jobs.sql import SQL
from studio_platform.broker import OutMessage
from tests.integration.jobs.stage import (
    SCRIPT,
    UNNARRATED,
    Stage,
    announcement,
    cancelled,
    failure,
    hand_back,
    pool_of,
    success,
)


def states_of(events: list[jobs_pb2.JobEvent]) -> list[str]:
    moves = [event for event in events if event.sequence == 1 or event.state != event.previous_state]
    return [jobs_pb2.JobState.Name(event.state).removeprefix("JOB_STATE_") for event in moves]


async def test_a_job_passes_all_nine_states_in_order(stage: Stage) -> None:
    job = await stage.run_to_end(await stage.submit())

    events = await stage.events(job)

    assert job.state is JobState.COMPLETED
    assert states_of(events) == [state.value for state in WAY]
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))


async def test_an_all_cached_job_passes_all_nine_states_and_runs_nothing(stage: Stage) -> None:
    first = await stage.run_to_end(await stage.submit())
    made = len(stage.executed)

    again = await stage.submit(project=first.project_id)
    await stage.settle()
    done = await stage.job(again)

    assert done.state is JobState.COMPLETED
    assert states_of(await stage.events(done)) == [state.value for state in WAY]
    assert len(stage.executed) == made
    assert all(count.cached == count.total for count in done.counts.values())


async def test_a_failed_run_is_tried_again_and_the_film_is_finished(stage: Stage) -> None:
    failed: set[str] = set()

    def verdict(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        if order.content_key not in failed:
            failed.add(order.content_key)
            return failure(order, "CRASHED")
        return success(order)

    job = await stage.run_to_end(await stage.submit(), verdict)

    assert job.state is JobState.COMPLETED
    dispatches = await stage.database.fetch("select dispatch, failures from runs")
    assert {(row["dispatch"], row["failures"]) for row in dispatches} == {(2, 1)}


async def test_a_permanent_failure_ends_the_job_naming_shot_and_stage(stage: Stage) -> None:
    def verdict(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        return (
            failure(order, "BAD_SPEC", permanent=True)
            if order.inline.spec.HasField("still")
            else success(order)
        )

    job = await stage.run_to_end(await stage.submit(), verdict)

    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.reason == jobs_pb2.FAILURE_REASON_ENGINE_FAILED
    assert job.failure.stage.name == "IMAGES"
    assert job.failure.line > 0
    assert "secret" not in job.failure.text
    assert states_of(await stage.events(job))[-1] == "FAILED"


async def test_a_run_that_fails_too_often_fails_the_job(stage: Stage) -> None:
    job = await stage.submit()
    tries = 0
    while not (await stage.job(job)).is_terminal:
        await stage.database.execute("update runs set ready_at = created_at where state = 'WAITING'")
        await stage.settle()
        tries += bool(await stage.work(failure))

    assert (await stage.job(job)).state is JobState.FAILED
    assert tries == RUN_FAILURES_MAX


async def test_finished_work_of_a_failed_job_is_not_done_again(stage: Stage) -> None:
    def first(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        if order.inline.spec.HasField("clip"):
            return failure(order, "BAD_SPEC", permanent=True)
        return stage.success(order)

    failed = await stage.run_to_end(await stage.submit(), first)
    stills = set(stage.executed)
    retry = await stage.submissions.retry(failed, None)

    done = await stage.run_to_end(retry)

    assert done.state is JobState.COMPLETED
    assert done.retry_of == failed.job_id
    assert len(stage.executed) == len(set(stage.executed))
    assert stills <= set(stage.executed)


async def test_two_jobs_of_the_same_screenplay_share_their_runs(stage: Stage) -> None:
    one = await stage.submit()
    two = await stage.submit(project=one.project_id)

    await stage.run_to_end(one)
    done = await stage.run_to_end(two)

    assert done.state is JobState.COMPLETED
    assert len(stage.executed) == len(set(stage.executed))


async def test_a_hand_back_is_dispatched_again_and_is_no_failure(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    await stage.work(hand_back)

    done = await stage.run_to_end(job)

    assert done.state is JobState.COMPLETED
    assert await stage.database.fetchval("select max(failures) from runs") == 0
    assert await stage.database.fetchval("select max(dispatch) from runs") == 2


async def test_a_cancel_stops_waiting_work_and_awaits_running_work(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    orders = await stage.take_orders()

    await stage.jobs.request_cancel(stage.workspace, job.job_id)
    await stage.settle()
    while_running = await stage.job(job)
    for order, delivery in orders:
        await stage.report(cancelled(order))
        await delivery.ack()
    await stage.loops.results.step()
    await stage.settle()
    after = await stage.job(job)

    assert orders
    assert (while_running.cancel_requested, while_running.is_terminal) == (True, False)
    assert after.state is JobState.CANCELLED
    assert not await stage.take_orders()


async def test_a_cancel_of_orders_that_no_worker_took_ends_at_once(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()

    await stage.jobs.request_cancel(stage.workspace, job.job_id)
    await stage.settle()
    await stage.loops.cancels.step()
    await stage.settle()

    assert (await stage.job(job)).state is JobState.CANCELLED
    assert not await stage.take_orders()


async def test_a_cancelled_job_leaves_shared_runs_to_the_other(stage: Stage) -> None:
    one = await stage.submit()
    two = await stage.submit(project=one.project_id)
    await stage.settle()

    await stage.jobs.request_cancel(stage.workspace, one.job_id)
    await stage.settle()
    await stage.loops.cancels.step()
    done = await stage.run_to_end(two)

    assert (await stage.job(one)).state is JobState.CANCELLED
    assert done.state is JobState.COMPLETED


async def test_a_late_success_of_an_old_dispatch_counts(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    orders = await stage.take_orders()
    for order, delivery in orders:
        await stage.report(failure(order, "CRASHED"))
        await delivery.ack()
    await stage.loops.results.step()
    await stage.settle()

    for order, _ in orders:
        await stage.report(success(order))
    await stage.loops.results.step()
    await stage.settle()

    again = [order for order, _ in await stage.take_orders() if order.dispatch == 2]
    done = await stage.database.fetchval("select count(*) from runs where state = 'SUCCEEDED'")
    assert done == len(orders)
    assert {order.content_key for order, _ in orders} >= {order.content_key for order in again}
    assert (await stage.job(job)).counts


async def test_a_failure_of_an_old_dispatch_is_ignored(stage: Stage) -> None:
    await stage.submit()
    await stage.settle()
    orders = await stage.take_orders()
    for order, _ in orders:
        await stage.report(hand_back(order))
    await stage.loops.results.step()
    await stage.settle()

    for order, _ in orders:
        await stage.report(failure(order, "BAD_SPEC", permanent=True))
    await stage.loops.results.step()

    assert await stage.database.fetchval("select count(*) from runs where state = 'FAILED'") == 0


async def test_a_changed_revision_rekeys_what_is_not_finished(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    await stage.loops.announcements.take(announcement(TaskKind.STILL, revision="2"))

    def verdict(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        spec = order.inline.spec
        if spec.HasField("still") and spec.engine.revision == "1":
            return hand_back(order, "REVISION_CHANGED")
        return stage.success(order)

    done = await stage.run_to_end(job, verdict)

    assert done.state is JobState.COMPLETED
    specs = await stage.database.fetch("select state from runs where kind = 1")
    assert {row["state"] for row in specs} == {"REKEYED", "SUCCEEDED"}


async def test_the_same_request_id_answers_with_the_same_job(stage: Stage) -> None:
    project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
    await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id="7b1c9b1e-7b4e-4f8e-9a55-0e3f6c1b2a3d", options=UNNARRATED
    )

    one = await stage.submissions.submit(stage.workspace, request)
    two = await stage.submissions.submit(stage.workspace, request)

    assert one.job_id == two.job_id
    assert len(await stage.events(one)) == 1


@pytest.mark.parametrize("after", [state for state in JobState if state not in TRANSITIONS[JobState.PENDING]])
async def test_the_database_refuses_an_illegal_move(stage: Stage, after: JobState) -> None:
    if after is JobState.PENDING:
        return
    job = await stage.submit()

    with pytest.raises(asyncpg.CheckViolationError):
        await stage.database.execute("update jobs set state = $2 where job_id = $1", job.job_id, after.value)


async def test_the_database_holds_the_transition_table(stage: Stage) -> None:
    rows = await stage.database.fetch("select from_state, to_state from job_transitions")

    assert {(row["from_state"], row["to_state"]) for row in rows} == {
        (before.value, after.value) for before, targets in TRANSITIONS.items() for after in targets
    }


async def test_an_order_that_the_broker_lost_is_published_again_with_the_same_number(stage: Stage) -> None:
    job = await stage.submit()
    await stage.settle()
    taken = await stage.take_orders()
    for _, delivery in taken:
        await delivery.ack()
    await stage.database.execute("update runs set dispatched_at = dispatched_at - interval '1 minute'")

    await stage.loops.sweeper.step()
    await stage.database.execute("update runs set missing_since = missing_since - interval '1 minute'")
    await stage.loops.sweeper.step()
    await stage.loops.relay.step()
    again = await stage.take_orders()

    assert {(order.run_id, order.dispatch) for order, _ in again} == {
        (order.run_id, order.dispatch) for order, _ in taken
    }
    for order, delivery in again:
        await stage.report(success(order))
        await delivery.ack()
    await stage.loops.results.step()
    assert (await stage.run_to_end(job)).state is JobState.COMPLETED


async def test_what_the_broker_holds_is_not_published_again(stage: Stage) -> None:
    await stage.submit()
    await stage.settle()
    await stage.database.execute("update runs set dispatched_at = dispatched_at - interval '1 hour'")

    await stage.loops.sweeper.step()
    await stage.loops.sweeper.step()

    assert not await stage.database.fetch(SQL["take_outbox"], 10)


async def test_the_window_of_a_pool_is_never_exceeded(stage: Stage) -> None:
    await stage.loops.announcements.take(announcement(TaskKind.STILL, slots=1))
    await stage.submit()
    await stage.settle()

    flying = await stage.database.fetchval(
        "select count(*) from runs where pool = $1 and state = 'DISPATCHED'", pool_of(TaskKind.STILL)
    )

    assert flying == 2


async def test_a_screenplay_without_scenes_fails_in_planning_with_its_reason(stage: Stage) -> None:
    job = await stage.run_to_end(await stage.submit(script=b"\x00\x01\x02"))

    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.reason == jobs_pb2.FAILURE_REASON_SCREENPLAY_REFUSED
    assert (job.failure.field, job.failure.stage.name) == ("screenplay", "PLANNING")


async def test_a_result_that_nobody_can_read_is_put_away(stage: Stage) -> None:
    await stage.broker.publish_batch([OutMessage("studio.results.any", b"\xff\xff", "junk")])

    await stage.loops.results.step()

    assert await stage.loops.results.step()


async def test_a_pool_that_fell_silent_is_not_chosen_while_another_lives(stage: Stage) -> None:
    other = announcement(TaskKind.STILL)
    other.pool = "a-retired-still"
    await stage.loops.announcements.take(other)
    await stage.database.execute(
        "update pools set last_seen_at = last_seen_at - interval '1 minute' where pool = 'a-retired-still'"
    )

    job = await stage.run_to_end(await stage.submit())

    assert job.state is JobState.COMPLETED
    assert await stage.database.fetchval("select count(*) from runs where pool = 'a-retired-still'") == 0
