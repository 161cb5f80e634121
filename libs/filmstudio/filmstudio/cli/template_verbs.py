"""The verbs about templates: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def add_to(app: typer.Typer) -> None:
    """The verbs about templates."""
    for verb in (templates, new):
        app.command()(verb)


def templates(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List what film new can start from."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.templates import list_templates

        return await list_templates(studio, as_json=as_json)

    at_studio(server, work, local=local)


def new(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="The screenplay to write, NAME.fountain.")],
    template: Annotated[
        str, typer.Option("--template", metavar="TEMPLATE", help="What to start from; see film templates.")
    ],
    title: Annotated[str, typer.Option(metavar="TITLE", help="By default made of the file's name.")] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Write a screenplay to start from, with comments, and its settings beside it."""

    def look() -> None:
        from filmstudio.cli.outputs import require_absent, require_new_draft
        from filmstudio.cli.script_settings import settings_path

        require_new_draft(output)
        require_absent(settings_path(output))

    checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.templates import New, write_new

        return await write_new(studio, New(template, output, title.strip(), as_json=as_json))

    at_studio(server, work, local=local)
