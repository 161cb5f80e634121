"""A render's plan as the contract says it."""

from __future__ import annotations

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.differences import Differences, ShotDifference
from studio_jobs.domain.estimates import Estimate, Sum
from studio_jobs.domain.graph import Obstacle, PlannedTask
from studio_jobs.domain.paces import Band, engine_label
from studio_jobs.domain.states import WORK_STAGES
from studio_jobs.domain.verdicts import Verdict
from studio_jobs.plan_refusals import plan_refusal
from studio_jobs.productions import NO_PROJECT, refusal_of
from studio_jobs.render_plans import RenderPlan


def render_plan(plan: RenderPlan, currency: str) -> jobs_pb2.RenderPlan:
    """The answer to PlanRender."""
    wanted, judged, estimates = plan.wanted, plan.judged, plan.estimates
    message = jobs_pb2.RenderPlan(
        project=convert.project_name(wanted.project_id) if wanted.project_id != NO_PROJECT else "",
        revision=convert.revision_name(wanted.project_id, wanted.revision) if wanted.revision else "",
        options=wanted.options,
        total=_sum(estimates.total),
        wall_ms=_span(estimates.wall_ms),
        currency=currency,
        diff=_diff(plan.differences),
        obstacles=map(_obstacle, judged.plan.obstacles),
    )
    if plan.last_job is not None:
        message.diff.job = convert.job_name(plan.last_job)
    for task, key in zip(judged.plan.tasks, judged.plan.plan_keys, strict=True):
        said = message.tasks.add()
        _fill_task(said, task, key, judged.verdicts[task.number], estimates.tasks.get(task.number))
        said.shared = task.number in judged.shared
    for stage in WORK_STAGES:
        said_stage = message.stages.add()
        said_stage.CopyFrom(_sum(estimates.stages[stage]))
        said_stage.stage = jobs_pb2.Stage.ValueType(int(stage))
    return message


def _obstacle(obstacle: Obstacle) -> jobs_pb2.PlanObstacle:
    refusal = plan_refusal(refusal_of(obstacle))
    return jobs_pb2.PlanObstacle(reason=refusal.reason, message=refusal.user_text, output=obstacle.output)


def _fill_task(
    said: jobs_pb2.PlannedTask, task: PlannedTask, key: bytes, verdict: Verdict, own: Estimate | None
) -> None:
    said.number = task.number
    said.kind = task.spec.kind
    said.display_name = task.display_name
    said.shot_id = task.shot_id
    said.line_first, said.line_last = task.line_first, task.line_last
    said.plan_key = key.hex()
    said.verdict = jobs_pb2.Verdict.ValueType(int(verdict))
    said.pool = f"pools/{task.pool}"
    said.engine = engine_label(task.spec.engine)
    said.locked = task.spec.HasField("given")
    if own is not None:
        said.run_ms.CopyFrom(_span(own.run_ms))
        said.cost_micros.CopyFrom(_span(own.cost_micros))


def _sum(total: Sum) -> jobs_pb2.PlannedStage:
    return jobs_pb2.PlannedStage(
        tasks=total.tasks,
        cached=total.cached,
        runs=total.runs,
        runs_unless_equal=total.runs_unless_equal,
        run_ms=_span(total.run_ms),
        cost_micros=_span(total.cost_micros),
    )


def _span(band: Band) -> jobs_pb2.Span:
    return jobs_pb2.Span(low=band.low, expected=band.expected, high=band.high)


def _diff(differences: Differences) -> jobs_pb2.RenderDiff:
    return jobs_pb2.RenderDiff(
        unchanged=differences.unchanged, shots=[_shot(shot) for shot in differences.shots]
    )


def _shot(shot: ShotDifference) -> jobs_pb2.ShotDiff:
    return jobs_pb2.ShotDiff(
        shot_id=shot.shot_id,
        display_name=shot.name,
        change=jobs_pb2.ShotChange.ValueType(int(shot.change)),
        causes=[
            jobs_pb2.ShotCause(cause=jobs_pb2.ChangeCause.ValueType(int(cause)), detail=words)
            for cause, words in shot.causes
        ],
        line_first=shot.line_first,
        line_last=shot.line_last,
    )
