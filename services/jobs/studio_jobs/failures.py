"""What clients are told when a job fails."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.retries import CRASHED
from studio_jobs.domain.states import Stage, TaskKind
from studio_jobs.moderation import Refusal
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.store.rows import JobFailure, Record

_REASONS = {
    CRASHED: jobs_pb2.FAILURE_REASON_WORKER_CRASHED,
    "DEADLINE_EXCEEDED": jobs_pb2.FAILURE_REASON_DEADLINE_EXCEEDED,
    "STORAGE_FULL": jobs_pb2.FAILURE_REASON_STORAGE_FAILED,
    "STORAGE_UNAVAILABLE": jobs_pb2.FAILURE_REASON_STORAGE_FAILED,
    "PROVIDER_CONTENT_REFUSED": jobs_pb2.FAILURE_REASON_MODERATION_REFUSED,
    "SPENDING_LIMIT_REACHED": jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED,
}

_LIMIT_REASONS = frozenset({"TOO_LARGE", "LINE_TOO_LONG", "TOO_MANY_SHOTS", "FILM_TOO_LONG"})


def failure_of_run(row: Record, stage_of_kind: Mapping[TaskKind, Stage]) -> JobFailure:
    """The failure of the job whose task's run failed for good; `row` joins the task with its run."""
    where = (
        f"{row['display_name']} (screenplay line {row['line_first']})"
        if row["line_first"]
        else row["display_name"]
    )
    return JobFailure(
        reason=_REASONS.get(row["failure_reason"], jobs_pb2.FAILURE_REASON_ENGINE_FAILED),
        stage=stage_of_kind[TaskKind(row["kind"])],
        text=f"{where}: {row['failure_text']}",
        log_text=f"{row['failure_reason']}: {row['failure_log']}",
        line=row["line_first"],
        shot_id=row["shot_id"],
    )


def failure_of_screenplay(refused: ScreenplayRefused) -> JobFailure:
    """The failure of a job whose screenplay cannot be read."""
    limit = refused.reason in _LIMIT_REASONS
    return JobFailure(
        reason=(
            jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED if limit else jobs_pb2.FAILURE_REASON_SCREENPLAY_REFUSED
        ),
        stage=Stage.PLANNING,
        text=f"{refused.text} {refused.suggestion}".strip(),
        log_text=refused.reason,
        field=refused.field,
        line=refused.line,
    )


def failure_of_passage(refusal: Refusal) -> JobFailure:
    """The failure of a job whose screenplay, or with line 0 whose edits, the policy refuses."""
    category, line = refusal.category, refusal.line
    if not line:
        return JobFailure(
            jobs_pb2.FAILURE_REASON_MODERATION_REFUSED,
            Stage.PLANNING,
            f"This studio's policy refuses {category} (a look in the project's cast or locations, or a "
            "shot's prompt). Change it and render again.",
            field="edits",
        )
    return JobFailure(
        jobs_pb2.FAILURE_REASON_MODERATION_REFUSED,
        Stage.PLANNING,
        f"This studio's policy refuses {category} (scene {refusal.scene}, screenplay line {line}). Change "
        "the passage and import the screenplay again.",
        field="screenplay",
        line=line,
    )


def internal_failure(log_text: str) -> JobFailure:
    """The failure of a job that our own fault ended."""
    return JobFailure(
        reason=jobs_pb2.FAILURE_REASON_INTERNAL,
        stage=Stage.PLANNING,
        text="The studio could not plan this film because of a fault of its own. Retry the job; if it "
        "fails again, send its name to the studio's operators.",
        log_text=log_text,
    )
