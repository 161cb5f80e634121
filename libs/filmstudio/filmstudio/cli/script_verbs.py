"""The verbs that read, write and compare screenplays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Limit, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

Script = Annotated[Path, typer.Argument(metavar="SCRIPT", help="A screenplay; - reads standard input.")]
Language = Annotated[
    str, typer.Option(metavar="TAG", help="The text's language, such as en or pt-BR; else the title page's.")
]
ProjectName = Annotated[
    str, typer.Argument(metavar="PROJECT", help="Its name, projects/UUID, or a unique start of the UUID.")
]


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    for verb in (check, breakdown, convert, write, revisions, diff):
        app.command()(verb)


def check(
    scripts: Annotated[
        list[Path], typer.Argument(metavar="SCRIPT...", help="Screenplays; - reads standard input.")
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings end it with exit code 1, too.")] = False,
    language: Language = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Read screenplays and say what is odd about them.

    Exit code 1 when there is an error, 2 when a file can't be read as a screenplay at all.
    """

    def look() -> list[tuple[str, bytes]]:
        from filmstudio.cli.scripts import read_scripts

        return read_scripts(scripts)

    texts = checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.checking import check_scripts

        return await check_scripts(studio, texts, language, strict=strict, as_json=as_json)

    at_studio(server, work, local=local)


def breakdown(
    script: Script,
    language: Language = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the shots that a screenplay becomes."""

    def look() -> list[tuple[str, bytes]]:
        from filmstudio.cli.scripts import read_scripts

        return read_scripts([script])

    ((name, content),) = checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.shot_table import show_shots

        return await show_shots(studio, name, content, language, as_json=as_json)

    at_studio(server, work, local=local)


def convert(
    script: Script,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to: .fountain, .fdx or .json.")
    ],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Write a screenplay in another format: Fountain, Final Draft's FDX, or JSON."""

    def look() -> tuple[str, bytes]:
        from filmstudio.cli.converting import require_target
        from filmstudio.cli.scripts import read_scripts

        require_target(output, script)
        return read_scripts([script])[0]

    name, content = checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.converting import convert_script

        return await convert_script(studio, name, content, output, as_json=as_json)

    at_studio(server, work, local=local)


def write(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="What it shall be about, in a sentence.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="A new .fountain file; by default it is printed."
        ),
    ] = None,
    minutes: Annotated[int, typer.Option(metavar="N", min=1, max=20, help="About how long the film is.")] = 2,
    language: Annotated[str, typer.Option(metavar="TAG", help="The language, such as en or pt-BR.")] = "en",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Write a first draft of a screenplay about a topic.

    A language model writes it where the studio has one; else it is a template of three scenes.
    """

    def look() -> None:
        from filmstudio.cli.outputs import require_new_draft

        if output is not None:
            require_new_draft(output)

    checked(look)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.writing import write_script

        return await write_script(studio, topic, minutes, language, output, as_json=as_json)

    at_studio(server, work, local=local)


def revisions(
    project: ProjectName,
    limit: Limit = 20,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the newest texts of a project."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.revision_list import list_revisions

        return await list_revisions(studio, project, limit, as_json=as_json)

    at_studio(server, work, local=local)


def diff(
    project: ProjectName,
    base: Annotated[
        int, typer.Argument(metavar="A", min=0, help="The older revision; by default the one before B.")
    ] = 0,
    target: Annotated[
        int, typer.Argument(metavar="B", min=0, help="The newer revision; by default the newest.")
    ] = 0,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Say what became of each scene between two texts of a project."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli.comparing import compare

        return await compare(studio, project, base, target, as_json=as_json)

    at_studio(server, work, local=local)
