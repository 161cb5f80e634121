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
    fill: Annotated[
        bool, typer.Option("--fill", help="Let the studio's language model translate what is missing.")
    ] = False,
    narration: Annotated[
        bool, typer.Option("--narration", help="With --fill: what a narrator may read, too.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List what a film says in other languages, exchange it with translators, or let a model translate."""
    asked = (export is not None) + (import_ is not None) + fill
    checked(lambda: _require(asked < 2, "one of --export, --import and --fill"))
    checked(lambda: _require(bool(language) or not asked, "which language? Such as de"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import translations

        if export is not None:
            return await translations.export(studio, project, language, export)
        if import_ is not None:
            return await translations.bring(studio, project, language, import_, as_json=as_json)
        if fill:
            return await translations.fill(studio, project, language, narration=narration, as_json=as_json)
        if language:
            return await translations.list_lines(studio, project, language, as_json=as_json)
        return await translations.list_languages(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def _require(holds: bool, text: str) -> None:
    from filmstudio.errors import RefusedError

    if not holds:
        raise RefusedError(text)
