"""New jobs: their inputs pinned, their options completed, refused when nothing could make them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.casting.entries import Casting
from studio_jobs.domain.states import JobState
from studio_jobs.owner import not_found
from studio_jobs.plan_refusals import plan_refusal, require_budget
from studio_jobs.pool_choices import choose_pools
from studio_jobs.production import SHOTS_MAX
from studio_jobs.productions import NO_PROJECT, PassageRefused, ShotsMax, Text, Wanted
from studio_jobs.render_options import completed
from studio_jobs.render_plans import RenderPlan, RenderPlans
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.selections import is_selective
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.castings import Castings, packed
from studio_jobs.store.jobs import POOL_SILENCE, Jobs, NewJob
from studio_jobs.store.projects import Projects
from studio_jobs.wake import Loop, Wakes
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition, FieldViolation, InvalidInput

_RenderRequest = jobs_pb2.CreateJobRequest | jobs_pb2.PlanRenderRequest


class Submissions:
    """Accepts renders and retries, and plans renders without accepting them."""

    def __init__(
        self,
        database: Database,
        projects: Projects,
        jobs: Jobs,
        plans: RenderPlans,
        wakes: Wakes,
        clock: Clock,
        shots_max: ShotsMax | None = None,
    ) -> None:
        """With `shots_max`, films of workspaces that may have fewer than SHOTS_MAX are counted at once."""
        self._database = database
        self._projects = projects
        self._castings = Castings(database)
        self._jobs = jobs
        self._plans = plans
        self._wakes = wakes
        self._clock = clock
        self._shots_max = shots_max

    async def submit(self, workspace: UUID, request: jobs_pb2.CreateJobRequest) -> rows.Job:
        """Accept a render of a project's revision.

        Raises NotFound, InvalidInput, and FailedPrecondition without a screenplay or a pool, or over budget.
        """
        wanted, casting = await self._wanted(workspace, request)
        pools = await self._database.fetch(SQL["pools"])
        choose_pools(wanted.options, pools, self._clock.now() - POOL_SILENCE)
        new = NewJob(
            workspace,
            wanted.project_id,
            wanted.revision,
            wanted.options,
            UUID(request.request_id) if request.request_id else None,
            _digest(b"render", request),
            packed(casting),
            wanted.edit_sequence,
        )
        is_checked = bool(
            request.budget_micros or is_selective(wanted.options.selection) or wanted.languages
        ) or (self._shots_max is not None and await self._shots_max(workspace) < SHOTS_MAX)
        if is_checked and await self._jobs.known(new) is None:
            await self._require_affordable(wanted, request.budget_micros)
        return await self._accept(new)

    async def plan(self, workspace: UUID, request: jobs_pb2.PlanRenderRequest) -> RenderPlan:
        """What a render would do; nothing is accepted. Raises what `submit` raises."""
        wanted = replace(await self._wanted_of_plan(workspace, request), is_only_asked_for=True)
        try:
            return await self._plans.of(wanted)
        except (ScreenplayRefused, PassageRefused) as refused:
            raise plan_refusal(refused) from refused

    async def _require_affordable(self, wanted: Wanted, budget_micros: int) -> None:
        """Raises what `plan` raises, and FailedPrecondition when more cost is expected than a budget."""
        try:
            _, estimates = await self._plans.estimated(wanted)
        except (ScreenplayRefused, PassageRefused) as refused:
            raise plan_refusal(refused) from refused
        if budget_micros:
            require_budget(estimates.total.cost_micros.expected, budget_micros, self._plans.currency)

    async def _wanted_of_plan(self, workspace: UUID, request: jobs_pb2.PlanRenderRequest) -> Wanted:
        if not request.content:
            wanted, _ = await self._wanted(workspace, request)
            return wanted
        if request.revision:
            rule = "must be empty with content"
            raise InvalidInput(
                "REVISION_AND_CONTENT", f"revision {rule}", violations=(FieldViolation("revision", rule),)
            )
        project_id = NO_PROJECT
        if request.project:
            project_id = convert.parse_name(request.project, "projects", "project")
            if await self._projects.get(workspace, project_id) is None:
                raise not_found(request.project)
        text = Text(request.content, int(request.format))
        return Wanted(workspace, project_id, 0, completed(request.options), text=text)

    async def _wanted(self, workspace: UUID, request: _RenderRequest) -> tuple[Wanted, Casting]:
        project_id = convert.parse_name(request.project, "projects", "project")
        found = await self._castings.with_project(workspace, project_id)
        if found is None:
            raise not_found(request.project)
        project, casting = found
        revision = await self._revision(workspace, project, request)
        options = completed(request.options)
        return Wanted(workspace, project_id, revision, options, casting, project.edit_sequence), casting

    async def retry(self, before: rows.Job, request_id: UUID | None) -> rows.Job:
        """A new job on the pinned inputs of one that failed or was cancelled. Raises FailedPrecondition."""
        if before.state not in (JobState.FAILED, JobState.CANCELLED):
            raise FailedPrecondition(
                "JOB_NOT_RETRYABLE",
                f"Only a job that FAILED or was CANCELLED can be retried; this one is {before.state.value}.",
                metadata={"state": before.state.value},
            )
        new = NewJob(
            before.workspace_id,
            before.project_id,
            before.revision,
            before.options,
            request_id,
            hashlib.sha256(b"retry" + before.job_id.bytes).hexdigest(),
            await self._casting_of(before),
            before.edit_sequence,
            before.job_id,
        )
        return await self._accept(new)

    async def _casting_of(self, before: rows.Job) -> bytes:
        """What a job was created with; for a job from before castings were kept, the present one."""
        pinned: bytes | None = await self._database.fetchval(SQL["job_casting"], before.job_id)
        if pinned is not None:
            return pinned
        return packed(await self._castings.casting(before.workspace_id, before.project_id))

    async def _accept(self, new: NewJob) -> rows.Job:
        job, is_new = await self._jobs.create(new)
        if is_new:
            await self._wakes.wake_all(Loop.PLANNER, Loop.RELAY)
        return job

    async def _revision(self, workspace: UUID, project: rows.Project, request: _RenderRequest) -> int:
        if not request.revision:
            return _latest(project)
        owner, number = convert.parse_revision_name(request.revision, "revision")
        if owner != project.project_id:
            text = "must be a revision of the project"
            raise InvalidInput(
                "REVISION_OF_OTHER_PROJECT",
                f"revision {text}",
                violations=(FieldViolation("revision", text),),
            )
        if await self._projects.revision(workspace, project.project_id, number) is None:
            raise not_found(request.revision)
        return number


def _latest(project: rows.Project) -> int:
    if not project.latest_revision:
        raise FailedPrecondition(
            "PROJECT_WITHOUT_SCREENPLAY", "The project has no screenplay yet; import one first."
        )
    return project.latest_revision


def _digest(kind: bytes, request: jobs_pb2.CreateJobRequest) -> str:
    plain = jobs_pb2.CreateJobRequest()
    plain.CopyFrom(request)
    plain.ClearField("request_id")
    return hashlib.sha256(kind + plain.SerializeToString(deterministic=True)).hexdigest()
