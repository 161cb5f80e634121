"""The cast and the locations of projects in Postgres."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from studio_jobs.cast import cast_voices
from studio_jobs.casting.entries import Casting, Part, Site, name_sha256, recast, site_name
from studio_jobs.looks import introductions, looks_of, place_looks_of
from studio_jobs.screenplay.headings import Place
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_jobs.store import cast_rows, rows
from studio_platform.database import Database

CAST_MAX = 2_000
"""Characters of a project that are kept and listed; more can be heard, but not edited."""

NAME_CHARACTERS_MAX = 500
"""A longer name is heard and cast anew in each plan: no index holds it."""

LOCATIONS_MAX = 5_000
"""Places of a project that are kept and listed."""


class Castings:
    """Reads rows of one workspace; store/cast_edits.py writes what is edited."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def members(self, workspace: UUID, project_id: UUID) -> list[cast_rows.CastMember]:
        """Every character that the project has had, in the order of their first lines."""
        return await members_of(self._database, workspace, project_id)

    async def locations(self, workspace: UUID, project_id: UUID) -> list[cast_rows.Location]:
        """Every place that the project has had, in the order of their first scenes."""
        return await locations_of(self._database, workspace, project_id)

    async def casting(self, workspace: UUID, project_id: UUID) -> Casting:
        """What a plan takes, as it is now."""
        return cast_rows.casting_of(
            await self.members(workspace, project_id), await self.locations(workspace, project_id)
        )

    async def with_project(self, workspace: UUID, project_id: UUID) -> tuple[rows.Project, Casting] | None:
        """A project and what a plan takes as of that project's newest edit; None without such a project.

        No edit and no import comes between the two: each of them locks the project against sharing.
        """
        async with self._database.transaction() as tx:
            if await tx.fetchrow(SQL["share_project"], workspace, project_id) is None:
                return None
            project = rows.project(rows.present(await tx.fetchrow(SQL["project"], workspace, project_id)))
            members = await members_of(tx, workspace, project_id)
            return project, cast_rows.casting_of(members, await locations_of(tx, workspace, project_id))


async def note_revision(
    tx: Any, workspace: UUID, project_id: UUID, number: int, breakdown: Breakdown
) -> None:
    """Bring the cast and the places of a locked project to a revision; edits stay."""
    known = cast_rows.casting_of(await members_of(tx, workspace, project_id), ())
    found = await asyncio.to_thread(_entries, breakdown, known)
    names = [name for name in found.voices if len(name) <= NAME_CHARACTERS_MAX][:CAST_MAX]
    await tx.execute(
        SQL["upsert_cast"],
        workspace,
        project_id,
        names,
        list(range(len(names))),
        [found.voices[name] for name in names],
        [found.looks[name] for name in names],
        number,
    )
    places = list(found.places)[:LOCATIONS_MAX]
    await tx.execute(
        SQL["upsert_locations"],
        workspace,
        project_id,
        places,
        [name_sha256(name) for name in places],
        list(range(len(places))),
        [found.places[name] for name in places],
        [found.place_looks.get(name, "") for name in places],
        number,
    )


@dataclass(frozen=True, slots=True)
class _Entries:
    """What a revision says of its cast and places, each by name."""

    voices: Mapping[str, str]
    looks: Mapping[str, str]
    places: Mapping[str, str]
    place_looks: Mapping[str, str]


def _entries(breakdown: Breakdown, known: Casting) -> _Entries:
    whole = recast(breakdown, known.aliases)
    names = dict.fromkeys((*whole.characters, *breakdown.characters))
    introduced = {**introductions(whole, names), **known.looks}
    voices = cast_voices(list(names), known.voices, introduced, known.edited_voices)
    looks = {**looks_of(breakdown, voices, {}), **_told(looks_of(whole, voices, {}))}
    places: dict[str, str] = {}
    for scene in breakdown.scenes:
        name = site_name(scene.location)
        if name:
            both = places.get(name, scene.place.value) != scene.place.value
            places[name] = Place.INT_EXT.value if both else scene.place.value
    return _Entries(voices, looks, places, place_looks_of(breakdown))


def _told(looks: Mapping[str, str]) -> dict[str, str]:
    return {name: look for name, look in looks.items() if look}


async def members_of(where: Any, workspace: UUID, project_id: UUID) -> list[cast_rows.CastMember]:
    """A project's characters; `where` is a database or a transaction."""
    found = await where.fetch(SQL["cast_members"], workspace, project_id, CAST_MAX)
    return [cast_rows.cast_member(row) for row in found]


async def locations_of(where: Any, workspace: UUID, project_id: UUID) -> list[cast_rows.Location]:
    """A project's places; `where` is a database or a transaction."""
    found = await where.fetch(SQL["locations"], workspace, project_id, LOCATIONS_MAX)
    return [cast_rows.location(row) for row in found]


def packed(casting: Casting) -> bytes:
    """A casting as a job keeps it; `unpacked` reads it."""
    entries = {
        "parts": {name: asdict(part) for name, part in casting.parts.items()},
        "sites": {name: asdict(site) for name, site in casting.sites.items()},
    }
    return zlib.compress(json.dumps(entries, separators=(",", ":")).encode())


def unpacked(data: bytes) -> Casting:
    """The casting in `packed` bytes."""
    entries = json.loads(zlib.decompress(data))
    return Casting(
        {name: _part(fields) for name, fields in entries["parts"].items()},
        {name: Site(**fields) for name, fields in entries["sites"].items()},
    )


def _part(fields: Mapping[str, Any]) -> Part:
    aliases: Iterable[str] = fields["aliases"]
    return Part(**{**fields, "aliases": tuple(aliases)})
