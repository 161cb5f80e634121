"""Each target on real Postgres: what runs, the states that its job passes, and the file that it is about."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import WAY, JobState, TaskKind
from studio_jobs.domain.states import Stage as JobStage
from studio_jobs.store import rows
from studio_jobs.targets import KINDS_OF_TARGET
from tests.integration.jobs.stage import SCRIPT, Stage, announcement
from tests.integration.jobs.test_pipeline import states_of

TARGETS = {jobs_pb2.Target.Name(target): target for target in KINDS_OF_TARGET}


async def rendered(stage: Stage, target: jobs_pb2.Target.ValueType, project: UUID | None = None) -> rows.Job:
    if project is None:
        project = (await stage.projects.create(stage.workspace, "Test", None)).project_id
        await stage.projects.import_screenplay(stage.workspace, project, SCRIPT, 0)
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{project}",
        request_id=str(uuid4()),
        options=jobs_pb2.RenderOptions(target=target, narrate=False),
    )
    return await stage.run_to_end(await stage.submissions.submit(stage.workspace, request))


async def kinds_run(stage: Stage, job: rows.Job) -> set[TaskKind]:
    tasks = await stage.jobs.tasks_page(stage.workspace, job.job_id, 0, 10_000)
    return {TaskKind(task["kind"]) for task in tasks if not task["cached"]}


@pytest.mark.parametrize("name", TARGETS)
async def test_a_target_passes_all_nine_states_and_runs_its_own_kinds(stage: Stage, name: str) -> None:
    job = await rendered(stage, TARGETS[name])

    assert job.state is JobState.COMPLETED
    assert states_of(await stage.events(job)) == [state.value for state in WAY]
    assert await kinds_run(stage, job) == KINDS_OF_TARGET[TARGETS[name]]
    assert job.film_key is not None


async def test_stages_without_tasks_are_told_as_skipped(stage: Stage) -> None:
    job = await rendered(stage, jobs_pb2.TARGET_STORYBOARD)

    skipped = {jobs_pb2.JobState.Name(event.state) for event in await stage.events(job) if event.skipped}

    assert skipped == {"JOB_STATE_GENERATING_VIDEO", "JOB_STATE_GENERATING_AUDIO"}
    assert job.counts[JobStage.IMAGES].done > 0


async def test_a_film_after_its_storyboard_makes_no_still_again(stage: Stage) -> None:
    board = await rendered(stage, jobs_pb2.TARGET_STORYBOARD)

    film = await rendered(stage, jobs_pb2.TARGET_FILM, board.project_id)

    assert TaskKind.STILL not in await kinds_run(stage, film)


async def test_a_table_read_needs_no_pool_of_pictures(stage: Stage) -> None:
    await stage.database.execute("delete from pools")
    for kind in KINDS_OF_TARGET[jobs_pb2.TARGET_TABLE_READ]:
        await stage.loops.announcements.take(announcement(kind))

    job = await rendered(stage, jobs_pb2.TARGET_TABLE_READ)

    assert job.state is JobState.COMPLETED
