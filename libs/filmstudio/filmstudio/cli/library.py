"""film library: what the films of a workspace share, in versions, and which of it a project has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from filmstudio.cli.casting import meant
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2

ENTRY_COLUMNS = (
    Column("ENTRY"),
    Column("KIND"),
    Column("VERSION", right=True),
    Column("WHAT", yields=True),
)
VERSION_COLUMNS = (Column("VERSION", right=True), Column("ADDED"), Column("WHAT", yields=True))
USE_COLUMNS = (
    Column("WHO OR WHERE"),
    Column("KIND"),
    Column("ENTRY"),
    Column("VERSION", right=True),
    Column("NEWEST", right=True),
    Column("NOTE"),
)

NO_ENTRIES = "The library is empty; film library add fills it."
NO_USES = "The project uses nothing of the library; film library use changes that."

FILM_KINDS = frozenset({"caption_style", "brand_kit", "music"})
MOODS = tuple(name.removeprefix("MOOD_").lower() for name, number in task_pb2.Mood.items() if number)
_SUBJECTS = {
    "place": "place",
    "look": "character or place",
    "caption_style": "part of a film that captions are of",
    "brand_kit": "part of a film that a brand is of",
    "music": "mood, and no part of a film,",
}

_AT_VERSION = re.compile(r"(?P<entry>.*\S)\s*@\s*(?P<number>[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Addition:
    """An entry or a version: of a kind with fields, or as a character or a place of a project is now."""

    name: str
    kind: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    project: str = ""
    source: str = ""


async def list_entries(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Print the entries. Raises FilmStudioError."""
    entries = await studio.library.entries()
    if as_json:
        print_json(entries)
    elif entries:
        print_table(ENTRY_COLUMNS, map(_entry_row, entries))
    else:
        print(NO_ENTRIES)
    return Exit.OK


async def add(studio: FilmStudio, addition: Addition, *, as_json: bool) -> Exit:
    """Make an entry, or a version of the one that is called so. Raises FilmStudioError."""
    return await save(studio, addition.name, await _content(studio, addition), as_json=as_json)


async def save(studio: FilmStudio, name: str, content: library_pb2.LibraryContent, *, as_json: bool) -> Exit:
    """Make an entry of a content, or a version of the one that is called so. Raises FilmStudioError."""
    found = await named_entry(studio, name)
    if found is None:
        made = await studio.library.create(name, content)
    else:
        made = await studio.library.add_version(found.name, content, _number(found.latest_version))
    if as_json:
        print_json([made])
    elif found is not None and made.latest_version == found.latest_version:
        print(plain(f"{made.display_name}: version {_number(made.latest_version)} says so already"))
    else:
        print(
            plain(
                f"{made.display_name}: {_told(_kind(made.content))}, version {_number(made.latest_version)}"
            )
        )
    return Exit.OK


async def named_entry(studio: FilmStudio, name: str) -> library_pb2.LibraryEntry | None:
    """The entry that is called so, in whatever case; None for none. Raises FilmStudioError."""
    known = {entry.display_name.casefold(): entry for entry in await studio.library.entries()}
    return known.get(" ".join(name.split()).casefold())


async def list_versions(studio: FilmStudio, name: str, *, as_json: bool) -> Exit:
    """Print the versions of an entry. Raises FilmStudioError."""
    versions = await studio.library.versions((await _entry(studio, name)).name)
    if as_json:
        print_json(versions)
        return Exit.OK
    rows = [
        (
            str(_number(version.name)),
            f"{version.create_time.ToDatetime():%Y-%m-%d %H:%M}",
            _words(version.content),
        )
        for version in versions
    ]
    print_table(VERSION_COLUMNS, rows)
    return Exit.OK


async def remove(studio: FilmStudio, name: str, *, as_json: bool) -> Exit:
    """Delete an entry; films stay as they are. Raises FilmStudioError."""
    entry = await _entry(studio, name)
    await studio.library.delete(entry.name)
    if as_json:
        print_json([entry])
    else:
        print(plain(f"{entry.display_name}: removed; projects that use it stay as they are"))
    return Exit.OK


async def use(studio: FilmStudio, project: str, subject: str, name: str, *, as_json: bool) -> Exit:
    """Let somebody, some place or the film be as an entry says, as "Iris@2". Raises FilmStudioError."""
    named = await named_project(studio, project)
    match = _AT_VERSION.fullmatch(name)
    entry = await _entry(studio, match["entry"] if match else name)
    version = f"{entry.name}/versions/{match['number']}" if match else entry.latest_version
    kind = _kind(entry.content)
    names = await _subjects(studio, named.name, kind)
    what = _SUBJECTS.get(kind, "character")
    lister = f"film {'locations' if kind == 'place' else 'cast'} {project!r}"
    if kind in FILM_KINDS:
        lister = "film library use --help"
    wanted = names[meant(subject, names, what, lister)]
    used = await studio.library.use(named.name, version, wanted)
    return _show_uses([used], as_json=as_json)


async def drop(studio: FilmStudio, project: str, subject: str, kind: str, *, as_json: bool) -> Exit:
    """Let a project use something of a kind no more. Raises FilmStudioError."""
    named = await named_project(studio, project)
    listed = [used for used in await studio.library.uses(named.name) if used.kind == kind]
    # "tense" is what use takes, "tense scenes" what uses says.
    uses = {used.subject_name.removesuffix(" scenes"): used for used in listed}
    uses |= {used.subject_name: used for used in listed}
    used = uses[meant(subject, uses, f"use of a {_told(kind)}", f"film library uses {project!r}")]
    await studio.library.drop(named.name, used.subject, kind)
    if as_json:
        print_json([used])
    else:
        print(plain(f"{used.subject_name}: no {_told(kind)} of the library any more"))
    return Exit.OK


