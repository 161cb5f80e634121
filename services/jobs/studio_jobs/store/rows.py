"""The rows of the job service as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.progress import StageCount
from studio_jobs.domain.states import TERMINAL, WORK_STAGES, JobState, Stage
from studio_jobs.render_options import kept_options

Record = asyncpg.Record


def present(row: Record | None) -> Record:
    """A row that this transaction itself wrote or locked. Raises AssertionError when it is gone."""
    if row is None:
        raise AssertionError("a row of this transaction vanished")
    return row


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why a job failed: `reason` is a number of the contract's FailureReason; `log_text` never leaves."""

    reason: int
    stage: Stage
    text: str
    log_text: str = ""
    field: str = ""
    line: int = 0
    shot_id: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """Runs that were made for a job, the engines' time, and its cost in millionths of the currency's unit."""

    runs: int
    run_ms: int
    micros: int


@dataclass(frozen=True, slots=True)
class Job:
    """One row of jobs."""

    job_id: UUID
    workspace_id: UUID
    project_id: UUID
    revision: int
    edit_sequence: int
    options: jobs_pb2.RenderOptions
    state: JobState
    version: int
    sequence: int
    cancel_requested: bool
    rekeyed: bool
    retry_of: UUID | None
    request_digest: str
    counts: Mapping[Stage, StageCount]
    failure: JobFailure | None
    film_key: bytes | None
    film_length_ms: int
    engines: tuple[str, ...]
    spent: Spent | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    output_keys: tuple[bytes, ...] = ()

    @property
    def is_terminal(self) -> bool:
        """Whether the job never moves again."""
        return self.state in TERMINAL


def job(row: Record) -> Job:
    """The dataclass of a row of jobs."""
    state = JobState(row["state"])
    return Job(
        job_id=row["job_id"],
        workspace_id=row["workspace_id"],
        project_id=row["project_id"],
        revision=row["revision"],
        edit_sequence=row["edit_sequence"],
        options=kept_options(row["options"]),
        state=state,
        version=row["version"],
        sequence=row["sequence"],
        cancel_requested=row["cancel_requested"],
        rekeyed=row["rekeyed"],
        retry_of=row["retry_of"],
        request_digest=row["request_digest"],
        counts=_counts(row),
        failure=_failure(row) if state is JobState.FAILED else None,
        film_key=row["film_key"],
        film_length_ms=row["film_length_ms"],
        engines=tuple(row["engines"]),
        spent=_spent(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        ended_at=row["ended_at"],
        output_keys=tuple(bytes(key) for key in row["output_keys"]),
    )


def _counts(row: Record) -> dict[Stage, StageCount]:
    return {
        stage: StageCount(
            total=row["stage_total"][index],
            done=row["stage_done"][index],
            running=row["stage_running"][index],
            cached=row["stage_cached"][index],
        )
        for index, stage in enumerate(WORK_STAGES)
    }


def _spent(row: Record) -> Spent | None:
    if row["spent_runs"] is None:
        return None
    return Spent(row["spent_runs"], row["spent_run_ms"], row["spent_micros"])


def _failure(row: Record) -> JobFailure:
    return JobFailure(
        reason=row["failure_reason"],
        stage=Stage(row["failure_stage"]),
        text=row["failure_text"],
        log_text=row["failure_log"],
        field=row["failure_field"],
        line=row["failure_line"],
        shot_id=row["failure_shot_id"],
    )


@dataclass(frozen=True, slots=True)
class Project:
    """One row of projects."""

    project_id: UUID
    display_name: str
    version: int
    latest_revision: int
    edit_sequence: int
    created_at: datetime
    updated_at: datetime
    stored_bytes: int = 0
    adopted_origin: UUID | None = None

    @property
    def seed_origin(self) -> UUID:
        """What its seeds follow from."""
        return self.adopted_origin or self.project_id


def project(row: Record) -> Project:
    """The dataclass of a row of projects."""
    return Project(
        row["project_id"],
        row["display_name"],
        row["version"],
        row["latest_revision"],
        row["edit_sequence"],
        row["created_at"],
        row["updated_at"],
        row["stored_bytes"],
        row["seed_origin"],
    )


@dataclass(frozen=True, slots=True)
class Revision:
    """One row of screenplay_revisions."""

    project_id: UUID
    number: int
    format: int
    content: bytes
    sha256: str
    created_at: datetime
    identities: bytes | None = None


def revision(row: Record) -> Revision:
    """The dataclass of a row of screenplay_revisions."""
    return Revision(
        row["project_id"],
        row["number"],
        row["format"],
        row["content"],
        row["sha256"],
        row["created_at"],
        row["identities"],
    )


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """One row of screenplay_revisions without its text, which has `size_bytes`."""

    project_id: UUID
    number: int
    format: int
    size_bytes: int
    sha256: str
    created_at: datetime


def revision_entry(row: Record) -> RevisionEntry:
    """The dataclass of a row of revisions_page."""
    return RevisionEntry(
        row["project_id"], row["number"], row["format"], row["size_bytes"], row["sha256"], row["created_at"]
    )
