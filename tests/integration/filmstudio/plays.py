"""What becomes of the jobs that a test's render makes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

FILM = bytes(range(256)) * 2000
STAGES = (jobs_pb2.STAGE_IMAGES, jobs_pb2.STAGE_VIDEO, jobs_pb2.STAGE_AUDIO, jobs_pb2.STAGE_COMPOSITION)

Play = Callable[[ScriptedJob], Awaitable[None]]


def plays(rig: StudioRig, play: Play) -> None:
    """Let each job that is made play."""

    def begin(job: ScriptedJob) -> None:
        job.tasks.append(
            jobs_pb2.Task(
                name=f"{job.name}/tasks/1",
                display_name="scene 1 shot 1 still",
                kind=task_pb2.TASK_KIND_STILL,
                engine="storyboard",
            )
        )
        rig.script.plays.append(asyncio.ensure_future(play(job)))

    rig.script.on_create = begin


async def begins(job: ScriptedJob) -> None:
    """Up to the first still at work."""
    for state in ("PENDING", "VALIDATING"):
        await job.event(state)
    await job.event("QUEUED", stages=stages(0))
    await job.event("GENERATING_IMAGES", stages=stages(0, running=1), tasks=[change(job, "RUNNING")])
    await job.progress(f"{job.name}/tasks/1", "scene 1 shot 1 still", 45)


async def completes(job: ScriptedJob) -> None:
    """From the first still to the film."""
    await job.event("GENERATING_IMAGES", stages=stages(1), tasks=[change(job, "DONE")])
    for state in ("GENERATING_VIDEO", "GENERATING_AUDIO", "COMPOSING"):
        await job.event(state, stages=stages(1))
    job.files[jobs_pb2.ASSET_FILM] = FILM
    job.message.film_length_ms = 56_900
    job.message.engines.extend(["storyboard", "camera"])
    await job.event("COMPLETED", stages=stages(1))


async def whole(job: ScriptedJob) -> None:
    """A film without a hitch."""
    await begins(job)
    await completes(job)


async def fails(job: ScriptedJob) -> None:
    """An engine gives up on a shot."""
    await begins(job)
    failure = jobs_pb2.Failure(
        reason=jobs_pb2.FAILURE_REASON_ENGINE_FAILED,
        stage=jobs_pb2.STAGE_IMAGES,
        message="scene 1 shot 1 still (screenplay line 3): the engine has no ink.",
        line=3,
        shot_id="s-1-1",
    )
    await job.event("FAILED", stages=stages(0), failure=failure)


def stages(done: int, **fields: Any) -> list[jobs_pb2.StageProgress]:
    return [jobs_pb2.StageProgress(stage=stage, done=done, total=1, **fields) for stage in STAGES]


def change(job: ScriptedJob, state: str) -> jobs_pb2.TaskChange:
    return jobs_pb2.TaskChange(
        task=f"{job.name}/tasks/1",
        kind=task_pb2.TASK_KIND_STILL,
        display_name="scene 1 shot 1 still",
        state=jobs_pb2.TaskState.Value(f"TASK_STATE_{state}"),
    )
