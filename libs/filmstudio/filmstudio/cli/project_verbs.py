"""The verbs about projects: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Limit, Local, ProjectName, Server
from filmstudio.cli.running import at_studio

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    for verb in (projects, delete):
        app.command()(verb)


def projects(
    limit: Limit = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the newest projects."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.project_list import list_projects

        return await list_projects(studio, limit, as_json=as_json)

    at_studio(server, work, local=local)


def delete(
    project: ProjectName,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Delete a project with its screenplays, edits and jobs; its films go from the store after a grace."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.project_list import delete_project

        return await delete_project(studio, project, asked=not yes)

    at_studio(server, work, local=local)
