"""The rows of cast members and locations as frozen dataclasses, and what a plan takes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio_jobs.casting.entries import Casting, Part, Site, name_id
from studio_jobs.store.rows import Record


@dataclass(frozen=True, slots=True)
class CastMember:
    """One row of cast_members; `part` holds the studio's voice and what was edited."""

    character: str
    display_name: str
    auto_look: str
    part: Part
    last_revision: int
    version: int

    @property
    def member_id(self) -> str:
        """The id in the resource's name."""
        return name_id(self.character)

    @property
    def edited_fields(self) -> tuple[str, ...]:
        """The names of the fields that somebody edited, as in the contract."""
        edited = {
            "aliases": self.part.aliases,
            "display_name": self.display_name,
            "look": self.part.look,
            "voice": self.part.edited_voice,
            "seed": self.part.seed,
            "language": self.part.language,
        }
        return tuple(name for name, value in edited.items() if value)


@dataclass(frozen=True, slots=True)
class Location:
    """One row of locations; `site` holds what was edited."""

    name: str
    place: str
    auto_look: str
    site: Site
    last_revision: int
    version: int

    @property
    def location_id(self) -> str:
        """The id in the resource's name."""
        return name_id(self.name)

    @property
    def edited_fields(self) -> tuple[str, ...]:
        """The names of the fields that somebody edited, as in the contract."""
        edited = {"look": self.site.look, "seed": self.site.seed}
        return tuple(name for name, value in edited.items() if value)


def cast_member(row: Record) -> CastMember:
    """The dataclass of a row of cast_members."""
    part = Part(
        voice=row["voice"],
        aliases=tuple(row["aliases"]),
        look=row["look"],
        edited_voice=row["edited_voice"],
        seed=row["edited_seed"] or 0,
        language=row["language"],
    )
    return CastMember(
        row["name"], row["display_name"], row["auto_look"], part, row["last_revision"], row["version"]
    )


def location(row: Record) -> Location:
    """The dataclass of a row of locations."""
    site = Site(row["look"], row["edited_seed"] or 0)
    return Location(row["name"], row["place"], row["auto_look"], site, row["last_revision"], row["version"])


def casting_of(members: Iterable[CastMember], locations: Iterable[Location]) -> Casting:
    """What a plan takes of a project's rows."""
    return Casting(
        {member.character: member.part for member in members},
        {place.name: place.site for place in locations if place.edited_fields},
    )
