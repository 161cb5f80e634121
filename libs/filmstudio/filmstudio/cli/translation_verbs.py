"""The verb of translations: what it takes; what it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, ProjectName, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def add_to(app: typer.Typer) -> None:
    """Add it."""
    app.command()(translations)


def translations(
    project: ProjectName,
    language: Annotated[
        str, typer.Argument(metavar="LANGUAGE", help="Such as de or pt-BR; without it languages are listed.")
    ] = "",
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE.po", help="Write all lines for a translator, with what is translated."),
    ] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", metavar="FILE.po", help="Keep the translations of a file.")
    ] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List what a film says in other languages, write it down for translators, or bring it."""
    checked(lambda: _require(export is None or import_ is None, "either --export or --import"))
    checked(lambda: _require(bool(language) or not (export or import_), "which language? Such as de"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import translations

        if export is not None:
            return await translations.export(studio, project, language, export)
        if import_ is not None:
            return await translations.bring(studio, project, language, import_, as_json=as_json)
        if language:
            return await translations.list_lines(studio, project, language, as_json=as_json)
        return await translations.list_languages(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def _require(holds: bool, text: str) -> None:
    from filmstudio.errors import RefusedError

    if not holds:
        raise RefusedError(text)
