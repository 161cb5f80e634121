"""Histories of two replicas on a real Postgres: acts as data, played one after another or at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import asyncpg
import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TERMINAL, TRANSITIONS, JobState, TaskKind
from tests.integration.jobs.stage import UNNARRATED
from tests.integration.jobs.workshop import Report

if TYPE_CHECKING:
    from tests.integration.jobs.theatre import Theatre

JOBS_MAX = 5
_NAMES = UUID("6f2f7a52-58a0-4f8e-9d6c-0d5a3a4b1c11")

SCRIPTS = (
    b"INT. KITCHEN - NIGHT\n\nMARA stands by the table.\n\nMARA\nIs anybody there?\n",
    b"INT. KITCHEN - NIGHT\n\nMARA stands by the table.\n\nMARA\nIs anybody there?\n\n"
    b"EXT. STREET - DAY\n\nA car waits.\n\nIt rains.\n\nThe car is gone.\n",
)
"""A film's first revision, and its second, which has a scene more: more shots than a window takes."""


LOOPS = ("planner", "advancer", "dispatcher", "relay", "results", "cancels", "sweeper")
"""What a replica turns, in the order of a job's way."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A loop of a replica takes one step."""

    replica: int
    loop: str

    async def play(self, theatre: Theatre) -> None:
        await theatre.turn(self.replica, self.loop)


@dataclass(frozen=True, slots=True)
class Round:
    """Both replicas take a step of every loop, and each pool's workers begin an order."""

    async def play(self, theatre: Theatre) -> None:
        await theatre.turn_all()
        await theatre.take_all()


@dataclass(frozen=True, slots=True)
class Finish:
    """Workers succeed with all that they have begun."""

    async def play(self, theatre: Theatre) -> None:
        await theatre.finish_all()


@dataclass(frozen=True, slots=True)
class Submit:
    """A client asks a replica for a film of a revision, and asks again as if the answer were lost."""

    replica: int
    owner: int
    revision: int

    async def play(self, theatre: Theatre) -> None:
        if len(theatre.jobs) >= JOBS_MAX:
            return
        stage = theatre.replicas[self.replica]
        workspace = uuid5(_NAMES, f"owner {self.owner}")
        project = await stage.projects.create(workspace, "Film", uuid5(_NAMES, f"film {self.owner}"))
        await stage.projects.import_screenplay(workspace, project.project_id, SCRIPTS[self.revision], 0)
        request = jobs_pb2.CreateJobRequest(
            project=f"projects/{project.project_id}",
            request_id=str(uuid5(_NAMES, f"request {len(theatre.jobs)}")),
            options=UNNARRATED,
        )
        first = await stage.submissions.submit(workspace, request)
        again = await theatre.replicas[1 - self.replica].submissions.submit(workspace, request)
        assert again.job_id == first.job_id
        theatre.add(first)


@dataclass(frozen=True, slots=True)
class Cancel:
    """A client cancels a job."""

    job: int

    async def play(self, theatre: Theatre) -> None:
        if (job := theatre.job(self.job)) is not None:
            await theatre.replicas[0].jobs.request_cancel(job.workspace_id, job.job_id)


@dataclass(frozen=True, slots=True)
class Retry:
    """A client retries a job that failed or was cancelled."""

    job: int

    async def play(self, theatre: Theatre) -> None:
        job = theatre.job(self.job)
        if job is None or len(theatre.jobs) >= JOBS_MAX:
            return
        now = await theatre.replicas[1].job(job)
        if now.state in (JobState.FAILED, JobState.CANCELLED):
            theatre.add(await theatre.replicas[1].submissions.retry(now, None))


@dataclass(frozen=True, slots=True)
class Take:
    """A worker of a pool takes an order."""

    kind: TaskKind

    async def play(self, theatre: Theatre) -> None:
        await theatre.workshop.take(self.kind)


@dataclass(frozen=True, slots=True)
class Tell:
    """A worker tells what became of its order, perhaps long after others were given it."""

    hand: int
    report: Report

    async def play(self, theatre: Theatre) -> None:
        hands = theatre.workshop.hands
        if hands:
            await theatre.workshop.report(hands[self.hand % len(hands)], self.report)


@dataclass(frozen=True, slots=True)
class StopCancelled:
    """Workers hear which runs are cancelled."""

    async def play(self, theatre: Theatre) -> None:
        await theatre.workshop.stop_cancelled()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A pool's engine becomes another, and both replicas hear of it at once."""

    kind: TaskKind

    async def play(self, theatre: Theatre) -> None:
        theatre.workshop.upgrade(self.kind)
        await theatre.announce()


@dataclass(frozen=True, slots=True)
class Vanish:
    """A pool's workers are gone, with what they had begun; nobody announces it."""

    kind: TaskKind

    async def play(self, theatre: Theatre) -> None:
        theatre.workshop.vanish(self.kind)


@dataclass(frozen=True, slots=True)
class Return:
    """Every pool that vanished is back."""

    async def play(self, theatre: Theatre) -> None:
        theatre.workshop.silent.clear()
        await theatre.announce()


@dataclass(frozen=True, slots=True)
class Pass:
    """Time passes; pools that are there announce themselves."""

    seconds: int

    async def play(self, theatre: Theatre) -> None:
        await theatre.pass_time(self.seconds)


@dataclass(frozen=True, slots=True)
class Wipe:
    """The broker loses its disk."""

    async def play(self, theatre: Theatre) -> None:
        theatre.laws.incidents += 1
        theatre.broker.wipe()


@dataclass(frozen=True, slots=True)
class Meddle:
    """Somebody tries to move a job by hand where it may not go."""

    job: int
    state: JobState

    async def play(self, theatre: Theatre) -> None:
        job = theatre.job(self.job)
        if job is None:
            return
        async with theatre.replicas[0].database.connection() as connection:
            now = JobState(await connection.fetchval("select state from jobs where job_id = $1", job.job_id))
            if self.state is now or self.state in TRANSITIONS[now]:
                return
            ended_at = theatre.clock.now() if self.state in TERMINAL else None
            with pytest.raises(asyncpg.CheckViolationError, match=r"terminal|may not move"):
                await connection.execute(_MEDDLE, job.job_id, self.state.value, ended_at)


_MEDDLE = """
update jobs set state = $2, ended_at = $3, failure_reason = case when $2 = 'FAILED' then 1 else 0 end
where job_id = $1
"""

Act = (
    Turn
    | Round
    | Finish
    | Submit
    | Cancel
    | Retry
    | Take
    | Tell
    | StopCancelled
    | Upgrade
    | Vanish
    | Return
    | Pass
    | Wipe
    | Meddle
)
Scene = Sequence[Act]
"""Acts that happen at once."""


async def played(theatre: Theatre, history: Sequence[Scene]) -> None:
    """Play a history, its laws checked after each scene; then peace, in which everything must end."""
    for scene in history:
        async with asyncio.TaskGroup() as group:
            for act in scene:
                group.create_task(act.play(theatre))
        await theatre.check()
    await theatre.rest()
