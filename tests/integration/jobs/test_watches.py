"""A watch that asks for what comes after events that there are not: it ends with its job, and is no fault."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.departures import remove_job_rows
from studio_jobs.store import rows
from studio_jobs.watch import Watches
from studio_platform.clock import SystemClock
from studio_platform.errors import NotFound
from tests.integration.jobs.stage import Stage

SEQUENCE_OF_UINT64_MAX = 2**64 - 1


async def watched(stage: Stage, job: rows.Job, since: int) -> list[jobs_pb2.WatchJobResponse]:
    """All that a watcher is told that joins after `since`."""
    watches = Watches(stage.database, Feeds(stage.broker), SystemClock())
    async with asyncio.timeout(30):
        updates = watches.watch(job.workspace_id, job.job_id, since, asyncio.Event())
        return [update async for update in updates]


async def last_sequence(stage: Stage, job: rows.Job) -> int:
    return int((await stage.events(job))[-1].sequence)


@pytest.mark.parametrize("ahead", [1, 1000])
async def test_a_watch_from_beyond_the_last_event_of_a_finished_job_ends_at_once(
    stage: Stage, ahead: int
) -> None:
    job = await stage.run_to_end(await stage.submit())
    last = await last_sequence(stage, job)

    assert await watched(stage, job, last + ahead) == []


async def test_a_watch_from_beyond_what_postgres_counts_to_ends_too(stage: Stage) -> None:
    job = await stage.run_to_end(await stage.submit())

    assert await watched(stage, job, SEQUENCE_OF_UINT64_MAX) == []


async def test_a_watch_from_beyond_the_last_event_ends_when_its_job_does(stage: Stage) -> None:
    job = await stage.submit()
    watch = asyncio.create_task(watched(stage, job, 1000))

    await stage.run_to_end(job)

    assert await watch == []


async def test_a_watch_from_one_event_ahead_is_told_what_comes_after_it(stage: Stage) -> None:
    job = await stage.submit()
    ahead = await last_sequence(stage, job) + 1
    watches = Watches(stage.database, Feeds(stage.broker), SystemClock())

    async with (
        asyncio.timeout(30),
        aclosing(watches.watch(job.workspace_id, job.job_id, ahead, asyncio.Event())) as updates,
    ):
        first = asyncio.create_task(anext(updates))
        await stage.run_to_end(job)

        assert (await first).event.sequence == ahead + 1


async def test_a_watch_of_a_job_whose_rows_are_removed_meanwhile_ends_and_says_so(stage: Stage) -> None:
    job = await stage.submit()
    last = await last_sequence(stage, job)
    watches = Watches(stage.database, Feeds(stage.broker), SystemClock())

    async with (
        asyncio.timeout(30),
        aclosing(watches.watch(job.workspace_id, job.job_id, last - 1, asyncio.Event())) as updates,
    ):
        heard = await anext(updates)
        async with stage.database.transaction() as tx:
            await remove_job_rows(tx, [job.job_id])

        with pytest.raises(NotFound, match=str(job.job_id)):
            await anext(updates)

    assert heard.event.sequence == last
