"""The verbs of jobs: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.assets import AssetName
from filmstudio.cli.options import AsJson, Detach, JobName, Limit, Local, OutputName, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    for verb in (jobs, watch, tasks, cancel, retry, download, stems, turnover):
        app.command()(verb)


def jobs(
    limit: Limit = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the newest jobs."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.listing import list_jobs

        return await list_jobs(studio, limit, as_json=as_json)

    at_studio(server, work, local=local)


def watch(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Show a job from its first event until its end."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.watch(studio, job, as_json=as_json)

    at_studio(server, work, local=local)


def tasks(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List the tasks of a job, their engines and dispatches."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.job_names import full_name
        from filmstudio.cli.listing import list_tasks

        return await list_tasks(studio, await full_name(studio, job), as_json=as_json)

    at_studio(server, work, local=local)


def cancel(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Ask a job to stop."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.cancel(studio, job, as_json=as_json)

    at_studio(server, work, local=local)


def retry(
    job: JobName,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the film there.")
    ] = None,
    detach: Detach = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Start a failed or cancelled job again."""
    from filmstudio.cli.outputs import require_writable

    checked(lambda: require_writable(output) if output is not None else None)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.retry(studio, job, output, as_json=as_json, detach=detach)

    at_studio(server, work, local=local)


def download(
    job: JobName,
    asset: Annotated[
        AssetName | None, typer.Option(help="Which of its files; by default what it was made for.")
    ] = None,
    also: OutputName = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to; by default a name of the studio's, here."
        ),
    ] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Fetch a film or another file of a job."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job
        from filmstudio.cli.further_outputs import name_of

        wanted = one_job.Wanted(asset, name_of(also), output)
        return await one_job.download(studio, job, wanted, as_json=as_json)

    at_studio(server, work, local=local)


def stems(
    job: JobName,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where to; by default this folder.")
    ] = Path(),
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Fetch each scene's speech, music and effects."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import stems as fetching

        return await fetching.save_stems(studio, job, output, as_json=as_json)

    at_studio(server, work, local=local)


def turnover(
    job: JobName,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="A .zip with all files; .otio or .edl for the cut alone."
        ),
    ],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Write a film's cut for an editing program: OpenTimelineIO, EDL, subtitles, shots and stems."""
    from filmstudio.cli.outputs import require_turnover

    checked(lambda: require_turnover(output))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.turnover import turn_over

        return await turn_over(studio, job, output, as_json=as_json)

    at_studio(server, work, local=local)
