"""The job that the inner service answers with, as one looks halfway through its film."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

JOB_ID = "01980a4c-7a10-7000-8000-000000000007"
JOB_NAME = f"jobs/{JOB_ID}"
GET_JOB = "/filmstudio.jobs.v1.JobsService/GetJob"
STAGES = (
    jobs_pb2.STAGE_PLANNING,
    jobs_pb2.STAGE_IMAGES,
    jobs_pb2.STAGE_VIDEO,
    jobs_pb2.STAGE_AUDIO,
    jobs_pb2.STAGE_COMPOSITION,
)
SHOTS = 20


def sample_job() -> jobs_pb2.Job:
    """Options filled in, five stages with counters, two times."""
    began = Timestamp()
    began.FromDatetime(datetime(2026, 11, 26, 12, 0, 0, 123_000, UTC))
    stages = [
        jobs_pb2.StageProgress(stage=stage, done=SHOTS - stage, running=1, cached=2, total=SHOTS)
        for stage in STAGES
    ]
    return jobs_pb2.Job(
        name=JOB_NAME,
        project="projects/01980a4c-7a10-7000-8000-000000000003",
        revision="projects/01980a4c-7a10-7000-8000-000000000003/revisions/12",
        options=jobs_pb2.RenderOptions(
            target=jobs_pb2.TARGET_FILM,
            size=task_pb2.Size(width_px=1280, height_px=720),
            rate=task_pb2.Rate(numerator=24, denominator=1),
            loudness_target_millilufs=-16_000,
            narrate=True,
            quality=jobs_pb2.QUALITY_FULL,
        ),
        state=jobs_pb2.JOB_STATE_GENERATING_VIDEO,
        stages=stages,
        sequence=41,
        create_time=began,
        update_time=began,
        engines=["storyboard", "camera", "kokoro"],
    )