async def list_uses(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """Print what a project uses. Raises FilmStudioError."""
    named = await named_project(studio, project)
    return _show_uses(await studio.library.uses(named.name), as_json=as_json)


async def upgrade(studio: FilmStudio, project: str, *, force: bool, as_json: bool) -> Exit:
    """Bring what a project uses to the newest versions; what was edited since only by force.

    Raises FilmStudioError.
    """
    named = await named_project(studio, project)
    upgraded = []
    for used in await studio.library.uses(named.name):
        if not used.latest_version or used.latest_version == used.version or not used.subject_name:
            continue
        if used.edited and not force:
            print(plain(f"{used.subject_name}: edited since, left as it is; --force replaces the edit"))
            continue
        upgraded.append(await studio.library.use(named.name, used.latest_version, used.subject))
    if not upgraded and not as_json:
        print("Nothing was upgraded.")
        return Exit.OK
    return _show_uses(upgraded, as_json=as_json)


async def _content(studio: FilmStudio, addition: Addition) -> library_pb2.LibraryContent:
    if addition.project:
        return await _content_of(studio, addition)
    content = library_pb2.LibraryContent()
    part = getattr(content, addition.kind)
    known = part.DESCRIPTOR.fields_by_name
    unknown = sorted(set(addition.fields) - set(known))
    if unknown:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in unknown)
        raise RefusedError(f"a {addition.kind} has no {options}")
    for name, value in addition.fields.items():
        setattr(part, name, value)
    part.SetInParent()
    return content


async def _content_of(studio: FilmStudio, addition: Addition) -> library_pb2.LibraryContent:
    """As a character or a place of a project is now."""
    project = (await named_project(studio, addition.project)).name
    members = {member.character: member for member in await studio.cast_members(project)}
    places = {place.place: place for place in await studio.locations(project)}
    source = meant(
        addition.source, [*members, *places], "character or place", f"film cast {addition.project!r}"
    )
    if source not in members:
        place = library_pb2.LibraryPlace(look=places[source].look, seed=places[source].seed)
        return library_pb2.LibraryContent(place=place)
    member = members[source]
    character = library_pb2.LibraryCharacter(
        display_name=member.display_name,
        look=member.look,
        voice=member.voice,
        seed=member.seed,
        language=member.language,
    )
    return library_pb2.LibraryContent(character=character)


async def _entry(studio: FilmStudio, written: str) -> library_pb2.LibraryEntry:
    entries = {entry.display_name: entry for entry in await studio.library.entries()}
    return entries[meant(written, entries, "entry", "film library list")]


async def _subjects(studio: FilmStudio, project: str, kind: str) -> Mapping[str, str]:
    """What a kind may be given to, names by what the screenplay calls them."""
    if kind in FILM_KINDS:
        moods = MOODS if kind == "music" else ()
        return {"film": project} | {mood: f"{project}/moods/{mood}" for mood in moods}
    found: dict[str, str] = {}
    if kind in ("place", "look"):
        found.update({place.place: place.name for place in await studio.locations(project)})
    if kind != "place":
        found.update({member.character: member.name for member in await studio.cast_members(project)})
    return found


def _show_uses(uses: Sequence[library_pb2.LibraryUse], *, as_json: bool) -> Exit:
    if as_json:
        print_json(uses)
    elif uses:
        print_table(USE_COLUMNS, map(_use_row, uses))
    else:
        print(NO_USES)
    return Exit.OK


def _entry_row(entry: library_pb2.LibraryEntry) -> Sequence[str]:
    number = str(_number(entry.latest_version))
    return entry.display_name, _told(_kind(entry.content)), number, _words(entry.content)


def _use_row(used: library_pb2.LibraryUse) -> Sequence[str]:
    notes = [
        "" if used.subject_name else "not in the project",
        "" if used.entry_name else "removed from the library",
        "edited since" if used.edited else "",
    ]
    return (
        used.subject_name or used.subject.rpartition("/")[2],
        _told(used.kind),
        used.entry_name,
        str(_number(used.version)),
        str(_number(used.latest_version)) if used.latest_version else "",
        ", ".join(filter(None, notes)),
    )


def _kind(content: library_pb2.LibraryContent) -> str:
    return str(content.WhichOneof("content"))


def _told(kind: str) -> str:
    """ "brand kit" of "brand_kit"."""
    return kind.replace("_", " ")


def _words(content: library_pb2.LibraryContent) -> str:
    """ "look: a blue cardigan; voice: bf_emma"."""
    part = getattr(content, _kind(content))
    return "; ".join(f"{_told(field.name)}: {_value(field, value)}" for field, value in part.ListFields())


def _value(field: FieldDescriptor, value: Any) -> str:
    if isinstance(value, library_pb2.LibraryFile):
        size = f"{value.size.width_px}x{value.size.height_px}" if value.HasField("size") else ""
        length = f"{value.artifact.length_ms / 1000:.0f} s" if value.artifact.length_ms else ""
        return f"{value.family or size or length} by {value.credit.creator} ({value.credit.licence})"
    if field.enum_type is not None:
        name = field.enum_type.values_by_number[value].name
        return name.removeprefix("CAPTION_POSITION_").removeprefix("CORNER_").lower().replace("_", " ")
    return "yes" if value is True else str(value)


def _number(version: str) -> int:
    return int(version.rpartition("/")[2])
