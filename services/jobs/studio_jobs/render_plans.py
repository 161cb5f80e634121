"""What a render would do, without doing it: its own plan, judged, estimated, compared with the last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from studio_jobs.domain.causes import Cause
from studio_jobs.domain.differences import Differences, ShotTask, compare
from studio_jobs.domain.estimates import Estimates, Tariff, engines_of, estimate
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.paces import PaceKey
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.verdicts import Judging, Made
from studio_jobs.edits.shots import UNEDITED, ShotEdit, shot_edits
from studio_jobs.productions import Productions, Wanted
from studio_jobs.selections import is_selective
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.edit_rows import documents_at
from studio_platform.database import Database

RENDERS_LOOKED_AT_MAX = 20
"""So many of a project's newest jobs are looked through for one to compare with."""


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """A judged plan; `last_job` is the render that `differences` are to, or None."""

    wanted: Wanted
    judged: Judging
    estimates: Estimates
    last_job: UUID | None
    differences: Differences


class RenderPlans:
    """Reads only: not a row is written or locked. `currency` is what the pools' prices are in."""

    def __init__(self, database: Database, productions: Productions, currency: str) -> None:
        self.currency = currency
        self._database = database
        self._productions = productions

    async def of(self, wanted: Wanted) -> RenderPlan:
        """The plan of a render with its differences. Raises what Productions.plan raises."""
        planned = await self._productions.plan(wanted)
        judged, estimates = await self._estimated(wanted.workspace_id, planned.plan)
        last, before = await self._last_render(wanted)
        after = shot_tasks(judged.plan)
        if is_selective(wanted.options.selection):
            selected = {task.shot_id for task in after}
            before = [task for task in before if task.shot_id in selected]
        edited = await self._edited_since(last, wanted, planned.shots) if last else {}
        differences = await asyncio.to_thread(compare, before, after, edited)
        return RenderPlan(wanted, judged, estimates, last.job_id if last else None, differences)

    async def _edited_since(
        self, last: rows.Job, wanted: Wanted, now: Mapping[str, ShotEdit]
    ) -> dict[str, set[Cause]]:
        if last.edit_sequence == wanted.edit_sequence:
            return {}
        documents = await documents_at(
            self._database, wanted.workspace_id, wanted.project_id, last.edit_sequence
        )
        then = shot_edits(documents)
        return {shot_id: _edited(then, now, shot_id) for shot_id in {*then, *now}}

    async def estimated(self, wanted: Wanted) -> tuple[Judging, Estimates]:
        """The plan of a render, judged and estimated. Raises what Productions.plan raises."""
        planned = await self._productions.plan(wanted)
        return await self._estimated(wanted.workspace_id, planned.plan)

    async def _estimated(self, workspace: UUID, plan: Plan) -> tuple[Judging, Estimates]:
        judged = await self.judged(workspace, plan)
        paces = await self._paces(plan)
        return judged, await asyncio.to_thread(estimate, judged, paces, await self._tariffs())

    async def judged(self, workspace: UUID, plan: Plan) -> Judging:
        """The verdicts of a plan's tasks: two statements for plan keys, and one a level of the graph."""
        keys = sorted(set(plan.plan_keys))
        resolved = await self._database.fetch(SQL["resolutions_by_plan_keys"], workspace, keys)
        there = await self._made(workspace, {row["content_key"] for row in resolved})
        known = {
            row["plan_key"]: there[row["content_key"]] for row in resolved if row["content_key"] in there
        }
        judging = Judging(plan, known)
        while wanted := await asyncio.to_thread(judging.look):
            judging.learn(await self._made(workspace, wanted))
        return judging

    async def _made(self, workspace: UUID, keys: Iterable[bytes]) -> dict[bytes, Made]:
        """What is there of content keys."""
        found = await self._database.fetch(SQL["made_by_keys"], workspace, sorted(keys))
        return {row["content_key"]: Made(row["digest"], row["length_ms"]) for row in found}

    async def _paces(self, plan: Plan) -> Mapping[PaceKey, Sequence[int]]:
        found = await self._database.fetch(SQL["paces"], sorted(engines_of(plan.tasks)))
        return paces_of(found)

    async def _tariffs(self) -> dict[str, Tariff]:
        return {row["pool"]: tariff_of(row) for row in await self._database.fetch(SQL["pools"])}

    async def _last_render(self, wanted: Wanted) -> tuple[rows.Job | None, list[ShotTask]]:
        newest = await self._database.fetch(
            SQL["jobs_page_of_project"], wanted.workspace_id, None, RENDERS_LOOKED_AT_MAX, wanted.project_id
        )
        last = next((job for job in map(rows.job, newest) if _is_comparable(job, wanted)), None)
        if last is None:
            return None, []
        tasks = await self._database.fetch(SQL["tasks_of_plan"], wanted.workspace_id, last.job_id)
        return last, [_shot_task(row) for row in tasks]


def _edited(then: Mapping[str, ShotEdit], now: Mapping[str, ShotEdit], shot_id: str) -> set[Cause]:
    """What people edited of a shot between two renders that its specs can't tell."""
    before, after = (edits.get(shot_id, UNEDITED).settings for edits in (then, now))
    causes = set()
    if (before.prompt, before.prompt_addition, before.negative_prompt) != (
        after.prompt,
        after.prompt_addition,
        after.negative_prompt,
    ):
        causes.add(Cause.PROMPT)
    if before.duration_ms != after.duration_ms:
        causes.add(Cause.DURATION)
    return causes


def _is_comparable(job: rows.Job, wanted: Wanted) -> bool:
    """Whether it was planned, for the same target and quality, and for all shots or just these."""
    was, now = job.options, wanted.options
    is_planned = any(count.total for count in job.counts.values())
    is_wide = not is_selective(was.selection) or was.selection == now.selection
    return is_planned and is_wide and (was.target, was.quality) == (now.target, now.quality)


def paces_of(found: Sequence[rows.Record]) -> dict[PaceKey, Sequence[int]]:
    """The paces of rows."""
    return {
        PaceKey(row["engine"], row["kind"], row["size_class"], row["length_class"]): row["samples"]
        for row in found
    }


def tariff_of(row: rows.Record) -> Tariff:
    """The prices and slots of a row of pools."""
    return Tariff(
        row["price_micros_per_second"], row["price_micros_per_call"], row["replicas_max"] * row["slots"]
    )


def shot_tasks(plan: Plan) -> list[ShotTask]:
    """The tasks of a plan's shots, to be compared."""
    return [
        ShotTask(
            task.shot_id,
            task.kind,
            task.display_name,
            key,
            task.spec.SerializeToString(deterministic=True),
            task.line_first,
            task.line_last,
        )
        for task, key in zip(plan.tasks, plan.plan_keys, strict=True)
        if task.shot_id
    ]


def _shot_task(row: rows.Record) -> ShotTask:
    return ShotTask(
        row["shot_id"],
        TaskKind(row["kind"]),
        row["display_name"],
        row["plan_key"],
        row["spec"],
        row["line_first"],
        row["line_last"],
    )
