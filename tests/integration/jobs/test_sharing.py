"""Many jobs and large ones: who is served when, and what is refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest

from filmstudio.generation.v1 import message_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.advancer import DUE_JOBS_BATCH_MAX
from studio_jobs.domain.fairness import window_runs
from studio_jobs.domain.states import JobState, TaskKind
from studio_jobs.domain.states import Stage as JobStage
from studio_jobs.production import SHOTS_MAX
from studio_jobs.store import rows
from studio_jobs.store.quotas import Limits, OwnLimits
from studio_platform.errors import ResourceExhausted
from studio_platform.settings import DatabaseSettings
from tests.integration.jobs.stage import UNNARRATED, Stage, announcement

SLOTS = 2
WINDOW_RUNS = window_runs(1, SLOTS)
CONNECTIONS_MAX = int(DatabaseSettings.model_fields["database_pool_size_max"].default)
CROWD_JOBS = DUE_JOBS_BATCH_MAX * 4
DEPTH = 4
"""A film's longest way: still, clip, segment, film."""

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(360)]


def script_of(shots: int, shots_a_scene: int = 100) -> bytes:
    """A screenplay that breaks down into so many shots."""
    lines = []
    for number in range(shots):
        if number % shots_a_scene == 0:
            lines.append(f"INT. ROOM {number // shots_a_scene + 1} - DAY")
        lines.append(f"Door number {number + 1} opens.")
    return "\n\n".join(lines).encode()


async def submit_as(stage: Stage, workspace: UUID, shots: int) -> rows.Job:
    stage.workspace = workspace
    return await stage.submit(script_of(shots))


async def narrow_pools(stage: Stage) -> None:
    """Let every pool work on little at a time."""
    for kind in TaskKind:
        await stage.loops.announcements.take(announcement(kind, slots=SLOTS))


async def test_a_small_job_beside_the_largest_is_done_after_few_of_its_runs(stage: Stage) -> None:
    await narrow_pools(stage)
    large_owner, small_owner = uuid4(), uuid4()
    large = await submit_as(stage, large_owner, SHOTS_MAX)
    await stage.settle()
    small = await submit_as(stage, small_owner, 5)
    runs: Counter[UUID] = Counter()

    def counted(order: message_pb2.RunOrder) -> message_pb2.RunResult:
        runs[UUID(order.workspace_id)] += 1
        return stage.success(order)

    done = await stage.run_to_end(small, counted)

    # At each level what is in flight ends first, then the two owners share the window evenly.
    rounds_a_level = 1 + -(-5 // (WINDOW_RUNS // 2))
    assert done.state is JobState.COMPLETED
    assert runs[large_owner] <= DEPTH * rounds_a_level * WINDOW_RUNS * len(TaskKind)
    assert (await stage.job(large)).counts[JobStage.IMAGES].total == SHOTS_MAX


async def test_owners_with_equal_jobs_are_served_in_turn(stage: Stage) -> None:
    await narrow_pools(stage)
    owners = [uuid4() for _ in range(3)]
    jobs = [await submit_as(stage, owner, 8) for owner in owners]
    order: list[UUID] = []

    def counted(run: message_pb2.RunOrder) -> message_pb2.RunResult:
        order.append(UUID(run.workspace_id))
        return stage.success(run)

    for job in jobs:
        await stage.run_to_end(job, counted)

    # Whoever is ahead is never further ahead than a window of each pool.
    counts: Counter[UUID] = Counter()
    for owner in order[: len(order) // 2]:
        counts[owner] += 1
        assert max(counts.values()) - min(counts[other] for other in owners) <= WINDOW_RUNS * len(TaskKind)


async def crowd_of(stage: Stage, asked: int) -> list[rows.Job | BaseException]:
    """What each of so many submits of one screenplay comes to, all at once."""
    project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
    await stage.projects.import_screenplay(stage.workspace, project, script_of(1), 0)
    requests = [
        jobs_pb2.CreateJobRequest(project=f"projects/{project}", request_id=str(uuid4()), options=UNNARRATED)
        for _ in range(asked)
    ]

    # More than there are connections, and few enough that none waits for one until its deadline.
    at_once = asyncio.Semaphore(CONNECTIONS_MAX * 4)

    async def submitted(request: jobs_pb2.CreateJobRequest) -> rows.Job:
        async with at_once:
            return await stage.submissions.submit(stage.workspace, request)

    return await asyncio.gather(*map(submitted, requests), return_exceptions=True)


@pytest.mark.parametrize(("limit", "asked"), [(20, 60), (Limits().unfinished_jobs_max, 1_100)])
async def test_of_jobs_submitted_at_once_as_many_as_the_limit_are_accepted(
    stage: Stage, limit: int, asked: int
) -> None:
    await stage.quotas.give(stage.workspace, OwnLimits(unfinished_jobs_max=limit), to_defaults=False)

    answers = await crowd_of(stage, asked)

    refused = [answer for answer in answers if not isinstance(answer, rows.Job)]
    assert len(answers) - len(refused) == limit
    assert {type(answer) for answer in refused} == {ResourceExhausted}
    assert await stage.database.fetchval("select count(*) from jobs") == limit


async def test_a_crowd_submitted_at_once_completes_and_nothing_is_made_twice(stage: Stage) -> None:
    answers = await crowd_of(stage, CROWD_JOBS)

    jobs = [answer for answer in answers if isinstance(answer, rows.Job)]
    assert len(jobs) == CROWD_JOBS
    for job in jobs:
        assert (await stage.run_to_end(job)).state is JobState.COMPLETED
    assert len(stage.executed) == len(set(stage.executed))


async def test_one_job_too_many_is_refused_with_the_limit_and_a_time_to_come_again(
    stage: Stage,
) -> None:
    await stage.quotas.give(stage.workspace, OwnLimits(unfinished_jobs_max=1), to_defaults=False)
    await stage.submit()

    with pytest.raises(ResourceExhausted) as refused:
        await stage.submit()

    assert refused.value.reason == "TOO_MANY_JOBS"
    assert refused.value.metadata == {"field": "unfinished_jobs", "limit": "1"}
    assert refused.value.retry_after_seconds


async def test_a_request_that_made_a_job_answers_with_it_also_at_the_limit(
    stage: Stage,
) -> None:
    await stage.quotas.give(stage.workspace, OwnLimits(unfinished_jobs_max=1), to_defaults=False)
    project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
    await stage.projects.import_screenplay(stage.workspace, project, script_of(1), 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}", request_id=str(uuid4()), options=UNNARRATED
    )
    first = await stage.submissions.submit(stage.workspace, request)

    again = await stage.submissions.submit(stage.workspace, request)

    assert again.job_id == first.job_id


async def test_more_shots_than_the_limit_fail_in_planning_with_limit_and_line(stage: Stage) -> None:
    job = await stage.run_to_end(await stage.submit(script_of(SHOTS_MAX + 1)))

    assert job.failure is not None
    assert job.failure.reason == jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED
    assert str(SHOTS_MAX) in job.failure.text
    assert (job.failure.field, job.failure.line > SHOTS_MAX) == ("screenplay", True)
    assert not stage.executed
