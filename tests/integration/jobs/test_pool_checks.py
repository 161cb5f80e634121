"""A check of a pool: a real run through its queue, on real Postgres, with workers that the test plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from filmstudio.generation.v1 import message_pb2
from studio_jobs.checks import pool_checks
from studio_jobs.checks.pool_checks import STUDIO_WORKSPACE, Checked, PoolChecks
from studio_jobs.domain.states import TaskKind
from studio_jobs.wake import Wakes
from studio_platform.broker import OutMessage
from studio_platform.clock import SystemClock
from studio_platform.deadlines import set_remaining_seconds
from studio_platform.errors import DeadlineExceeded, FailedPrecondition, NotFound, ResourceExhausted
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.pools import kind_word
from studio_platform.topology import result_subject
from tests.integration.jobs.stage import Stage, failure, hand_back, pool_of, success

STILLS = pool_of(TaskKind.STILL)


@pytest.fixture
def objects() -> MemoryObjectStore:
    return MemoryObjectStore()


@pytest.fixture(autouse=True)
async def bounded() -> None:
    """No check of these tests waits longer than this."""
    set_remaining_seconds(15)


@pytest.fixture
def checks(stage: Stage, objects: MemoryObjectStore) -> PoolChecks:
    return PoolChecks(stage.database, stage.broker, objects, Wakes(stage.broker), SystemClock())


async def waiting_run(stage: Stage, checking: asyncio.Task[Checked]) -> None:
    """Return when the check's run waits for the dispatcher."""
    async with asyncio.timeout(10):
        while not await stage.database.fetchval("select count(*) from runs where state = 'WAITING'"):
            await asyncio.wait({checking}, timeout=0.01)


@asynccontextmanager
async def ordered(stage: Stage, checks: PoolChecks, pool: str) -> AsyncIterator[asyncio.Task[Checked]]:
    """A check under way, its order at the broker."""
    checking = asyncio.create_task(checks.check(pool))
    try:
        await waiting_run(stage, checking)
        await stage.settle()
        yield checking
    finally:
        checking.cancel()
        await asyncio.gather(checking, return_exceptions=True)


async def report(stage: Stage, order: message_pb2.RunOrder, result: message_pb2.RunResult) -> None:
    """Publish a result where the worker of its kind does."""
    subject = result_subject(kind_word(order.inline.spec.kind))
    await stage.broker.publish_batch([OutMessage(subject, result.SerializeToString(), str(uuid4()))])


def timed(order: message_pb2.RunOrder) -> message_pb2.RunResult:
    """A worker's success with its times."""
    result = success(order)
    result.worker, result.run_ms, result.upload_ms = "imagegen@host:7", 12, 3
    return result


@pytest.mark.parametrize("kind", list(TaskKind))
async def test_a_pool_of_every_kind_is_checked_by_a_run_of_its_own(
    stage: Stage, checks: PoolChecks, objects: MemoryObjectStore, kind: TaskKind
) -> None:
    async with ordered(stage, checks, pool_of(kind)) as checking:
        orders = await stage.take_orders()
        await report(stage, orders[0][0], timed(orders[0][0]))
        checked = await checking

    ((order, _),) = orders
    assert (checked.worker, checked.run_ms, checked.upload_ms) == ("imagegen@host:7", 12, 3)
    assert order.inline.spec.kind == int(kind)
    assert order.inline.spec.engine.engine == "null"
    assert order.workspace_id == str(STUDIO_WORKSPACE)
    wanted = {part.sha256 for entry in order.inline.inputs for part in entry.manifest.parts}
    assert {f"blobs/{STUDIO_WORKSPACE}/{sha256}" for sha256 in wanted} == set(objects.objects)


async def test_two_checks_of_a_pool_are_two_runs(stage: Stage, checks: PoolChecks) -> None:
    keys = []
    for _ in range(2):
        async with ordered(stage, checks, STILLS) as checking:
            ((order, delivery),) = await stage.take_orders()
            keys.append(order.content_key)
            await report(stage, order, timed(order))
            await delivery.ack()
            await checking
        await stage.loops.results.step()

    assert len(set(keys)) == 2


