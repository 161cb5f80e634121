"""A job's events from any number on, then live: what WatchJob streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.states import TERMINAL
from studio_jobs.feeds import Feeds, Heard
from studio_jobs.owner import not_found
from studio_jobs.sql import SQL
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import OutOfRange

SILENCE_SECONDS = 1.0
"""After this long without a live event, Postgres is read: the net under lost messages."""

EVENTS_READ_MAX = 500
RUNS_READ_INTERVAL_SECONDS = 1.0
SEQUENCE_MAX = 2**63 - 1
"""Postgres counts no further; no event has such a number."""

_TERMINAL_NUMBERS = frozenset(convert.state_number(state) for state in TERMINAL)


class Watches:
    """Makes streams of updates; every replica can serve every job."""

    def __init__(self, database: Database, feeds: Feeds, clock: Clock) -> None:
        self._database = database
        self._feeds = feeds
        self._clock = clock

    async def watch(
        self, workspace_id: UUID, job_id: UUID, since: int, draining: asyncio.Event
    ) -> AsyncGenerator[jobs_pb2.WatchJobResponse]:
        """Every event after `since`, without a gap, until the job is terminal or the server drains.

        Raises OutOfRange when events after `since` are not kept any more, NotFound when the job is deleted
        meanwhile.
        """
        with self._feeds.subscribe(workspace_id, job_id) as feed:
            stream = _Stream(self._database, self._clock, job_id, since)
            await stream.look_back()
            async for update in stream.read():
                yield update
            while not stream.ended and not draining.is_set():
                heard = await _next(feed)
                async for update in stream.take(heard):
                    yield update


async def _next(feed: asyncio.Queue[Heard]) -> Heard | None:
    """What is heard next; None after a second of silence."""
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            return await feed.get()
    except TimeoutError:
        return None


class _Stream:
    """One watcher's place in a job's events."""

    def __init__(self, database: Database, clock: Clock, job_id: UUID, since: int) -> None:
        self._database = database
        self._clock = clock
        self._job_id = job_id
        self._sequence = min(since, SEQUENCE_MAX)
        self._runs: dict[str, tuple[int, str]] = {}
        self._runs_read_at = float("-inf")
        self.ended = False
        self._is_ahead = False
        """Whether it asked for what comes after an event that there is not yet, and may never be."""

    async def look_back(self) -> bool:
        """Whether there is more to read; who had the last event of an ended job, or says so, is at the end.

        Raises NotFound when there is no event: a job has its first as long as it is there.
        """
        newest = await self._database.fetchrow(SQL["newest_event"], self._job_id)
        if newest is None:
            raise not_found(convert.job_name(self._job_id))
        self._is_ahead = newest["sequence"] < self._sequence
        if newest["sequence"] <= self._sequence:
            self.ended = jobs_pb2.JobEvent.FromString(newest["payload"]).state in _TERMINAL_NUMBERS
        return bool(newest["sequence"] > self._sequence)

    async def take(self, heard: Heard | None) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        """The updates that follow from a live message, or from silence."""
        if isinstance(heard, message_pb2.RunProgress):
            progress = await self._progress(heard)
            if progress is not None:
                yield jobs_pb2.WatchJobResponse(progress=progress)
        elif heard is not None and heard.sequence == self._sequence + 1:
            yield self._advanced(heard)
        elif heard is None or self._is_ahead:
            if await self.look_back():
                async for update in self.read():
                    yield update
        elif heard.sequence > self._sequence:
            async for update in self.read():
                yield update

    async def read(self) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        """All events in Postgres that this watcher has not had. Raises OutOfRange when one was trimmed."""
        while not self.ended:
            found = await self._database.fetch(
                SQL["events_after"], self._job_id, self._sequence, EVENTS_READ_MAX
            )
            if found and found[0]["sequence"] > self._sequence + 1:
                raise _expired(found[0]["sequence"])
            for row in found:
                yield self._advanced(jobs_pb2.JobEvent.FromString(row["payload"]))
            if len(found) < EVENTS_READ_MAX:
                return

    def _advanced(self, event: jobs_pb2.JobEvent) -> jobs_pb2.WatchJobResponse:
        self._sequence = event.sequence
        self.ended = event.state in _TERMINAL_NUMBERS
        return jobs_pb2.WatchJobResponse(event=event)

    async def _progress(self, heard: message_pb2.RunProgress) -> jobs_pb2.TaskProgress | None:
        if heard.run_id not in self._runs:
            await self._read_runs()
        task = self._runs.get(heard.run_id)
        if task is None:
            return None
        number, display_name = task
        return jobs_pb2.TaskProgress(
            task=convert.task_name(self._job_id, number),
            display_name=display_name,
            percent=heard.percent,
            preview_jpeg=heard.preview_jpeg,
        )

    async def _read_runs(self) -> None:
        """Other jobs of the workspace send progress too: look once a second at most."""
        now = self._clock.monotonic()
        if now < self._runs_read_at + RUNS_READ_INTERVAL_SECONDS:
            return
        self._runs_read_at = now
        rows = await self._database.fetch(SQL["task_of_run"], self._job_id)
        self._runs = {str(row["run_id"]): (row["number"], row["display_name"]) for row in rows}


def _expired(oldest: int) -> OutOfRange:
    return OutOfRange(
        "EVENTS_EXPIRED",
        f"Events before {oldest} are not kept any more; watch from since_sequence {oldest - 1}.",
        metadata={"oldest_sequence": str(oldest)},
    )
