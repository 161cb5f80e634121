"""A render of a benchmark: from its text to its end, by the clock of the studio."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass

from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that is completed."""

    job: jobs_pb2.Job

    @property
    def seconds(self) -> float:
        """From submit to end."""
        times = self.job.end_time.ToNanoseconds(), self.job.create_time.ToNanoseconds()
        return (times[0] - times[1]) / NANOSECONDS


async def render(
    client: FilmStudio, project: str, content: bytes, options: jobs_pb2.RenderOptions | None = None
) -> Ended:
    """Import a text and make its film. Raises RuntimeError when the job does not complete."""
    revision = await client.import_screenplay(project, content)
    return await ended(client, await client.create_job(project, revision.name, options))


async def ended(client: FilmStudio, job: jobs_pb2.Job) -> Ended:
    """Wait for the end of a job. Raises RuntimeError when it does not complete."""
    async with aclosing(client.watch(job.name)) as updates:
        async for _ in updates:
            pass
    done = await client.job(job.name)
    if done.state != jobs_pb2.JOB_STATE_COMPLETED:
        state = jobs_pb2.JobState.Name(done.state)
        raise RuntimeError(f"{job.name} is {state}: {done.failure.message}")
    return Ended(done)
