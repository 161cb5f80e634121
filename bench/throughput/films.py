"""Films of silent shots, submitted through the gateway and awaited."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from uuid import uuid4

from filmstudio.client import FilmStudio
from filmstudio.generation.v1 import task_pb2
from filmstudio.job_calls import TERMINAL_STATES
from filmstudio.jobs.v1 import jobs_pb2

TASKS_BESIDE_SHOTS = 4
"""Music, effects, the segment and the film."""

LOOK_SECONDS = 1.0
SMALL = jobs_pb2.RenderOptions(
    size=task_pb2.Size(width_px=320, height_px=180),
    rate=task_pb2.Rate(numerator=10, denominator=1),
    narrate=False,
)


class UnfinishedFilmError(RuntimeError):
    """A film that did not come to its end as it should."""


def tasks_of(shots: int) -> int:
    """The tasks of a film of so many silent shots: a still and a clip each, and four more."""
    return 2 * shots + TASKS_BESIDE_SHOTS


def screenplay(shots: int) -> bytes:
    """One scene in which every line of action is a shot."""
    actions = "\n\n".join(f"Step {shot} of the way is walked in silence." for shot in range(1, shots + 1))
    return f"Title: Steps\n\nINT. HALL - DAY\n\n{actions}\n".encode()


async def prepared(client: FilmStudio, shots: int) -> tuple[str, str]:
    """A project of its own, whose seeds no other has, and its screenplay's revision."""
    project = await client.project_called(uuid4().hex)
    revision = await client.import_screenplay(project.name, screenplay(shots))
    return project.name, revision.name


async def lone_seconds(client: FilmStudio, shots: int) -> float:
    """Seconds from the submission of a film until a watcher is told that it is COMPLETED."""
    project, revision = await prepared(client, shots)
    began = time.monotonic()
    job = await client.create_job(project, revision, SMALL)
    async for update in client.watch(job.name):
        state = update.event.state
    took_seconds = time.monotonic() - began
    if state != jobs_pb2.JOB_STATE_COMPLETED:
        raise UnfinishedFilmError(jobs_pb2.JobState.Name(state))
    return took_seconds


async def crowd_seconds(client: FilmStudio, jobs: int, shots: int) -> float:
    """Seconds from the first of many submissions at once to the last film's own time of its end."""
    ready = [await prepared(client, shots) for _ in range(jobs)]
    began = time.time()
    submitted = await asyncio.gather(
        *(client.create_job(project, revision, SMALL) for project, revision in ready)
    )
    ends = await ended_at(client, {job.name for job in submitted})
    return max(ends) - began


async def ended_at(client: FilmStudio, names: set[str]) -> Sequence[float]:
    """When each of these films was COMPLETED, Unix seconds. Raises UnfinishedFilmError for another end."""
    while True:
        ended = [job async for job in client.jobs(200) if job.name in names and job.state in TERMINAL_STATES]
        bad = [job for job in ended if job.state != jobs_pb2.JOB_STATE_COMPLETED]
        if bad:
            raise UnfinishedFilmError(str(bad[0].failure))
        if len(ended) == len(names):
            return [job.end_time.ToMicroseconds() / 1e6 for job in ended]
        await asyncio.sleep(LOOK_SECONDS)


def median(seconds: Sequence[float]) -> float:
    """The median."""
    return statistics.median(seconds)


async def crowd_of(client: FilmStudio, jobs: int, shots: int) -> None:
    """Many films of one new project at once: they share their runs and find each other's work."""
    project, revision = await prepared(client, shots)
    submitted = await asyncio.gather(*(client.create_job(project, revision, SMALL) for _ in range(jobs)))
    for job in submitted:
        async for _ in client.watch(job.name):
            pass
