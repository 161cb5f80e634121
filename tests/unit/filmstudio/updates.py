"""Updates of a job, as a studio sends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

JOB = "jobs/01a217a0-ecfa-727a-a2bb-840344b0dc07"
NAMES = ("scene 1 shot 1 still", "scene 1 shot 1 clip", "scene 1 shot 1 Tom", "film")
KINDS = (
    task_pb2.TASK_KIND_STILL,
    task_pb2.TASK_KIND_CLIP,
    task_pb2.TASK_KIND_SPEECH,
    task_pb2.TASK_KIND_FILM,
)
ENGINES = ("storyboard", "camera", "kokoro (kokoro-82m-int8)", "pyav")
STAGES = (jobs_pb2.STAGE_IMAGES, jobs_pb2.STAGE_VIDEO, jobs_pb2.STAGE_AUDIO, jobs_pb2.STAGE_COMPOSITION)


def tasks() -> list[jobs_pb2.Task]:
    """A plan of four tasks."""
    return [
        jobs_pb2.Task(name=f"{JOB}/tasks/{number}", display_name=name, kind=kind, engine=engine)
        for number, (name, kind, engine) in enumerate(zip(NAMES, KINDS, ENGINES, strict=True), start=1)
    ]


def event(
    state: str,
    sequence: int = 1,
    at_seconds: int = 1_000,
    counts: Sequence[tuple[int, int]] = (),
    **fields: Any,
) -> jobs_pb2.WatchJobResponse:
    """An event at a second of the studio's clock; `counts`: done and all of each stage."""
    return jobs_pb2.WatchJobResponse(
        event=jobs_pb2.JobEvent(
            job=JOB,
            sequence=sequence,
            time=Timestamp(seconds=at_seconds),
            state=jobs_pb2.JobState.Value(f"JOB_STATE_{state}"),
            stages=[
                jobs_pb2.StageProgress(stage=stage, done=done, total=total)
                for stage, (done, total) in zip(STAGES, counts, strict=False)
            ],
            **fields,
        )
    )


def change(number: int, state: str) -> jobs_pb2.TaskChange:
    """A task's new state."""
    return jobs_pb2.TaskChange(
        task=f"{JOB}/tasks/{number}",
        display_name=NAMES[number - 1],
        kind=KINDS[number - 1],
        state=jobs_pb2.TaskState.Value(f"TASK_STATE_{state}"),
    )


def progress(number: int, percent: int) -> jobs_pb2.WatchJobResponse:
    """How far a running task is."""
    return jobs_pb2.WatchJobResponse(
        progress=jobs_pb2.TaskProgress(
            task=f"{JOB}/tasks/{number}", display_name=NAMES[number - 1], percent=percent
        )
    )
