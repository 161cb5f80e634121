"""Between the contract's messages and the job service's dataclasses: pure functions, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.generation.v1 import artifact_pb2, task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.projects.v1 import projects_pb2
from studio_jobs.domain.paces import engine_label
from studio_jobs.domain.progress import StageCount
from studio_jobs.domain.states import WORK_STAGES, JobState, Stage, TaskState
from studio_jobs.store.rows import Job, JobFailure, Project, Record
from studio_platform.errors import FieldViolation, InvalidInput

_REVISION_NAME = re.compile(r"projects/([0-9a-f-]{36})/revisions/([0-9]{1,9})")


def timestamp(moment: datetime) -> Timestamp:
    """The message of an aware datetime."""
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def job_name(job_id: UUID) -> str:
    """jobs/{uuid}."""
    return f"jobs/{job_id}"


def project_name(project_id: UUID) -> str:
    """projects/{uuid}."""
    return f"projects/{project_id}"


def revision_name(project_id: UUID, number: int) -> str:
    """projects/{uuid}/revisions/{number}."""
    return f"projects/{project_id}/revisions/{number}"


def task_name(job_id: UUID, number: int) -> str:
    """jobs/{uuid}/tasks/{number}."""
    return f"jobs/{job_id}/tasks/{number}"


def parse_name(name: str, collection: str, field: str) -> UUID:
    """The UUID of "{collection}/{uuid}". Raises InvalidInput that names the field."""
    prefix, _, identifier = name.partition("/")
    found = _uuid(identifier) if prefix == collection else None
    if found is None:
        raise bad_name(field, f"{collection}/{{uuid}}")
    return found


def parse_revision_name(name: str, field: str) -> tuple[UUID, int]:
    """Project and number of a revision's name. Raises InvalidInput that names the field."""
    match = _REVISION_NAME.fullmatch(name)
    project_id = _uuid(match[1]) if match else None
    if match is None or project_id is None:
        raise bad_name(field, "projects/{uuid}/revisions/{number}")
    return project_id, int(match[2])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def bad_name(field: str, form: str) -> InvalidInput:
    """The refusal of a name that has another form."""
    text = f"must be a name of the form {form}"
    return InvalidInput("NAME_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))


def state_number(state: JobState) -> jobs_pb2.JobState.ValueType:
    """The contract's number of a job's state."""
    return jobs_pb2.JobState.Value(f"JOB_STATE_{state.value}")


def task_state_number(state: TaskState) -> jobs_pb2.TaskState.ValueType:
    """The contract's number of a task's state."""
    return jobs_pb2.TaskState.Value(f"TASK_STATE_{state.value}")


def stages(counts: Mapping[Stage, StageCount]) -> list[jobs_pb2.StageProgress]:
    """The counters in the stages' order; none before the plan is committed."""
    if not any(count.total for count in counts.values()):
        return []
    return [
        jobs_pb2.StageProgress(
            stage=jobs_pb2.Stage.ValueType(int(stage)),
            done=counts[stage].done,
            running=counts[stage].running,
            cached=counts[stage].cached,
            total=counts[stage].total,
            skipped=counts[stage].total == 0,
        )
        for stage in WORK_STAGES
    ]


def failure(fault: JobFailure) -> jobs_pb2.Failure:
    """What clients are told of a failure."""
    return jobs_pb2.Failure(
        reason=jobs_pb2.FailureReason.ValueType(fault.reason),
        stage=jobs_pb2.Stage.ValueType(int(fault.stage)),
        message=fault.text,
        field=fault.field,
        line=fault.line,
        shot_id=fault.shot_id,
    )


def job(row: Job) -> jobs_pb2.Job:
    """The resource of a job."""
    message = jobs_pb2.Job(
        name=job_name(row.job_id),
        project=project_name(row.project_id),
        revision=revision_name(row.project_id, row.revision),
        options=row.options,
        state=state_number(row.state),
        stages=stages(row.counts),
        cancel_requested=row.cancel_requested and not row.is_terminal,
        retry_of=job_name(row.retry_of) if row.retry_of else "",
        sequence=row.sequence,
        create_time=timestamp(row.created_at),
        update_time=timestamp(row.updated_at),
        film_length_ms=row.film_length_ms,
        engines=row.engines,
        outputs=[
            jobs_pb2.MadeOutput(
                name=output.name,
                size=output.size,
                loudness_target_millilufs=output.loudness_target_millilufs,
                true_peak_max_millidbtp=output.true_peak_max_millidbtp,
                content_key=key.hex(),
                language=output.language,
                captions_only=output.captions_only,
                form=output.form,
            )
            for output, key in zip(row.options.outputs, row.output_keys, strict=False)
        ],
    )
    if row.failure is not None:
        message.failure.CopyFrom(failure(row.failure))
    if row.ended_at is not None:
        message.end_time.CopyFrom(timestamp(row.ended_at))
    return message


def task(row: Record, engine: str) -> jobs_pb2.Task:
    """The resource of a row of tasks joined with its run."""
    return jobs_pb2.Task(
        name=task_name(row["job_id"], row["number"]),
        kind=row["kind"],
        display_name=row["display_name"],
        shot_id=row["shot_id"],
        state=task_state_number(TaskState(row["state"])),
        cached=row["cached"],
        pool=f"pools/{row['pool']}",
        content_key=row["content_key"].hex() if row["content_key"] else "",
        dispatch=row["dispatch"] or 0,
        failures=row["failures"] or 0,
        line_first=row["line_first"],
        line_last=row["line_last"],
        engine=engine,
        run_id=str(row["run_id"]) if row["run_id"] else "",
    )


def project(row: Project) -> projects_pb2.Project:
    """The resource of a project."""
    latest = revision_name(row.project_id, row.latest_revision) if row.latest_revision else ""
    return projects_pb2.Project(
        name=project_name(row.project_id),
        display_name=row.display_name,
        etag=str(row.version),
        create_time=timestamp(row.created_at),
        update_time=timestamp(row.updated_at),
        latest_revision=latest,
        stored_bytes=row.stored_bytes,
        seed_origin=str(row.seed_origin),
    )


def engine_names(manifests: Iterable[bytes]) -> list[str]:
    """Engines with their models, each once, in the order given: "kokoro (kokoro-82m-int8)"."""
    names: dict[str, None] = {}
    for data in manifests:
        engine = artifact_pb2.Manifest.FromString(data).engine
        names[engine_label(engine)] = None
    return list(names)


def engine_of_spec(spec: bytes) -> str:
    """The engine that a task's spec names."""
    return engine_label(task_pb2.TaskSpec.FromString(spec).engine)
