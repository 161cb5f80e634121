"""A watch that asks for what comes after events that there are not: it ends with its job, and is no fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.feeds import PREVIEW_BYTES_MAX, Feeds
from studio_jobs.garbage.departures import remove_job_rows
from studio_jobs.store import rows
from studio_jobs.watch import Watches
from studio_platform.clock import SystemClock
from studio_platform.errors import NotFound
from studio_platform.topology import progress_subject
from tests.integration.jobs.stage import Stage

SEQUENCE_OF_UINT64_MAX = 2**64 - 1
PICTURE = b"\xff\xd8 a small picture"


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


class Looker:
    """Somebody who watches a job and keeps what is told of its runs' progress."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.feeds = Feeds(stage.broker)

    async def next_progress(self, job: rows.Job) -> jobs_pb2.TaskProgress:
        """The first that a watcher is told who joins now."""
        watches = Watches(self._stage.database, self.feeds, SystemClock())
        updates = watches.watch(job.workspace_id, job.job_id, 0, asyncio.Event())
        async with asyncio.timeout(30), aclosing(updates):
            async for update in updates:
                if update.HasField("progress"):
                    return update.progress
        raise AssertionError("the job ended first")

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear the broker meanwhile."""
        listening = asyncio.create_task(self.feeds.listen_progress())
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def say_until(
        self, order: message_pb2.RunOrder, said: message_pb2.RunProgress, heard: Callable[[], bool]
    ) -> None:
        """Tell of an order's run as its worker does, until it is heard: the first may come too early."""
        said.run_id, said.dispatch = order.run_id, said.dispatch or order.dispatch
        async with asyncio.timeout(30):
            while not heard():
                await self._stage.broker.poke(
                    progress_subject(order.workspace_id, order.run_id), said.SerializeToString()
                )
                await asyncio.sleep(0.01)


async def at_work(stage: Stage) -> tuple[rows.Job, message_pb2.RunOrder]:
    """A job, and an order of it that a worker has in hand."""
    job = await stage.submit()
    await stage.settle()
    (order, _), *_ = await stage.take_orders()
    return job, order


def progress(percent: int, preview_jpeg: bytes = b"", dispatch: int = 0) -> message_pb2.RunProgress:
    return message_pb2.RunProgress(percent=percent, preview_jpeg=preview_jpeg, dispatch=dispatch)


async def told_of(
    looker: Looker, job: rows.Job, order: message_pb2.RunOrder, said: message_pb2.RunProgress
) -> jobs_pb2.TaskProgress:
    told = asyncio.create_task(looker.next_progress(job))
    await looker.say_until(order, said, told.done)
    return told.result()


async def test_a_watcher_is_shown_what_there_is_of_a_picture(stage: Stage) -> None:
    looker = Looker(stage)
    job, order = await at_work(stage)

    async with looker.listening():
        told = await told_of(looker, job, order, progress(40, PICTURE))

    assert (told.percent, told.preview_jpeg) == (40, PICTURE)


async def test_who_begins_to_watch_is_shown_the_last_preview_of_what_runs(stage: Stage) -> None:
    looker = Looker(stage)
    job, order = await at_work(stage)
    async with looker.listening():
        for said in (progress(30, b"an older picture"), progress(40, PICTURE), progress(41)):
            await told_of(looker, job, order, said)

    assert (await looker.next_progress(job)).preview_jpeg == PICTURE


async def test_a_new_dispatch_begins_without_the_picture_of_the_one_before(stage: Stage) -> None:
    looker = Looker(stage)
    job, order = await at_work(stage)
    async with looker.listening():
        await told_of(looker, job, order, progress(40, PICTURE))
        # Kept ones come first: once none comes, what is told is the new dispatch's own.
        again = progress(0, dispatch=order.dispatch + 1)
        while (await told_of(looker, job, order, again)).preview_jpeg:
            pass

        assert (await told_of(looker, job, order, again)).preview_jpeg == b""


async def test_a_preview_beyond_the_limit_is_left_out(stage: Stage) -> None:
    looker = Looker(stage)
    job, order = await at_work(stage)

    async with looker.listening():
        told = await told_of(looker, job, order, progress(40, bytes(PREVIEW_BYTES_MAX + 1)))

    assert (told.percent, told.preview_jpeg) == (40, b"")
