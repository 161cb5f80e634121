"""What clients do to the simulated studio: submit, ask twice, cancel, retry, watch."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import JobState
from studio_jobs.store import rows
from studio_platform.errors import Aborted, FailedPrecondition, NotFound, StudioError
from tests.simulation.laws import Laws
from tests.simulation.loop import SimulatedLoop
from tests.simulation.members import Desk

T = TypeVar("T")

CALL_TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS = 0.5

SCRIPTS = (
    b"INT. KITCHEN - NIGHT\n\nMARA stands by the table.\n\nMARA\nIs anybody there?\n",
    b"EXT. STREET - DAY\n\nA car waits.\n",
    b"INT. KITCHEN - NIGHT\n\nMARA stands by the table.\n\nMARA\nIs anybody there?\n\nTOM\nOnly me.\n\n"
    b"EXT. STREET - DAY\n\nA car waits.\n",
)


@dataclass(frozen=True, slots=True)
class JobWish:
    """A job that a client wants: when, of which project and script, and what it does to it after."""

    name: str
    at_seconds: float
    workspace: int
    script: int
    cancel_after_seconds: float | None
    retries_max: int
    watched: bool


def wishes(random: Random, horizon_seconds: float) -> list[JobWish]:
    """A few jobs, most of them of the same few projects, so that they share runs."""
    return [
        JobWish(
            name=f"job-{number}",
            at_seconds=random.uniform(0, horizon_seconds / 3),
            workspace=random.choice((0, 0, 0, 1)),
            script=random.choice((0, 0, 1, 2)),
            cancel_after_seconds=random.expovariate(0.3) if random.random() < 0.4 else None,
            retries_max=random.choice((0, 1, 2)),
            watched=random.random() < 0.5,
        )
        for number in range(random.randint(2, 5))
    ]


PAIRS = 8
PAIRS_SECONDS = 6.0
PLANNING_SECONDS = 0.6
"""About how long after its submission a job asks for its first runs, at most."""


def pairs(random: Random) -> list[JobWish]:
    """Pairs of jobs that share their runs: one asks for them at about when the other is cancelled."""
    return [wish for number in range(PAIRS) for wish in _pair(random, number)]


def _pair(random: Random, number: int) -> tuple[JobWish, JobWish]:
    one = JobWish(
        name=f"job-{2 * number}",
        at_seconds=random.uniform(0, PAIRS_SECONDS),
        workspace=number,
        script=0,
        cancel_after_seconds=random.uniform(0, 4 * PLANNING_SECONDS),
        retries_max=1,
        watched=False,
    )
    cancelled_at = one.at_seconds + (one.cancel_after_seconds or 0.0)
    other_at = max(0.0, cancelled_at - random.uniform(0, PLANNING_SECONDS))
    return one, replace(one, name=f"job-{2 * number + 1}", at_seconds=other_at, cancel_after_seconds=None)


OWNERS = 6
WANTED_AGAIN = 5
WANTED_AGAIN_SECONDS = 60.0


def wanted_again(random: Random) -> list[JobWish]:
    """Jobs that want what jobs before them made, a moment or a while after those are forgotten."""
    return [
        JobWish(
            name=f"job-{owner}-{number}",
            at_seconds=random.uniform(0, WANTED_AGAIN_SECONDS),
            workspace=owner,
            script=0,
            cancel_after_seconds=None,
            retries_max=1,
            watched=False,
        )
        for owner in range(OWNERS)
        for number in range(WANTED_AGAIN)
    ]


def _uuid(*parts: object) -> UUID:
    return UUID(bytes=hashlib.sha256(repr(parts).encode()).digest()[:16], version=4)


@dataclass(slots=True)
class Clients:
    """Calls whichever replica answers; each call runs within the replica's process."""

    loop: SimulatedLoop
    laws: Laws
    desks: dict[str, Desk] = field(default_factory=dict)
    unfinished: int = 0

    def opened(self, desk: Desk) -> None:
        """A replica takes calls."""
        self.desks[desk.process.name] = desk

    async def fulfil(self, wish: JobWish, *, cancel: bool) -> None:
        """All that a client wants of one job."""
        self.unfinished += 1
        await asyncio.sleep(wish.at_seconds)
        workspace, job = await self._submit(wish)
        for attempt in range(wish.retries_max + 1):
            if wish.watched:
                self.unfinished += 1
                self.loop.create_task(self._watch(workspace, job.job_id))
            if cancel and wish.cancel_after_seconds is not None and attempt == 0:
                await asyncio.sleep(wish.cancel_after_seconds)
                await self._cancel(workspace, job.job_id)
            ended = await self._end_of(workspace, job.job_id)
            if ended is None:
                break
            if ended.state is JobState.COMPLETED or attempt == wish.retries_max:
                break
            job = await self._retry(ended, _uuid("retry", wish.name, attempt))
        self.unfinished -= 1

    async def _submit(self, wish: JobWish) -> tuple[UUID, rows.Job]:
        workspace, request = _uuid("workspace", wish.workspace), _uuid("request", wish.name)
        project = await self.call(
            lambda desk: desk.projects.create(workspace, "Film", _uuid("project", wish.script))
        )
        await self.call(
            lambda desk: desk.projects.import_screenplay(
                workspace, project.project_id, SCRIPTS[wish.script], 0
            )
        )
        asked = jobs_pb2.CreateJobRequest(
            project=f"projects/{project.project_id}",
            request_id=str(request),
            options=jobs_pb2.RenderOptions(narrate=False),
        )
        job = await self.call(lambda desk: desk.submissions.submit(workspace, asked))
        return workspace, job

    async def _cancel(self, workspace: UUID, job_id: UUID) -> None:
        await self.call(lambda desk: desk.jobs.request_cancel(workspace, job_id))

    async def _retry(self, ended: rows.Job, request: UUID) -> rows.Job:
        return await self.call(lambda desk: desk.submissions.retry(ended, request))

    async def _end_of(self, workspace: UUID, job_id: UUID) -> rows.Job | None:
        """The job at its end; None when it was kept no longer before anybody looked."""
        while True:
            job = await self.call(lambda desk: desk.jobs.get(workspace, job_id))
            if job is None and job_id in self.laws.deleted_jobs:
                return None
            if job is None:
                self.laws.breach("an accepted job is never lost", str(job_id))
                await asyncio.get_running_loop().create_future()
            elif job.is_terminal:
                return job
            await asyncio.sleep(PAUSE_SECONDS)

    async def call(self, request: Callable[[Desk], Awaitable[T]]) -> T:
        """Ask replicas in turn until one answers."""
        while True:
            for desk in list(self.desks.values()):
                if desk.process.is_alive:
                    try:
                        return await self._ask(desk, request)
                    except (StudioError, TimeoutError) as refused:
                        if isinstance(refused, StudioError) and not _is_passing(refused):
                            raise
            await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, desk: Desk, request: Callable[[Desk], Awaitable[T]]) -> T:
        answer: asyncio.Future[T] = self.loop.create_future()

        async def serve() -> None:
            try:
                result = await request(desk)
            except Exception as error:  # noqa: BLE001 - it is the caller's to judge
                if not answer.done():
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(result)

        self.loop.spawn(desk.process, serve(), "call")
        async with asyncio.timeout(CALL_TIMEOUT_SECONDS):
            return await answer

    async def _watch(self, workspace: UUID, job_id: UUID) -> None:
        """Follow a job from replica to replica: every event once, in order, to its end."""
        seen: list[jobs_pb2.JobEvent] = []
        turn = 0

        async def follow(desk: Desk) -> None:
            nonlocal turn
            turn += 1
            mine, since = turn, len(seen)
            async for update in desk.watches.watch(workspace, job_id, since, desk.stopping):
                if mine != turn:
                    return
                if update.HasField("event"):
                    seen.append(update.event)
                    if update.event.sequence != len(seen):
                        self.laws.breach(
                            "a watcher hears every event once", f"{len(seen)}: {update.event.sequence}"
                        )

        while (not seen or seen[-1].state not in _TERMINAL) and job_id not in self.laws.deleted_jobs:
            with contextlib.suppress(NotFound):
                await self.call(follow)
        self.unfinished -= 1


_TERMINAL = frozenset({jobs_pb2.JOB_STATE_COMPLETED, jobs_pb2.JOB_STATE_FAILED, jobs_pb2.JOB_STATE_CANCELLED})


def _is_passing(refused: StudioError) -> bool:
    """Whether the same call may do better later: servers away, or no pool announced yet."""
    return (
        not isinstance(refused, FailedPrecondition | Aborted | NotFound) or refused.reason == "POOL_MISSING"
    )
