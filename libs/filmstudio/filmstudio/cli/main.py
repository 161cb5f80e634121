"""The verbs of the film command: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli import (
    account_verbs,
    admin_verbs,
    archive_verbs,
    casting_verbs,
    history_verbs,
    job_verbs,
    key_verbs,
    library_verbs,
    model_verbs,
    pool_verbs,
    project_verbs,
    quota_verbs,
    script_verbs,
    share_verbs,
    shot_verbs,
    studio_verbs,
    team_verbs,
    template_verbs,
    timeline_verbs,
    translation_verbs,
    webhook_verbs,
)
from filmstudio.cli.options import (
    Also,
    AsJson,
    Budget,
    Detach,
    Fps,
    Local,
    Loudness,
    LowerThirds,
    Narrate,
    OpenPage,
    PlayerCommand,
    Pool,
    Project,
    Quality,
    Scenes,
    Server,
    Shots,
    Size,
    Target,
    Watching,
)
from filmstudio.cli.running import at_studio, checked

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
  1    the job failed, or a file could not be written here; of check: an error
  2    wrong command line, screenplay or option; a job that there is not
  3    the job was cancelled; of status and open: no studio runs
  4    the studio does not answer, or has a fault
  5    nobody is signed in: film login
  130  interrupted by Ctrl-C; a job that was left goes on
"""

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


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
    api_key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="Call with this key, not by a session. Others here may see it; FILM_API_KEY hides it.",
        ),
    ] = "",
) -> None:
    """What comes before the verb."""
    del version
    if api_key:
        # Where the verbs read it.
        os.environ["FILM_API_KEY"] = api_key


@app.command()
def render(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A screenplay: Fountain or plain text.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The file; by default SCRIPT's name here."),
    ] = None,
    project: Project = "",
    size: Size = "",
    fps: Fps = "",
    loudness: Loudness = "",
    narrate: Narrate = True,
    lower_thirds: LowerThirds = None,
    pool: Pool = None,
    scenes: Scenes = None,
    shots: Shots = None,
    quality: Quality = "",
    budget: Budget = "",
    target: Target = "",
    also: Also = None,
    detach: Detach = False,
    watching: Watching = False,
    open_page: OpenPage = False,
    player: PlayerCommand = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Make a film; starts this machine's studio if none runs."""
    from filmstudio.cli.choices import Choices

    choices = Choices(
        size,
        fps,
        loudness,
        narrate,
        tuple(pool or ()),
        tuple(scenes or ()),
        tuple(shots or ()),
        quality,
        budget,
        target,
        tuple(also or ()),
        tuple(lower_thirds or ()),
    )

    def look() -> tuple[Choices, bytes, Path]:
        from filmstudio.cli.outputs import film_path, require_fitting
        from filmstudio.cli.script_settings import with_settings
        from filmstudio.cli.scripts import read_script

        is_viewed = open_page or bool(player)
        require_fitting(watching=watching, detach=detach, is_viewed=is_viewed, has_more=bool(also))
        filled = with_settings(choices, script)
        return filled, read_script(script), film_path(output, script, filled.target_name)

    filled, content, path = checked(look)

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli.rendering import Render
        from filmstudio.cli.rendering import render as render_there

        wanted = Render(script, content, path, project, filled, as_json=as_json, detach=detach)
        if watching:
            from filmstudio.cli.watching.session import Viewing
            from filmstudio.cli.watching.session import watch as watch_there

            return await watch_there(studio, place, wanted.alone(), Viewing(open_page, player))
        return await render_there(studio, place, wanted)

    at_studio(server, work, local=local)


@app.command()
def plan(
    what: Annotated[str, typer.Argument(metavar="SCRIPT|PROJECT", help="A screenplay, or a project's name.")],
    project: Project = "",
    size: Size = "",
    fps: Fps = "",
    loudness: Loudness = "",
    narrate: Narrate = True,
    lower_thirds: LowerThirds = None,
    pool: Pool = None,
    scenes: Scenes = None,
    shots: Shots = None,
    quality: Quality = "",
    target: Target = "",
    also: Also = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Say what film render would make, how long it takes and what it costs; make nothing."""
    from filmstudio.cli.choices import Choices

    parts = tuple(pool or ()), tuple(scenes or ()), tuple(shots or ())
    more, thirds = tuple(also or ()), tuple(lower_thirds or ())
    choices = Choices(
        size, fps, loudness, narrate, *parts, quality, target=target, also=more, lower_thirds=thirds
    )

    def look() -> tuple[Choices, bytes]:
        from filmstudio.cli.script_settings import with_settings
        from filmstudio.cli.scripts import script_or_nothing

        content = script_or_nothing(what)
        choices.check()
        return with_settings(choices, Path(what)) if content else choices, content

    filled, content = checked(look)

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli.planning import Asked
        from filmstudio.cli.planning import plan as plan_there

        return await plan_there(studio, place, Asked(what, content, project, filled, as_json=as_json))

    at_studio(server, work, local=local)


job_verbs.add_to(app)
app.command()(pool_verbs.pools)
for verb in (
    account_verbs.login,
    account_verbs.register,
    account_verbs.logout,
    account_verbs.whoami,
    account_verbs.account,
):
    app.command()(verb)
for verbs in (
    project_verbs,
    casting_verbs,
    shot_verbs,
    timeline_verbs,
    translation_verbs,
    history_verbs,
    team_verbs,
    key_verbs,
    admin_verbs,
    library_verbs,
    webhook_verbs,
    share_verbs,
    quota_verbs,
    script_verbs,
    template_verbs,
    archive_verbs,
    model_verbs,
    studio_verbs,
):
    verbs.add_to(app)
