"""The verbs of the film command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from filmstudio.cli.studio import Place
    from filmstudio.client import FilmStudio

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Turn a screenplay into a film.", rich_markup_mode=None
)

JobName = Annotated[str, typer.Argument(help="jobs/{uuid}, as film jobs prints it")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


@app.command()
def render(
    script: Annotated[Path, typer.Argument(help="A screenplay: Fountain or plain text.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the film goes.")] = Path("film.mp4"),
    project: Annotated[str, typer.Option(help="The project's name; the title by default.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a film; starts this machine's studio if none runs."""

    async def work(place: Place) -> int:
        from filmstudio.cli import render as rendering

        return int(await rendering.render(place, rendering.Render(script, output, project, as_json)))

    _run(work)


@app.command()
def jobs() -> None:
    """List the newest jobs."""

    async def work(studio: FilmStudio) -> int:
        for job in await studio.jobs():
            print(f"{job.name}  {_state(job.state):<18} {job.create_time.ToJsonString()}  {job.project}")
        return 0

    _run_connected(work)


@app.command()
def watch(job: JobName, as_json: AsJson = False) -> None:
    """Show a job from its first event until its end."""

    async def work(studio: FilmStudio) -> int:
        from filmstudio.cli.render import follow

        return int(await follow(studio, job, as_json=as_json))

    _run_connected(work)


@app.command()
def tasks(job: JobName) -> None:
    """List what a job makes, by which engine, and how often it was dispatched."""

    async def work(studio: FilmStudio) -> int:
        from filmstudio.jobs.v1 import jobs_pb2

        for task in await studio.tasks(job):
            state = jobs_pb2.TaskState.Name(task.state).removeprefix("TASK_STATE_")
            source = "cached" if task.cached else f"dispatch {task.dispatch}"
            print(f"{task.display_name:<32} {state:<10} {source:<12} {task.engine}")
        return 0

    _run_connected(work)


@app.command()
def cancel(job: JobName) -> None:
    """Ask a job to stop."""

    async def work(studio: FilmStudio) -> int:
        print(f"{job}  {_state((await studio.cancel(job)).state)}, cancel requested")
        return 0

    _run_connected(work)


@app.command()
def retry(job: JobName, as_json: AsJson = False) -> None:
    """Start a failed or cancelled job again; finished work is not done twice."""

    async def work(studio: FilmStudio) -> int:
        from filmstudio.cli.render import follow

        again = await studio.retry(job)
        print(again.name, file=sys.stderr)
        return int(await follow(studio, again.name, as_json=as_json))

    _run_connected(work)


@app.command()
def download(
    job: JobName,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the film goes.")] = Path("film.mp4"),
) -> None:
    """Write a finished job's film."""

    async def work(studio: FilmStudio) -> int:
        await studio.download(job, output)
        print(output)
        return 0

    _run_connected(work)


@app.command()
def pools() -> None:
    """List the pools of generators."""

    async def work(studio: FilmStudio) -> int:
        for pool in await studio.pools():
            state = "live" if pool.live else "silent"
            print(f"{pool.name:<28} {state:<7} {pool.running_runs} running, {pool.waiting_runs} waiting")
        return 0

    _run_connected(work)


@app.command()
def engines() -> None:
    """List the engines as their generators describe them; for operators."""

    async def work(place: Place) -> int:
        from filmstudio.cli import operator

        await operator.list_engines(place)
        return 0

    _run(work)


@app.command()
def generate(
    body: Annotated[
        Path, typer.Argument(help="A RunBody as JSON; without an engine the pool's own is taken.")
    ],
    workspace: Annotated[str, typer.Option(help="A workspace's UUID; one's own by default.")] = "",
    deadline_seconds: Annotated[float, typer.Option(min=1, max=14400, help="The longest it may take.")] = 900,
) -> None:
    """Run one body on its generator, without a job, and print its manifest; for operators."""

    async def work(place: Place) -> int:
        from filmstudio.cli import operator

        await operator.generate(place, operator.Generation(body, workspace, deadline_seconds))
        return 0

    _run(work)


def _delegated(verb: str, summary: str) -> None:
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    @app.command(verb, help=summary, context_settings=settings)
    def command(context: typer.Context) -> None:
        from filmstudio.cli.studio import delegate

        raise typer.Exit(delegate([verb, *context.args]))


for _verb, _summary in (
    ("up", "Start this machine's studio, or join it."),
    ("down", "Stop this machine's studio."),
    ("status", "Say what of the studio runs."),
    ("logs", "Show the logs, all or one service's; -f follows."),
    ("open", "Print where the studio answers."),
    ("doctor", "Look for faults and name their cures."),
):
    _delegated(_verb, _summary)


def _state(number: int) -> str:
    from filmstudio.jobs.v1 import jobs_pb2

    return jobs_pb2.JobState.Name(jobs_pb2.JobState.ValueType(number)).removeprefix("JOB_STATE_")


def _run_connected(work: Callable[[FilmStudio], Coroutine[Any, Any, int]]) -> None:
    async def connected(place: Place) -> int:
        from filmstudio.client import connect

        async with connect(place.address, place.account) as studio:
            return await work(studio)

    _run(connected)


def _run(work: Callable[[Place], Coroutine[Any, Any, int]]) -> None:
    """Run a verb; every expected error becomes one line and its exit code."""
    import asyncio

    import grpc

    from filmstudio.cli.faults import BadBodyError, Exit, exit_code
    from filmstudio.cli.render import BadScreenplayError
    from filmstudio.cli.studio import StudioMissingError, start_local
    from filmstudio.client import DownloadError

    try:
        code = asyncio.run(work(start_local()))
    except StudioMissingError as fault:
        raise _ended(str(fault), Exit.UNREACHABLE) from None
    except (BadScreenplayError, BadBodyError) as fault:
        raise _ended(str(fault), Exit.BAD_INPUT) from None
    except (DownloadError, OSError) as fault:
        raise _ended(str(fault), Exit.JOB_FAILED) from None
    except grpc.aio.AioRpcError as fault:
        raise _ended(fault.details() or fault.code().name, exit_code(fault)) from None
    raise typer.Exit(code)


def _ended(text: str, code: int) -> typer.Exit:
    print(f"film: {text}", file=sys.stderr)
    return typer.Exit(code)