async def test_a_pool_without_a_live_worker_is_told_with_since_when_and_gets_no_run(
    stage: Stage, checks: PoolChecks
) -> None:
    await stage.database.execute("update pools set last_seen_at = '2026-01-02 03:04:05+00'")

    with pytest.raises(FailedPrecondition) as refused:
        await checks.check(STILLS)

    assert refused.value.reason == "POOL_SILENT"
    assert f"pools/{STILLS}" in refused.value.user_text
    assert "2026-01-02 03:04:05" in refused.value.user_text
    assert await stage.database.fetchval("select count(*) from runs") == 0


async def test_an_unknown_pool_is_not_found(checks: PoolChecks) -> None:
    with pytest.raises(NotFound):
        await checks.check("nobody")


async def test_a_worker_that_fails_is_told_at_once_and_the_run_is_not_tried_again(
    stage: Stage, checks: PoolChecks
) -> None:
    async with ordered(stage, checks, STILLS) as checking:
        ((order, delivery),) = await stage.take_orders()
        await report(stage, order, failure(order))
        await delivery.ack()
        await stage.loops.results.step()
        with pytest.raises(FailedPrecondition) as refused:
            await checking

    assert refused.value.reason == "POOL_CHECK_FAILED"
    assert "the engine failed" in refused.value.user_text
    assert "secret" not in refused.value.user_text
    assert await stage.database.fetchval("select state from runs") == "CANCELLED"


async def test_what_a_draining_worker_gives_back_is_sent_once_more(stage: Stage, checks: PoolChecks) -> None:
    async with ordered(stage, checks, STILLS) as checking:
        ((order, delivery),) = await stage.take_orders()
        await report(stage, order, hand_back(order))
        await delivery.ack()
        await stage.loops.results.step()
        await waiting_run(stage, checking)
        await stage.settle()
        ((again, _),) = await stage.take_orders()
        await report(stage, again, timed(again))
        checked = await checking

    assert checked.attempts == 2
    assert again.content_key != order.content_key


async def test_a_check_that_nobody_takes_ends_by_its_deadline_and_stops_its_run(
    stage: Stage, checks: PoolChecks
) -> None:
    set_remaining_seconds(pool_checks.ANSWER_MARGIN_SECONDS + 0.5)

    async with ordered(stage, checks, STILLS) as checking:
        with pytest.raises(DeadlineExceeded) as late:
            await checking

    assert late.value.reason == "POOL_CHECK_LATE"
    assert "nothing came back" in late.value.user_text
    await stage.loops.cancels.step()
    assert await stage.database.fetchval("select state from runs") == "CANCELLED"


async def test_a_check_behind_a_full_window_says_so(stage: Stage, checks: PoolChecks) -> None:
    set_remaining_seconds(pool_checks.ANSWER_MARGIN_SECONDS + 0.3)

    with pytest.raises(DeadlineExceeded, match="window"):
        await checks.check(STILLS)

    assert await stage.database.fetchval("select state from runs") == "CANCELLED"


async def test_a_worker_whose_word_was_lost_is_told_by_the_run_itself(
    stage: Stage, checks: PoolChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_checks, "result_subject", lambda kind: f"studio.nowhere.{kind}")

    async with ordered(stage, checks, STILLS) as checking:
        ((order, delivery),) = await stage.take_orders()
        await report(stage, order, timed(order))
        await delivery.ack()
        await stage.loops.results.step()
        checked = await checking

    assert (checked.worker, checked.run_ms) == ("", 12)


async def test_more_checks_at_a_time_than_the_limit_are_refused(
    stage: Stage, checks: PoolChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [asyncio.create_task(checks.check(STILLS)) for _ in range(pool_checks.CHECKS_MAX)]
    await asyncio.wait(full, timeout=0)

    with pytest.raises(ResourceExhausted):
        await checks.check(STILLS)

    for checking in full:
        checking.cancel()
    await asyncio.gather(*full, return_exceptions=True)
