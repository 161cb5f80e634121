"""film cast and film locations: who plays whom, and where, listed and edited."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from filmstudio.casting.v1 import casting_pb2
from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError

CAST_COLUMNS = (
    Column("CHARACTER"),
    Column("VOICE"),
    Column("LANGUAGE"),
    Column("ALIASES"),
    Column("EDITED"),
    Column("NOTE"),
    Column("LOOK", yields=True),
)
LOCATION_COLUMNS = (
    Column("PLACE", yields=True),
    Column("KIND"),
    Column("SEED"),
    Column("EDITED"),
    Column("NOTE"),
    Column("LOOK", yields=True),
)
EntryT = TypeVar("EntryT", casting_pb2.CastMember, casting_pb2.Location)

NO_CAST = "Nobody speaks in this project's screenplay."
NO_LOCATIONS = "This project's screenplay names no place."


@dataclass(frozen=True, slots=True)
class Edit:
    """What an entry shall be: fields by their names; an empty one is the studio's choice again."""

    entry: str
    fields: Mapping[str, Any] = field(default_factory=dict)


async def list_cast(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """The cast of a project. Raises FilmStudioError."""
    members = await studio.cast_members((await named_project(studio, project)).name)
    return _listed(members, CAST_COLUMNS, _member_row, NO_CAST, as_json=as_json)


async def edit_cast(studio: FilmStudio, project: str, edit: Edit, *, as_json: bool) -> Exit:
    """Edit one character, named as in the screenplay or by an alias. Raises FilmStudioError."""
    members = await studio.cast_members((await named_project(studio, project)).name)
    member = member_of(members, edit.entry, project)
    wanted = casting_pb2.CastMember(name=member.name, etag=member.etag, **edit.fields)
    edited = await studio.update_cast_member(wanted, edit.fields)
    return _listed([edited], CAST_COLUMNS, _member_row, NO_CAST, as_json=as_json)


def member_of(
    members: Sequence[casting_pb2.CastMember], written: str, project: str
) -> casting_pb2.CastMember:
    """The character of a name, as in the screenplay or an alias. Raises RefusedError."""
    names = {name: member for member in members for name in (member.character, *member.aliases)}
    return names[meant(written, names, "character", f"film cast {project!r}")]


async def list_locations(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """The places of a project. Raises FilmStudioError."""
    places = await studio.locations((await named_project(studio, project)).name)
    return _listed(places, LOCATION_COLUMNS, _location_row, NO_LOCATIONS, as_json=as_json)


async def edit_locations(studio: FilmStudio, project: str, edit: Edit, *, as_json: bool) -> Exit:
    """Edit one place, named as in the headings. Raises FilmStudioError."""
    places = {
        place.place: place for place in await studio.locations((await named_project(studio, project)).name)
    }
    place = places[meant(edit.entry, places, "place", f"film locations {project!r}")]
    wanted = casting_pb2.Location(name=place.name, etag=place.etag, **edit.fields)
    edited = await studio.update_location(wanted, edit.fields)
    return _listed([edited], LOCATION_COLUMNS, _location_row, NO_LOCATIONS, as_json=as_json)


def _listed(
    entries: Sequence[EntryT],
    columns: Sequence[Column],
    row: Callable[[EntryT], Sequence[str]],
    none: str,
    *,
    as_json: bool,
) -> Exit:
    if as_json:
        print_json(entries)
    elif entries:
        print_table(columns, map(row, entries))
    else:
        print(none)
    return Exit.OK


def meant(written: str, names: Iterable[str], what: str, lister: str) -> str:
    """The name that is meant, in whatever case. Raises RefusedError with the nearest one."""
    folded = {name.casefold(): name for name in names}
    wanted = " ".join(written.split()).casefold()
    if wanted in folded:
        return folded[wanted]
    near = difflib.get_close_matches(wanted, folded, n=1)
    hint = f"; did you mean {folded[near[0]]}?" if near else ""
    raise RefusedError(f"no {what} is called {written!r}{hint} ({lister} lists them)")


def _member_row(member: casting_pb2.CastMember) -> Sequence[str]:
    shown = f"{member.character} ({member.display_name})" if member.display_name else member.character
    return (
        shown,
        member.voice,
        member.language,
        ", ".join(member.aliases),
        ", ".join(member.edited_fields.paths),
        _note(member.in_screenplay),
        member.look,
    )


def _location_row(place: casting_pb2.Location) -> Sequence[str]:
    kind = casting_pb2.LocationKind.Name(place.kind).removeprefix("LOCATION_KIND_").lower()
    return (
        place.place,
        kind,
        str(place.seed or ""),
        ", ".join(place.edited_fields.paths),
        _note(place.in_screenplay),
        place.look,
    )


def _note(in_screenplay: bool) -> str:
    return "" if in_screenplay else "not in the newest revision"
