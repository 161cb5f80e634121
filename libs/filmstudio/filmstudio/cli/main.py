"""The verbs of the film command: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.assets import AssetName
from filmstudio.cli.running import at_studio, checked, run

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

HELP = """Turn a screenplay into a film, on this machine or at a studio elsewhere.

film render SCRIPT does it all: it starts this machine's studio if none runs, shows the progress, and writes
the film. After film login it works at that studio instead.
"""
EPILOG = """\b
Exit codes:
  0    done
  1    the job failed, or a file could not be written here
  2    wrong command line, screenplay or option; a job that there is not
  3    the job was cancelled; of status and open: no studio runs
  4    the studio does not answer, or has a fault
  5    nobody is signed in: film login
  130  interrupted by Ctrl-C; a job that was left goes on
"""

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

JobName = Annotated[str, typer.Argument(metavar="JOB", help="jobs/UUID, UUID, or a unique start of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Server = Annotated[
    str,
    typer.Option("--server", metavar="ADDRESS", help="The studio: host:port or https://host (FILM_SERVER)."),
]
Local = Annotated[
    bool, typer.Option("--local", help="This machine's studio, whoever is signed in elsewhere.")
]
Email = Annotated[
    str, typer.Option(metavar="ADDRESS", help="The account's address; asked for when not given.")
]
Detach = Annotated[
    bool, typer.Option("-d", "--detach", help="Say the job's name and don't wait for its end.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"film {version('filmstudio')}")
        raise typer.Exit


@app.callback(help=HELP, epilog=EPILOG)
def film(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """What comes before the verb."""
    del version


@app.command()
def render(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A screenplay: Fountain or plain text.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The film, an MP4; by default SCRIPT's name here."
        ),
    ] = None,
    project: Annotated[
        str, typer.Option(metavar="NAME", help="The project's name; by default the title.")
    ] = "",
    size: Annotated[str, typer.Option(metavar="SIZE", help="1280x720, or 480p, 720p, 1080p, 2160p.")] = "",
    fps: Annotated[str, typer.Option(metavar="RATE", help="Frames a second: 24, 23.976, 30000/1001.")] = "",
    loudness: Annotated[
        str, typer.Option(metavar="LUFS", help="Integrated loudness in LUFS, such as -16.")
    ] = "",
    narrate: Annotated[bool, typer.Option("--narrate", help="A narrator reads the silent shots.")] = False,
    pool: Annotated[
        list[str] | None, typer.Option(metavar="KIND=POOL", help="Which pool makes a kind; see film pools.")
    ] = None,
    detach: Detach = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Make a film; starts this machine's studio if none runs."""
    from filmstudio.cli.choices import Choices

    choices = Choices(size, fps, loudness, narrate, tuple(pool or ()))

    def look() -> tuple[bytes, Path]:
        from filmstudio.cli.outputs import film_path
        from filmstudio.cli.scripts import read_script

        choices.check()
        return read_script(script), film_path(output, script)

    content, path = checked(look)

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli.rendering import Render
        from filmstudio.cli.rendering import render as render_there

        wanted = Render(script, content, path, project, choices, as_json=as_json, detach=detach)
        return await render_there(studio, place, wanted)

    at_studio(server, work, local=local)


@app.command()
def jobs(
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=10_000, help="How many.")] = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the newest jobs."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.listing import list_jobs

        return await list_jobs(studio, limit, as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
def watch(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Show a job from its first event until its end."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.watch(studio, job, as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
def tasks(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List the tasks of a job, their engines and dispatches."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.job_names import full_name
        from filmstudio.cli.listing import list_tasks

        return await list_tasks(studio, await full_name(studio, job), as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
def cancel(job: JobName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Ask a job to stop."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.cancel(studio, job, as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
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


@app.command()
def download(
    job: JobName,
    asset: Annotated[AssetName, typer.Option(help="Which of its files.")] = AssetName.FILM,
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
    """Fetch a film, poster, subtitles or report."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import one_job

        return await one_job.download(studio, job, asset, output, as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
def pools(
    check: Annotated[
        bool, typer.Option("--check", help="Let each pool make something small, and say how long it took.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the pools of generators."""

    async def work(studio: FilmStudio, _: Place) -> int:
        if check:
            from filmstudio.cli.checks import check_pools

            return await check_pools(studio, as_json=as_json)
        from filmstudio.cli.listing import list_pools

        return await list_pools(studio, as_json=as_json)

    at_studio(server, work, local=local)


@app.command()
def engines() -> None:
    """List the engines of this machine's generators, as they describe them; for operators."""

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import operator

        return await operator.list_engines(studio, place)

    at_studio("", work, local=True)


@app.command()
def generate(
    body: Annotated[
        Path,
        typer.Argument(metavar="BODY", help="A RunBody as JSON; without an engine the pool's own is taken."),
    ],
    workspace: Annotated[str, typer.Option(metavar="UUID", help="A workspace; one's own by default.")] = "",
    deadline_seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=14400, help="The longest it may take.")
    ] = 900,
) -> None:
    """Run one body on a generator of this machine; for operators.

    There is no job; the manifest is printed.
    """

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import operator

        return await operator.generate(studio, place, operator.Generation(body, workspace, deadline_seconds))

    at_studio("", work, local=True)


@app.command()
def login(server: Server = "", email: Email = "") -> None:
    """Sign in at a studio elsewhere.

    The password is asked for, or read from standard input.
    """
    from filmstudio.cli import accounts

    run(lambda: accounts.login(server, email))


@app.command()
def register(
    server: Server = "",
    email: Email = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="What others see.")] = "",
) -> None:
    """Make an account at a studio and sign in with it."""
    from filmstudio.cli import accounts

    run(lambda: accounts.register(server, email, name))


@app.command()
def logout(server: Server = "") -> None:
    """End the session at a studio and forget it."""
    from filmstudio.cli import accounts

    run(lambda: accounts.logout(server))


@app.command()
def whoami(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Say who is signed in, and where."""

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import accounts

        return await accounts.whoami(studio, place, as_json=as_json)

    at_studio(server, work, local=local)


def _delegated(verb: str, summary: str) -> None:
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    @app.command(verb, help=f"{summary} This machine's studio only.", context_settings=settings)
    def command(context: typer.Context) -> None:
        def work() -> int:
            from filmstudio.cli.local_studio import delegate

            return delegate(verb, context.args)

        run(work)


for _verb, _summary in (
    ("up", "Start the studio, or join it."),
    ("down", "Stop the studio."),
    ("status", "Say what of the studio runs."),
    ("logs", "Show the logs, all or one service's; -f follows."),
    ("open", "Open the studio's web page, or say where it answers."),
    ("doctor", "Look for faults and name their cures."),
):
    _delegated(_verb, _summary)
