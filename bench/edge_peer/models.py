"""A job as the hand-written route answers it: pydantic models, and the same as a plain dict."""

from __future__ import annotations

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2


class Model(BaseModel):
    """Names of fields as JSON has them."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Size(Model):
    """Pixels."""

    width_px: int
    height_px: int


class Rate(Model):
    """Pictures a second."""

    numerator: int
    denominator: int


class Options(Model):
    """What is rendered and how."""

    target: str
    size: Size | None
    rate: Rate | None
    pools: list[dict[str, str]]
    loudness_target_millilufs: int
    narrate: bool
    quality: str
    outputs: list[dict[str, Any]]
    lower_thirds: list[str]


class Stage(Model):
    """Counters of a stage."""

    stage: str
    done: int
    running: int
    cached: int
    total: int
    skipped: bool


class Job(Model):
    """One job."""

    name: str
    project: str
    revision: str
    options: Options
    state: str
    stages: list[Stage]
    cancel_requested: bool
    retry_of: str
    sequence: str
    waiting_for_capacity: list[dict[str, str]]
    create_time: str
    update_time: str
    film_length_ms: int
    engines: list[str]
    outputs: list[dict[str, Any]]


def job_model(job: jobs_pb2.Job) -> Job:
    """The answer in FastAPI's own way."""
    return Job.model_validate(job_document(job))


def job_document(job: jobs_pb2.Job) -> dict[str, Any]:
    """The answer as a dict, for a job that neither failed nor ended nor is a part of its film."""
    return {
        "name": job.name,
        "project": job.project,
        "revision": job.revision,
        "options": _options(job.options),
        "state": jobs_pb2.JobState.Name(job.state),
        "stages": [_stage(stage) for stage in job.stages],
        "cancelRequested": job.cancel_requested,
        "retryOf": job.retry_of,
        "sequence": str(job.sequence),
        "waitingForCapacity": [
            {"pool": wait.pool, "sinceTime": _time(wait.since_time)} for wait in job.waiting_for_capacity
        ],
        "createTime": _time(job.create_time),
        "updateTime": _time(job.update_time),
        "filmLengthMs": job.film_length_ms,
        "engines": list(job.engines),
        "outputs": [
            {"name": output.name, "contentKey": output.content_key, "size": _size(output.size)}
            for output in job.outputs
        ],
    }


def _options(options: jobs_pb2.RenderOptions) -> dict[str, Any]:
    return {
        "target": jobs_pb2.Target.Name(options.target),
        "size": _size(options.size),
        "rate": {"numerator": options.rate.numerator, "denominator": options.rate.denominator},
        "pools": [
            {"kind": task_pb2.TaskKind.Name(choice.kind), "pool": choice.pool} for choice in options.pools
        ],
        "loudnessTargetMillilufs": options.loudness_target_millilufs,
        "narrate": options.narrate,
        "quality": jobs_pb2.Quality.Name(options.quality),
        "outputs": [{"name": output.name, "aspect": output.aspect} for output in options.outputs],
        "lowerThirds": [jobs_pb2.LowerThirdKind.Name(kind) for kind in options.lower_thirds],
    }


def _size(size: task_pb2.Size) -> dict[str, int]:
    return {"widthPx": size.width_px, "heightPx": size.height_px}


def _stage(stage: jobs_pb2.StageProgress) -> dict[str, Any]:
    return {
        "stage": jobs_pb2.Stage.Name(stage.stage),
        "done": stage.done,
        "running": stage.running,
        "cached": stage.cached,
        "total": stage.total,
        "skipped": stage.skipped,
    }


def _time(time: Timestamp) -> str:
    """As proto's JSON: ToJsonString is its own writer."""
    return time.ToJsonString()
