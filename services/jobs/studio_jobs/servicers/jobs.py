"""JobsService."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_jobs import convert
from studio_jobs.cutlists.lists import CutLists
from studio_jobs.downloads import Downloads
from studio_jobs.owner import current_workspace, not_found
from studio_jobs.pages import page_size, read_id_token, read_number_token, write_token
from studio_jobs.plan_messages import render_plan
from studio_jobs.spending import Spending
from studio_jobs.store import rows
from studio_jobs.store.jobs import Jobs
from studio_jobs.submissions import Submissions
from studio_jobs.wake import Loop, Wakes
from studio_jobs.watch import Watches

PAGE_DEFAULT = 50
PAGE_MAX = 200
TASKS_PAGE_DEFAULT = 500
TASKS_PAGE_MAX = 1000


class JobsServicer(jobs_pb2_grpc.JobsServiceServicer):
    """Jobs of the caller's workspace."""

    def __init__(
        self,
        jobs: Jobs,
        submissions: Submissions,
        downloads: Downloads,
        cut_lists: CutLists,
        watches: Watches,
        spending: Spending,
        wakes: Wakes,
        draining: asyncio.Event,
    ) -> None:
        self._jobs = jobs
        self._submissions = submissions
        self._downloads = downloads
        self._cut_lists = cut_lists
        self._watches = watches
        self._spending = spending
        self._wakes = wakes
        self._draining = draining

    async def CreateJob(self, request: jobs_pb2.CreateJobRequest, context: Any) -> jobs_pb2.Job:
        return convert.job(await self._submissions.submit(current_workspace(), request))

    async def PlanRender(self, request: jobs_pb2.PlanRenderRequest, context: Any) -> jobs_pb2.RenderPlan:
        plan = await self._submissions.plan(current_workspace(), request)
        return await asyncio.to_thread(render_plan, plan, self._spending.currency)

    async def RetryJob(self, request: jobs_pb2.RetryJobRequest, context: Any) -> jobs_pb2.Job:
        before = await self._job(request.name)
        request_id = UUID(request.request_id) if request.request_id else None
        return convert.job(await self._submissions.retry(before, request_id))

    async def GetJob(self, request: jobs_pb2.GetJobRequest, context: Any) -> jobs_pb2.Job:
        job = await self._job(request.name)
        message = await self._resource(job)
        if job.is_terminal:
            message.spent.CopyFrom(await self._spending.of(job))
        return message

    async def ListJobs(self, request: jobs_pb2.ListJobsRequest, context: Any) -> jobs_pb2.ListJobsResponse:
        size = page_size(request.page_size, PAGE_DEFAULT, PAGE_MAX)
        project = convert.parse_name(request.project, "projects", "project") if request.project else None
        after = read_id_token(request.page_token)
        found = await self._jobs.page(current_workspace(), after, size + 1, project)
        more = len(found) > size
        return jobs_pb2.ListJobsResponse(
            jobs=[convert.job(job) for job in found[:size]],
            next_page_token=write_token(str(found[size - 1].job_id)) if more else "",
        )

    async def ListTasks(self, request: jobs_pb2.ListTasksRequest, context: Any) -> jobs_pb2.ListTasksResponse:
        job = await self._job(request.job)
        size = page_size(request.page_size, TASKS_PAGE_DEFAULT, TASKS_PAGE_MAX)
        after = read_number_token(request.page_token)
        found = await self._jobs.tasks_page(job.workspace_id, job.job_id, after, size + 1)
        more = len(found) > size
        return jobs_pb2.ListTasksResponse(
            tasks=[convert.task(row, convert.engine_of_spec(row["spec"])) for row in found[:size]],
            next_page_token=write_token(str(found[size - 1]["number"])) if more else "",
        )

    async def CancelJob(self, request: jobs_pb2.CancelJobRequest, context: Any) -> jobs_pb2.Job:
        job_id = convert.parse_name(request.name, "jobs", "name")
        cancelled = await self._jobs.request_cancel(current_workspace(), job_id)
        if cancelled is None:
            raise not_found(request.name)
        await self._wakes.wake_all(Loop.RELAY, Loop.ADVANCER)
        return await self._resource(cancelled)

    async def WatchJob(
        self, request: jobs_pb2.WatchJobRequest, context: Any
    ) -> AsyncIterator[jobs_pb2.WatchJobResponse]:
        job = await self._job(request.name)
        updates = self._watches.watch(job.workspace_id, job.job_id, request.since_sequence, self._draining)
        async for update in updates:
            yield update

    async def GetDownloadUrl(
        self, request: jobs_pb2.GetDownloadUrlRequest, context: Any
    ) -> jobs_pb2.GetDownloadUrlResponse:
        job = await self._job(request.name)
        if request.task:
            return await self._downloads.sign_task(job, request.task, request.asset)
        return await self._downloads.sign(job, request.asset, request.output)

    async def GetCutList(self, request: jobs_pb2.GetCutListRequest, context: Any) -> jobs_pb2.CutList:
        return await self._cut_lists.of(await self._job(request.name), request.format)

    async def _job(self, name: str) -> rows.Job:
        found = await self._jobs.get(current_workspace(), convert.parse_name(name, "jobs", "name"))
        if found is None:
            raise not_found(name)
        return found

    async def _resource(self, job: rows.Job) -> jobs_pb2.Job:
        message = convert.job(job)
        if not job.is_terminal:
            for pool, since in await self._jobs.pools_awaited(job.job_id):
                message.waiting_for_capacity.add(pool=f"pools/{pool}", since_time=convert.timestamp(since))
        return message
