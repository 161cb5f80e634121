"""The verbs of the history: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Limit, Local, ProjectName, Server
from filmstudio.cli.running import at_studio

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def add_to(app: typer.Typer) -> None:
    """Add them."""
    for verb in (history, undo, redo, restore):
        app.command()(verb)


def history(
    project: ProjectName,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the edits of a project, the newest first: who changed what, and when."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.history import list_history

        return await list_history(studio, project, limit, as_json=as_json)

    at_studio(server, work, local=local)


def undo(project: ProjectName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Take back the newest edit of a project that is not undone yet."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.history import undo as undo_there

        return await undo_there(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def redo(project: ProjectName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Do again what the newest undo took back."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.history import redo as redo_there

        return await redo_there(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def restore(
    project: ProjectName,
    edit: Annotated[
        int, typer.Argument(metavar="EDIT", min=0, help="The edit's number in film history; 0: before all.")
    ],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Bring everything that was edited to how it was right after an edit; undo takes it back."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.history import restore as restore_there

        return await restore_there(studio, project, edit, as_json=as_json)

    at_studio(server, work, local=local)
