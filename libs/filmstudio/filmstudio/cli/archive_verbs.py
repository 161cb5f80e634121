"""The verbs that take a project out of a studio and into another."""

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
    """The verbs about archives."""
    app.command("export")(export)
    app.command("import")(import_)


def export(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Its title, or projects/UUID.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The archive, PROJECT.zip.")],
    media: Annotated[
        bool, typer.Option("--media", help="With brought files, locks, and what engines made for the film.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Write a project to a file: its texts, edits, chosen takes, and what its film is made of."""

    def look() -> None:
        from filmstudio.cli.outputs import require_writable
        from filmstudio.errors import RefusedError

        if output.suffix.lower() != ".zip":
            raise RefusedError(f"{output}: the archive is a zip; give it a name that ends in .zip")
        require_writable(output)

    checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.archives.exporting import export as export_there

        return await export_there(studio, project, output, as_json=as_json, with_media=media)

    at_studio(server, work, local=local)


def import_(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="What film export has written.")],
    project: Annotated[str, typer.Option(metavar="NAME", help="The title; by default the export's.")] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Make a project of a file that film export has written."""

    def look() -> None:
        from filmstudio.errors import RefusedError

        if not archive.is_file():
            raise RefusedError(f"{archive}: there is no such file; give one that film export has written")

    checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.archives.importing import import_project

        return await import_project(studio, archive, project, as_json=as_json)

    at_studio(server, work, local=local)
