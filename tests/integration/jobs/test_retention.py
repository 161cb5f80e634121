"""Events of jobs that ended long ago go, all but the last; who watches is told what is kept."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import housekeeping, watch
from studio_jobs.feeds import Feeds
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.watch import Watches
from studio_platform.clock import SystemClock
from studio_platform.errors import OutOfRange
from tests.integration.jobs.stage import Stage

KEPT = timedelta(days=90)


async def ended(stage: Stage, days_ago: int) -> rows.Job:
    """A finished job that ended so long ago."""
    job = await stage.run_to_end(await stage.submit())
    await stage.database.execute(
        "update jobs set ended_at = ended_at - $2::interval where job_id = $1",
        job.job_id,
        timedelta(days=days_ago),
    )
    return job


async def trim(stage: Stage) -> int:
    """Let the housekeeping go on until there is nothing left; how many batches it took."""
    batches = 0
    while await stage.loops.housekeeping.trim(KEPT):
        batches += 1
    return batches


async def watched(stage: Stage, job: rows.Job, since: int) -> list[jobs_pb2.JobEvent]:
    """What a watcher is told that joins after `since`."""
    watches = Watches(stage.database, Feeds(stage.broker), SystemClock())
    updates = watches.watch(job.workspace_id, job.job_id, since, asyncio.Event())
    async with asyncio.timeout(10):
        return [update.event async for update in updates]


async def test_only_the_last_event_of_an_old_job_is_left(stage: Stage) -> None:
    job = await ended(stage, days_ago=91)
    before = await stage.events(job)

    await trim(stage)

    assert len(before) > 1
    assert await stage.events(job) == before[-1:]
    assert before[-1].state == jobs_pb2.JOB_STATE_COMPLETED


async def test_younger_and_unfinished_jobs_keep_every_event(stage: Stage) -> None:
    young = await ended(stage, days_ago=89)
    unfinished = await stage.submit()
    await stage.settle()
    await stage.database.execute("update job_events set created_at = created_at - interval '200 days'")
    before = [await stage.events(job) for job in (young, unfinished)]

    assert await trim(stage) == 0
    assert [await stage.events(job) for job in (young, unfinished)] == before


async def test_a_watch_from_before_the_kept_range_is_told_the_oldest_sequence(stage: Stage) -> None:
    job = await ended(stage, days_ago=91)
    last = (await stage.events(job))[-1].sequence
    await trim(stage)

    with pytest.raises(OutOfRange) as refused:
        await watched(stage, job, 0)

    assert refused.value.metadata["oldest_sequence"] == str(last)


async def test_a_watch_whose_next_events_are_trimmed_while_it_reads_is_told_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await ended(stage, days_ago=91)
    last = (await stage.events(job))[-1].sequence
    monkeypatch.setattr(watch, "EVENTS_READ_MAX", 1)
    watches = Watches(stage.database, Feeds(stage.broker), SystemClock())

    async with (
        asyncio.timeout(10),
        aclosing(watches.watch(job.workspace_id, job.job_id, 0, asyncio.Event())) as told,
    ):
        first = (await anext(told)).event.sequence
        await trim(stage)

        with pytest.raises(OutOfRange) as refused:
            await anext(told)

    assert first == 1
    assert refused.value.metadata["oldest_sequence"] == str(last)


async def test_a_watch_within_the_kept_range_is_told_how_the_job_ended(stage: Stage) -> None:
    job = await ended(stage, days_ago=91)
    last = (await stage.events(job))[-1]
    await trim(stage)

    assert await watched(stage, job, last.sequence - 1) == [last]
    assert await watched(stage, job, last.sequence) == []


async def test_many_events_go_in_bounded_batches_the_oldest_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await ended(stage, days_ago=91)
    events = await stage.events(job)
    batch = len(events) // 2
    monkeypatch.setattr(housekeeping, "EVENTS_BATCH_MAX", batch)

    await stage.loops.housekeeping.trim(KEPT)
    left = [event.sequence for event in await stage.events(job)]
    await trim(stage)

    assert left == [event.sequence for event in events[batch:]]
    assert await stage.events(job) == events[-1:]


async def test_a_trimmed_job_is_not_looked_at_again(stage: Stage) -> None:
    await ended(stage, days_ago=91)

    assert await trim(stage) == 1
    assert await trim(stage) == 0


async def test_two_replicas_trim_different_jobs(stage: Stage) -> None:
    jobs = [await ended(stage, days_ago=91) for _ in range(2)]

    await asyncio.gather(stage.loops.housekeeping.trim(KEPT), stage.loops.housekeeping.trim(KEPT))
    await trim(stage)

    assert [len(await stage.events(job)) for job in jobs] == [1, 1]


async def test_finding_old_jobs_and_their_events_scans_no_table(stage: Stage) -> None:
    await ended(stage, days_ago=91)
    async with stage.database.transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        plan = await tx.fetch("explain " + SQL["jobs_to_trim"], datetime.now(UTC), 10)

    assert "jobs_to_trim" in str(plan)
