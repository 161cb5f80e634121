"""film jobs, tasks and pools: what there is, listed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import aclosing

from filmstudio.cli.durations import age
from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import SHORT_CHARS
from filmstudio.cli.job_view import state_name
from filmstudio.cli.outcomes import length_words, progress_words
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import NotFoundError
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.pools.v1 import pools_pb2

JOB_COLUMNS = (
    Column("JOB"),
    Column("PROJECT", yields=True),
    Column("STATE"),
    Column("PROGRESS", right=True),
    Column("AGE", right=True),
    Column("LENGTH", right=True),
)
TASK_COLUMNS = (
    Column("TASK"),
    Column("STATE"),
    Column("MADE"),
    Column("FAILED", right=True),
    Column("LINES"),
    Column("ENGINE", yields=True),
)
POOL_COLUMNS = (
    Column("POOL"),
    Column("MAKES"),
    Column("STATE"),
    Column("RUNNING", right=True),
    Column("WAITING", right=True),
    Column("ENGINE", yields=True),
)
NOTHING_YET = "No jobs yet; make a film with: film render SCRIPT"


async def list_jobs(studio: FilmStudio, limit: int, *, as_json: bool) -> Exit:
    """The newest jobs with their projects' names. Raises FilmStudioError."""
    jobs: list[jobs_pb2.Job] = []
    async with aclosing(studio.jobs(page_size=limit)) as found:
        async for job in found:
            jobs.append(job)
            if len(jobs) == limit:
                break
    if as_json:
        print_json(jobs)
        return Exit.OK
    if not jobs:
        print(NOTHING_YET)
        return Exit.OK
    titles = await project_titles(studio, {job.project for job in jobs})
    names = _distinct([job.name for job in jobs])
    print_table(JOB_COLUMNS, [_job_row(job, names[job.name], titles[job.project]) for job in jobs])
    return Exit.OK


async def project_titles(studio: FilmStudio, names: set[str]) -> dict[str, str]:
    """The display names of projects; empty for one that is gone. Raises FilmStudioError."""

    async def title(name: str) -> str:
        try:
            return (await studio.project(name)).display_name
        except NotFoundError:
            return ""

    ordered = sorted(names)
    return dict(zip(ordered, await asyncio.gather(*map(title, ordered)), strict=True))


async def list_tasks(studio: FilmStudio, job: str, *, as_json: bool) -> Exit:
    """A job's tasks in the plan's order. Raises FilmStudioError."""
    tasks = await studio.tasks(job)
    if as_json:
        print_json(tasks)
    elif tasks:
        print_table(TASK_COLUMNS, map(_task_row, tasks))
    else:
        print("No tasks: the job has no plan (yet); see film watch")
    return Exit.OK


async def list_pools(studio: FilmStudio, *, as_json: bool) -> Exit:
    """The pools. Raises FilmStudioError."""
    pools = await studio.pools()
    if as_json:
        print_json(pools)
    else:
        print_table(POOL_COLUMNS, map(_pool_row, pools))
    return Exit.OK


def _job_row(job: jobs_pb2.Job, name: str, title: str) -> Sequence[str]:
    state = state_name(job.state)
    if job.HasField("failure"):
        state = jobs_pb2.FailureReason.Name(job.failure.reason).replace("FAILURE_REASON_", f"{state} ")
    elif job.cancel_requested:
        state = f"{state}, cancelling"
    seconds = time.time() - job.create_time.ToSeconds()
    return (name, title, state, progress_words(job), age(seconds), length_words(job))


def _distinct(names: Iterable[str]) -> dict[str, str]:
    """The shortest starts of at least SHORT_CHARS that tell the listed jobs apart."""
    ids = {name: name.removeprefix("jobs/") for name in names}
    chars = SHORT_CHARS
    while len({identifier[:chars] for identifier in ids.values()}) < len(ids):
        chars += 1
    return {name: identifier[:chars] for name, identifier in ids.items()}


def _task_row(task: jobs_pb2.Task) -> Sequence[str]:
    state = jobs_pb2.TaskState.Name(task.state).removeprefix("TASK_STATE_")
    made = "cached" if task.cached else f"dispatch {task.dispatch}" if task.dispatch else ""
    return (task.display_name, state, made, str(task.failures or ""), _lines(task), task.engine)


def _lines(task: jobs_pb2.Task) -> str:
    """Where it comes from in the screenplay: "9", "16-17", or empty."""
    if not task.line_first:
        return ""
    is_one = task.line_first == task.line_last
    return str(task.line_first) if is_one else f"{task.line_first}-{task.line_last}"


def _pool_row(pool: pools_pb2.Pool) -> Sequence[str]:
    kind = task_pb2.TaskKind.Name(pool.kind).removeprefix("TASK_KIND_").lower()
    silence = age(time.time() - pool.last_seen_time.ToSeconds())
    engine = f"{pool.engine.engine} ({pool.engine.model})" if pool.engine.model else pool.engine.engine
    state = "live" if pool.live else f"silent {silence}"
    return (
        pool.name.removeprefix("pools/"),
        kind,
        state,
        str(pool.running_runs),
        str(pool.waiting_runs),
        engine,
    )
