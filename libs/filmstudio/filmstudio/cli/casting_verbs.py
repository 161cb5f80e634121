"""The verbs of cast and locations: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmstudio.cli.options import AsJson, Local, ProjectName, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


class Action(StrEnum):
    """What to do to an entry; without one all are listed."""

    SET = "set"


Set = Annotated[Action | None, typer.Argument(metavar="set", help="Edit one; without it all are listed.")]
Character = Annotated[str, typer.Argument(metavar="NAME", help="Whom: the name in the screenplay.")]
PlaceName = Annotated[str, typer.Argument(metavar="PLACE", help="Which: the place as headings name it.")]
Look = Annotated[
    str | None, typer.Option(metavar="TEXT", help='What it looks like, in words; "" as the studio has it.')
]
Seed = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", min=0, max=2**63 - 1, help="Another number, another picture; 0 resets."),
]


def add_to(app: typer.Typer) -> None:
    """Add both."""
    app.command()(cast)
    app.command()(locations)


def cast(
    project: ProjectName,
    action: Set = None,
    name: Character = "",
    look: Look = None,
    voice: Annotated[
        str | None, typer.Option(metavar="VOICE", help='A voice of a speech pool; "" as the studio has it.')
    ] = None,
    seed: Seed = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help='What they speak, as fr-CA; "" as the screenplay.')
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help='Another name in cues, repeatable; "" for none.')
    ] = None,
    display_name: Annotated[str | None, typer.Option(metavar="NAME", help="What people call them.")] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the cast of a project, or edit one: film cast PROJECT set NAME --voice VOICE."""
    aliases = None if alias is None else [one for one in alias if one.strip()]
    fields = _given(
        look=look, voice=voice, seed=seed, language=language, aliases=aliases, display_name=display_name
    )
    checked(lambda: _require_whole(action, name, fields))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import casting

        if action is None:
            return await casting.list_cast(studio, project, as_json=as_json)
        return await casting.edit_cast(studio, project, casting.Edit(name, fields), as_json=as_json)

    at_studio(server, work, local=local)


def locations(
    project: ProjectName,
    action: Set = None,
    place: PlaceName = "",
    look: Look = None,
    seed: Seed = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the places of a project, or edit one: film locations PROJECT set PLACE --look TEXT."""
    fields = _given(look=look, seed=seed)
    checked(lambda: _require_whole(action, place, fields))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import casting

        if action is None:
            return await casting.list_locations(studio, project, as_json=as_json)
        return await casting.edit_locations(studio, project, casting.Edit(place, fields), as_json=as_json)

    at_studio(server, work, local=local)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _require_whole(action: Action | None, entry: str, fields: dict[str, Any]) -> None:
    """Raise RefusedError for an edit that lacks its entry or its fields, or for fields without an edit."""
    from filmstudio.errors import RefusedError

    if action is None and fields:
        raise RefusedError("to edit, write set and whom before the options")
    if action is not None and not entry:
        raise RefusedError("set what? Give the name after set")
    if action is not None and not fields:
        raise RefusedError(f"set what of {entry}? Give an option, such as --look")
