"""The verbs of film share: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, JobName, Local, Server
from filmstudio.cli.running import at_studio

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

HELP = "Links that show a film to whoever has them, on a page of the studio's."
DAYS_MAX = 3650


def add_to(app: typer.Typer) -> None:
    """The verb share, with its own verbs."""
    share = typer.Typer(no_args_is_help=True, help=HELP, rich_markup_mode=None)
    share.command("list")(list_)
    share.command("add")(add)
    share.command("revoke")(revoke)
    app.add_typer(share, name="share")


def list_(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List what is shared and how often it was looked at."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shares

        return await shares.list_shares(studio, as_json=as_json)

    at_studio(server, work, local=local)


def add(
    job: JobName,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What the page calls it; by default the project's name.")
    ] = "",
    days: Annotated[
        int, typer.Option(min=0, max=DAYS_MAX, help="Ends after so many days; 0: when it is revoked.")
    ] = 0,
    password: Annotated[
        bool, typer.Option("--password", help="Ask viewers for one; it is asked for, or read from input.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Share the film of a job; the link is shown once."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shares

        return await shares.add(studio, shares.Sharing(job, title, days, password), as_json=as_json)

    at_studio(server, work, local=local)


def revoke(
    share: Annotated[str, typer.Argument(metavar="SHARE", help="As film share list says it.")],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """End a share: its link shows nothing any more."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shares

        return await shares.revoke(studio, share, as_json=as_json)

    at_studio(server, work, local=local)
