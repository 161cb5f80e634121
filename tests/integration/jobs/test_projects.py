"""Projects, their screenplays, jobs and downloads, as two workspaces see them, on real Postgres."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.cutlists.lists import CutLists
from studio_jobs.domain.states import JobState
from studio_jobs.downloads import URL_LIFE_SECONDS, Downloads
from studio_jobs.feeds import Feeds
from studio_jobs.servicers.jobs import JobsServicer
from studio_jobs.servicers.projects import ProjectsServicer
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_jobs.spending import Spending
from studio_jobs.wake import Wakes
from studio_jobs.watch import Watches
from studio_platform.clock import SystemClock
from studio_platform.errors import Aborted, FailedPrecondition, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.cutting_room import sources_of
from tests.integration.jobs.stage import SCRIPT, UNNARRATED, Stage


@dataclass(frozen=True, slots=True)
class Service:
    """The servicers of one replica; `stage` works for them."""

    stage: Stage
    projects: ProjectsServicer
    screenplays: ScreenplayServicer
    jobs: JobsServicer

    async def project(self, display_name: str = "Rain", request_id: str = "") -> projects_pb2.Project:
        request = projects_pb2.CreateProjectRequest(
            project=projects_pb2.Project(display_name=display_name), request_id=request_id
        )
        return await self.projects.CreateProject(request, None)

    async def job(self, project: str) -> jobs_pb2.Job:
        await self.screenplays.ImportScreenplay(
            screenplay_pb2.ImportScreenplayRequest(project=project, content=SCRIPT), None
        )
        return await self.jobs.CreateJob(jobs_pb2.CreateJobRequest(project=project, options=UNNARRATED), None)

    async def names(self) -> list[str]:
        """Every project that the caller can list, page by page."""
        names: list[str] = []
        token = ""
        while True:
            request = projects_pb2.ListProjectsRequest(page_token=token, page_size=2)
            page = await self.projects.ListProjects(request, None)
            names += [project.display_name for project in page.projects]
            token = page.next_page_token
            if not token:
                return names


@pytest.fixture
def service(stage: Stage) -> Service:
    clock, broker = SystemClock(), stage.broker
    downloads = Downloads(stage.jobs, stage.projects, MemoryObjectStore(), clock)
    jobs = JobsServicer(
        stage.jobs,
        stage.submissions,
        downloads,
        CutLists(stage.database, stage.jobs, downloads),
        Watches(stage.database, Feeds(broker), clock),
        Spending(stage.database, "EUR"),
        Wakes(broker),
        asyncio.Event(),
    )
    return Service(
        stage, ProjectsServicer(stage.projects), ScreenplayServicer(stage.projects, sources_of(stage)), jobs
    )


def call_as(workspace: UUID) -> None:
    """The calls that follow come from a member of this workspace."""
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(workspace)))


async def test_a_project_is_made_read_renamed_and_deleted(service: Service) -> None:
    call_as(service.stage.workspace)
    made = await service.project("Rain")

    renamed = await service.projects.UpdateProject(
        projects_pb2.UpdateProjectRequest(
            project=projects_pb2.Project(name=made.name, display_name="Sun", etag=made.etag)
        ),
        None,
    )
    read = await service.projects.GetProject(projects_pb2.GetProjectRequest(name=made.name), None)
    await service.projects.DeleteProject(projects_pb2.DeleteProjectRequest(name=made.name), None)

    assert (made.display_name, renamed.display_name, read) == ("Rain", "Sun", renamed)
    assert renamed.etag != made.etag
    with pytest.raises(NotFound):
        await service.projects.GetProject(projects_pb2.GetProjectRequest(name=made.name), None)


async def test_the_same_request_id_answers_with_the_same_project(service: Service) -> None:
    call_as(service.stage.workspace)
    request_id = str(uuid4())

    first, second = [await service.project("Rain", request_id) for _ in range(2)]

    assert first == second


async def test_projects_are_listed_the_newest_first_on_pages_without_a_gap(service: Service) -> None:
    call_as(service.stage.workspace)
    made = [await service.project(name) for name in ("one", "two", "three", "four", "five")]

    # Names hold the time to the millisecond; within one they are in no order.
    newest_first = sorted(made, key=lambda project: project.name, reverse=True)
    assert await service.names() == [project.display_name for project in newest_first]


async def test_a_change_of_what_another_changed_meanwhile_is_aborted(service: Service) -> None:
    call_as(service.stage.workspace)
    made = await service.project()
    change = projects_pb2.UpdateProjectRequest(project=made)
    await service.projects.UpdateProject(change, None)

    with pytest.raises(Aborted):
        await service.projects.UpdateProject(change, None)
    with pytest.raises(Aborted):
        await service.projects.DeleteProject(
            projects_pb2.DeleteProjectRequest(name=made.name, etag=made.etag), None
        )


async def test_a_mask_may_name_what_can_change_alone(service: Service) -> None:
    call_as(service.stage.workspace)
    change = projects_pb2.UpdateProjectRequest(project=await service.project())
    change.update_mask.paths.append("create_time")

    with pytest.raises(InvalidInput, match="create_time"):
        await service.projects.UpdateProject(change, None)


async def test_a_project_with_a_running_job_is_not_deleted(service: Service) -> None:
    call_as(service.stage.workspace)
    made = await service.project()
    await service.job(made.name)

    with pytest.raises(FailedPrecondition):
        await service.projects.DeleteProject(projects_pb2.DeleteProjectRequest(name=made.name), None)


async def test_another_workspaces_project_and_job_do_not_exist(service: Service) -> None:
    call_as(service.stage.workspace)
    project = await service.project()
    job = await service.job(project.name)
    call_as(uuid4())

    calls = (
        service.projects.GetProject(projects_pb2.GetProjectRequest(name=project.name), None),
        service.projects.UpdateProject(projects_pb2.UpdateProjectRequest(project=project), None),
        service.projects.DeleteProject(projects_pb2.DeleteProjectRequest(name=project.name), None),
        service.job(project.name),
        service.jobs.GetJob(jobs_pb2.GetJobRequest(name=job.name), None),
        service.jobs.ListTasks(jobs_pb2.ListTasksRequest(job=job.name), None),
        service.jobs.CancelJob(jobs_pb2.CancelJobRequest(name=job.name), None),
        service.jobs.RetryJob(jobs_pb2.RetryJobRequest(name=job.name), None),
        service.jobs.GetDownloadUrl(jobs_pb2.GetDownloadUrlRequest(name=job.name), None),
        service.jobs.GetCutList(jobs_pb2.GetCutListRequest(name=job.name), None),
    )
    answers = [await asyncio.gather(call, return_exceptions=True) for call in calls]

    assert [type(answer) for (answer,) in answers] == [NotFound] * len(calls)
    assert await service.names() == []
    assert not (await service.jobs.ListJobs(jobs_pb2.ListJobsRequest(), None)).jobs


async def test_the_jobs_of_a_project_are_listed_with_their_state(service: Service) -> None:
    call_as(service.stage.workspace)
    first, second = await service.project(), await service.project()
    job = await service.job(first.name)
    await service.job(second.name)

    listed = await service.jobs.ListJobs(jobs_pb2.ListJobsRequest(project=first.name), None)

    assert [(found.name, found.state) for found in listed.jobs] == [(job.name, jobs_pb2.JOB_STATE_PENDING)]


async def test_a_finished_job_has_a_signed_address_that_ends_and_an_unfinished_one_has_none(
    service: Service,
) -> None:
    call_as(service.stage.workspace)
    project = await service.project("Rain & Sun")
    job = await service.job(project.name)
    request = jobs_pb2.GetDownloadUrlRequest(name=job.name)
    with pytest.raises(FailedPrecondition):
        await service.jobs.GetDownloadUrl(request, None)

    found = await service.stage.jobs.get(service.stage.workspace, UUID(job.name.removeprefix("jobs/")))
    assert found is not None
    done = await service.stage.run_to_end(found)
    download = await service.jobs.GetDownloadUrl(request, None)

    assert done.state is JobState.COMPLETED
    assert (download.filename, download.media_type) == ("rain-sun.mp4", "video/mp4")
    assert download.sha256 in download.url
    assert f"expires={URL_LIFE_SECONDS}" in download.url


async def test_what_a_task_made_has_an_address_of_its_own(service: Service) -> None:
    call_as(service.stage.workspace)
    job = await service.job((await service.project("Rain & Sun")).name)
    request = jobs_pb2.GetDownloadUrlRequest(name=job.name, task=1)
    with pytest.raises(NotFound):
        await service.jobs.GetDownloadUrl(request, None)

    found = await service.stage.jobs.get(service.stage.workspace, UUID(job.name.removeprefix("jobs/")))
    assert found is not None
    await service.stage.run_to_end(found)
    tasks = await service.jobs.ListTasks(jobs_pb2.ListTasksRequest(job=job.name), None)
    download = await service.jobs.GetDownloadUrl(request, None)

    words = tasks.tasks[0].display_name.replace(" ", "-")
    assert download.filename == f"rain-sun-{words}.mp4"
    assert download.sha256 in download.url


@pytest.mark.parametrize(
    ("asset", "task", "refusal"),
    [
        (jobs_pb2.ASSET_STEM_MUSIC, 0, InvalidInput),
        (jobs_pb2.ASSET_POSTER, 1, InvalidInput),
        (jobs_pb2.ASSET_STEM_MUSIC, 1, NotFound),
        (jobs_pb2.ASSET_UNSPECIFIED, 999_999, NotFound),
    ],
)
async def test_stems_are_those_of_a_task_that_has_them(
    service: Service, asset: jobs_pb2.Asset.ValueType, task: int, refusal: type[Exception]
) -> None:
    call_as(service.stage.workspace)
    job = await service.job((await service.project()).name)
    found = await service.stage.jobs.get(service.stage.workspace, UUID(job.name.removeprefix("jobs/")))
    assert found is not None
    await service.stage.run_to_end(found)

    with pytest.raises(refusal):
        await service.jobs.GetDownloadUrl(
            jobs_pb2.GetDownloadUrlRequest(name=job.name, asset=asset, task=task), None
        )
