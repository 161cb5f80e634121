"""The verbs of film library: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli import library_look_verbs
from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

HELP = "What the films of a workspace share, in versions: cast, places, looks, captions, brand kits, music."

EntryName = Annotated[str, typer.Argument(metavar="ENTRY", help="As film library list says it.")]
ProjectName = Annotated[str, typer.Argument(metavar="PROJECT", help="Its title, or projects/UUID.")]


class UsedKind(Enum):
    """What a project uses."""

    CHARACTER = "character"
    PLACE = "place"
    VOICE = "voice"
    LOOK = "look"
    CAPTION_STYLE = "caption-style"
    BRAND_KIT = "brand-kit"
    MUSIC = "music"


class Kind(Enum):
    """What an entry is."""

    CHARACTER = "character"
    PLACE = "place"
    VOICE = "voice"
    LOOK = "look"


def add_to(app: typer.Typer) -> None:
    """The verb library, with its own verbs."""
    library = typer.Typer(no_args_is_help=True, help=HELP, rich_markup_mode=None)
    for name, verb in (
        ("list", list_),
        ("add", add),
        ("versions", versions),
        ("remove", remove),
        ("use", use),
        ("uses", uses),
        ("drop", drop),
        ("upgrade", upgrade),
    ):
        library.command(name)(verb)
    library_look_verbs.add_to(library)
    app.add_typer(library, name="library")


def list_(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List the library."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.list_entries(studio, as_json=as_json)

    at_studio(server, work, local=local)


def add(
    entry: EntryName,
    kind: Annotated[
        Kind | None, typer.Option(help="What it is, when it is not taken from a project.")
    ] = None,
    look: Annotated[str | None, typer.Option(metavar="TEXT", help="What it looks like.")] = None,
    voice: Annotated[str | None, typer.Option(metavar="VOICE", help="Of a character or a voice.")] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, help="Of a character or a place.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="Of a character or a voice, such as en.")
    ] = None,
    display_name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What people call a character.")
    ] = None,
    project: Annotated[str, typer.Option("--from", metavar="PROJECT", help="Take it from a project.")] = "",
    source: Annotated[
        str, typer.Option("--of", metavar="NAME", help="With --from: the character or the place; else ENTRY.")
    ] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Add an entry, or a new version of the one that is called so."""
    options = {
        "look": look,
        "voice": voice,
        "seed": seed,
        "language": language,
        "display_name": display_name,
    }
    fields = {name: value for name, value in options.items() if value is not None}

    def look_at() -> None:
        from filmstudio.errors import RefusedError

        if (kind is None) == (not project):
            raise RefusedError("say what it is with --kind, or where it is taken from with --from PROJECT")
        if project and fields:
            raise RefusedError("--from takes what the project says; leave the other options out")
        if not project and not fields:
            raise RefusedError("say something of it, such as --look TEXT")

    checked(look_at)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        what = kind.value if kind is not None else ""
        addition = library.Addition(entry, what, fields, project, source or entry)
        return await library.add(studio, addition, as_json=as_json)

    at_studio(server, work, local=local)


def versions(entry: EntryName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List the versions of an entry."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.list_versions(studio, entry, as_json=as_json)

    at_studio(server, work, local=local)


def remove(entry: EntryName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Remove an entry; projects that use it stay as they are."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.remove(studio, entry, as_json=as_json)

    at_studio(server, work, local=local)


def use(
    project: ProjectName,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A character or a place of the screenplay; film, or for music a mood such as tense.",
        ),
    ],
    entry: Annotated[str, typer.Argument(metavar="ENTRY[@VERSION]", help="The newest version by default.")],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Let a character, a place or the film of a project be as an entry says; film undo takes it back."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.use(studio, project, subject, entry, as_json=as_json)

    at_studio(server, work, local=local)


def drop(
    project: ProjectName,
    subject: Annotated[str, typer.Argument(metavar="NAME", help="As film library uses says it.")],
    kind: Annotated[UsedKind, typer.Argument(help="What it uses no more.")],
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Let a project use something of the library no more; the film is as the studio has it again."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        told = kind.value.replace("-", "_")
        return await library.drop(studio, project, subject, told, as_json=as_json)

    at_studio(server, work, local=local)


def uses(project: ProjectName, as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """List what a project uses, and what is newer."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.list_uses(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def upgrade(
    project: ProjectName,
    force: Annotated[bool, typer.Option("--force", help="Replace what was edited since, too.")] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Bring what a project uses to the newest versions."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library

        return await library.upgrade(studio, project, force=force, as_json=as_json)

    at_studio(server, work, local=local)
