"""Calls about jobs as things that go on: all of them, and what happens to one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import grpc

from filmstudio.calls import Absence, Caller, OnAway
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.refusals import cause_of

JOBS_PAGE_MAX = 200
EVENTS_EXPIRED = "EVENTS_EXPIRED"

TERMINAL_STATES = frozenset(
    {jobs_pb2.JOB_STATE_COMPLETED, jobs_pb2.JOB_STATE_FAILED, jobs_pb2.JOB_STATE_CANCELLED}
)


class Jobs:
    """`async for job in studio.jobs()`, `async for event in studio.jobs.watch(job.name)`."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._caller = caller
        self._jobs = jobs_pb2_grpc.JobsServiceStub(channel)

    async def __call__(self, page_size: int = 50) -> AsyncGenerator[jobs_pb2.Job, None]:
        """All jobs, the newest first, fetched by pages of at most JOBS_PAGE_MAX."""
        request = jobs_pb2.ListJobsRequest(page_size=min(page_size, JOBS_PAGE_MAX))
        async with aclosing(self._caller.pages(self._jobs.ListJobs, request)) as pages:
            async for page in pages:
                for job in page.jobs:
                    yield job

    async def watch(self, name: str, since_sequence: int = 0) -> AsyncGenerator[jobs_pb2.JobEvent, None]:
        """Every event of a job after a number, each once and in order, then live, until the job has ended.

        It goes on over lost connections. Raises FilmStudioError.
        """
        async with aclosing(self.updates(name, since_sequence)) as updates:
            async for update in updates:
                if update.HasField("event"):
                    yield update.event

    async def updates(
        self, name: str, since_sequence: int = 0, on_away: OnAway | None = None
    ) -> AsyncGenerator[jobs_pb2.WatchJobResponse, None]:
        """Events as `watch` gives them, and between them the progress of what runs.

        Events that are not kept any more are left out when all are asked for (0).
        """
        absence = Absence()
        while True:
            request = jobs_pb2.WatchJobRequest(name=name, since_sequence=since_sequence)
            try:
                async with aclosing(self._caller.stream(self._jobs.WatchJob, request, absence)) as updates:
                    async for update in updates:
                        yield update
                        if update.HasField("event"):
                            since_sequence = update.event.sequence
                            if update.event.state in TERMINAL_STATES:
                                return
            except grpc.aio.AioRpcError as error:
                oldest = _oldest_sequence(error) if since_sequence == 0 else 0
                if oldest:
                    since_sequence = oldest - 1
                    continue
                await self._caller.wait_out(error, absence, on_away)
            else:
                await absence.pause()


def _oldest_sequence(error: grpc.aio.AioRpcError) -> int:
    """The oldest event that is kept, from the studio's refusal of an older one; else 0."""
    cause = cause_of(error)
    return int(cause.details.get("oldest_sequence", 0)) if cause.reason == EVENTS_EXPIRED else 0
