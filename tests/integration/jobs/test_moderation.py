"""What the studio's policy refuses is not filmed, and what it can't judge is not passed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prometheus_client import CollectorRegistry

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.domain.states import JobState
from studio_jobs.meters import Meters
from studio_jobs.moderation import Passage, Refusal
from studio_jobs.planner import Planner
from studio_jobs.productions import Productions
from studio_jobs.wake import Wakes
from studio_platform.clock import SystemClock
from studio_platform.errors import Unavailable
from studio_platform.faults import Faults
from tests.integration.jobs.stage import Stage

REFUSED_LINE = 7
SCRIPT = b"""INT. CELLAR - NIGHT

A lamp burns on the bench.

TOM
(low)
I wrote down, step by step, how to build a pipe bomb.
"""


class Away:
    """A moderator that gives no answer."""

    policy = "nobody"
    sees_pictures = True

    async def check(self, workspace: UUID, passages: Sequence[Passage]) -> Refusal | None:
        raise Unavailable("MODERATION_UNAVAILABLE", "Try again shortly.", "no answer")

    async def check_pictures(self, workspace: UUID, pictures: Sequence[bytes]) -> str:
        raise Unavailable("MODERATION_UNAVAILABLE", "Try again shortly.", "no answer")


async def test_a_refused_screenplay_fails_the_job_naming_category_and_line_and_nothing_runs(
    stage: Stage,
) -> None:
    job = await stage.run_to_end(await stage.submit(SCRIPT))

    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.reason == jobs_pb2.FAILURE_REASON_MODERATION_REFUSED
    assert (job.failure.line, "weapons" in job.failure.text) == (REFUSED_LINE, True)
    assert f"scene 1, screenplay line {REFUSED_LINE}" in job.failure.text
    assert not stage.executed


async def test_a_screenplay_that_cannot_be_judged_waits_in_validating(stage: Stage) -> None:
    planner = Planner(
        stage.database,
        Productions(stage.database, Breakdowns(stage.database), Away(), SystemClock()),
        Wakes(stage.broker),
        SystemClock(),
        Faults(),
        Meters(CollectorRegistry()),
    )
    job = await stage.submit()

    await planner.step()

    assert (await stage.job(job)).state is JobState.VALIDATING
