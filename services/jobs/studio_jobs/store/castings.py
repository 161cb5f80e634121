"""The cast and the locations of projects in Postgres."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from studio_jobs.cast import cast_voices
from studio_jobs.casting.entries import Casting, Part, Site, recast, site_name
from studio_jobs.looks import looks_of, place_looks_of
from studio_jobs.screenplay.headings import Place
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_jobs.store import cast_rows
from studio_jobs.store.rows import present
from studio_platform.database import Database
from studio_platform.errors import Aborted

CAST_MAX = 2_000
"""Characters of a project that are kept and listed; more can be heard, but not edited."""

NAME_CHARACTERS_MAX = 500
"""A longer name is heard and cast anew in each plan: no index holds it."""

LOCATIONS_MAX = 5_000
"""Places of a project that are kept and listed."""


class Castings:
    """Each method is one transaction on rows of one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def members(self, workspace: UUID, project_id: UUID) -> list[cast_rows.CastMember]:
        """Every character that the project has had, in the order of their first lines."""
        return await _members(self._database, workspace, project_id)

    async def locations(self, workspace: UUID, project_id: UUID) -> list[cast_rows.Location]:
        """Every place that the project has had, in the order of their first scenes."""
        return await _locations(self._database, workspace, project_id)

    async def casting(self, workspace: UUID, project_id: UUID) -> Casting:
        """What a plan takes, as it is now."""
        return cast_rows.casting_of(
            await self.members(workspace, project_id), await self.locations(workspace, project_id)
        )

    async def edit_member(
        self,
        workspace: UUID,
        project_id: UUID,
        member_id: str,
        change: Callable[[cast_rows.CastMember, Sequence[cast_rows.CastMember]], cast_rows.CastMember],
        version: int,
    ) -> cast_rows.CastMember | None:
        """Change a character, given with the whole cast; None when there is no such one.

        Raises Aborted when its version is another (0: any), and what `change` raises.
        """
        async with self._database.transaction() as tx:
            if await tx.fetchrow(SQL["lock_project"], workspace, project_id) is None:
                return None
            cast = await _members(tx, workspace, project_id)
            found = next((member for member in cast if member.member_id == member_id), None)
            if found is None:
                return None
            _require_version(found.version, version)
            new = change(found, cast)
            row = await tx.fetchrow(
                SQL["update_cast_member"],
                workspace,
                project_id,
                new.character,
                list(new.part.aliases),
                new.display_name,
                new.part.look,
                new.part.edited_voice,
                new.part.seed or None,
                new.part.language,
            )
        return cast_rows.cast_member(present(row))

    async def edit_location(
        self,
        workspace: UUID,
        project_id: UUID,
        location_id: str,
        change: Callable[[cast_rows.Location], cast_rows.Location],
        version: int,
    ) -> cast_rows.Location | None:
        """Change a place; None when there is no such one. Raises Aborted as `edit_member`."""
        async with self._database.transaction() as tx:
            if await tx.fetchrow(SQL["lock_project"], workspace, project_id) is None:
                return None
            places = await _locations(tx, workspace, project_id)
            found = next((place for place in places if place.location_id == location_id), None)
            if found is None:
                return None
            _require_version(found.version, version)
            new = change(found)
            sha256 = cast_rows.name_sha256(new.name)
            row = await tx.fetchrow(
                SQL["update_location"], workspace, project_id, sha256, new.site.look, new.site.seed or None
            )
        return cast_rows.location(present(row))


async def note_revision(
    tx: Any, workspace: UUID, project_id: UUID, number: int, breakdown: Breakdown
) -> None:
    """Bring the cast and the places of a locked project to a revision; edits stay."""
    known = cast_rows.casting_of(await _members(tx, workspace, project_id), ())
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
        [cast_rows.name_sha256(name) for name in places],
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
    voices = cast_voices(list(names), known.voices)
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


async def _members(where: Any, workspace: UUID, project_id: UUID) -> list[cast_rows.CastMember]:
    found = await where.fetch(SQL["cast_members"], workspace, project_id, CAST_MAX)
    return [cast_rows.cast_member(row) for row in found]


async def _locations(where: Any, workspace: UUID, project_id: UUID) -> list[cast_rows.Location]:
    found = await where.fetch(SQL["locations"], workspace, project_id, LOCATIONS_MAX)
    return [cast_rows.location(row) for row in found]


def _require_version(present_version: int, version: int) -> None:
    if version and present_version != version:
        raise stale_edit()


def stale_edit() -> Aborted:
    """The refusal of an edit that was made on an older state."""
    return Aborted("ETAG_MISMATCH", "The entry changed meanwhile; read it again, then repeat the change.")


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
