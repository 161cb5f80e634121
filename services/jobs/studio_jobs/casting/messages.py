"""Between the casting contract and the rows of cast and locations: pure functions, both ways."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.casting.v1 import casting_pb2
from studio_jobs.convert import bad_name
from studio_jobs.domain.keys import seed_of
from studio_jobs.store.cast_rows import CastMember, Location
from studio_jobs.store.rows import Project
from studio_platform.errors import FieldViolation, InvalidInput

MEMBER_FIELDS = ("aliases", "display_name", "look", "voice", "seed", "language")
LOCATION_FIELDS = ("look", "seed")

_KINDS = {
    "INT": casting_pb2.LOCATION_KIND_INTERIOR,
    "EXT": casting_pb2.LOCATION_KIND_EXTERIOR,
    "INT_EXT": casting_pb2.LOCATION_KIND_BOTH,
}


def parse_entry_name(name: str, collection: str, field: str) -> tuple[UUID, str]:
    """Project and id of "projects/{uuid}/{collection}/{id}". Raises InvalidInput that names the field."""
    match = re.fullmatch(rf"projects/([0-9a-f-]{{36}})/{collection}/([0-9a-f]{{16}})", name)
    try:
        if match:
            return UUID(match[1]), match[2]
    except ValueError:
        pass
    raise bad_name(field, f"projects/{{uuid}}/{collection}/{{id}}")


def cast_member(project: Project, row: CastMember) -> casting_pb2.CastMember:
    """The resource of a character: what was edited, else the studio's choice."""
    part = row.part
    return casting_pb2.CastMember(
        name=f"projects/{project.project_id}/castMembers/{row.member_id}",
        character=row.character,
        aliases=part.aliases,
        display_name=row.display_name,
        look=part.look or row.auto_look,
        voice=part.edited_voice or part.voice,
        seed=part.seed or seed_of(str(project.seed_origin), "figure", row.character),
        language=part.language,
        source=_source(row.edited_fields),
        edited_fields=FieldMask(paths=row.edited_fields),
        in_screenplay=row.last_revision == project.latest_revision,
        etag=str(row.version),
    )


def location(project_id: UUID, latest_revision: int, row: Location) -> casting_pb2.Location:
    """The resource of a place: what was edited, else what its scenes say."""
    return casting_pb2.Location(
        name=f"projects/{project_id}/locations/{row.location_id}",
        place=row.name,
        kind=_KINDS[row.place],
        look=row.site.look or row.auto_look,
        seed=row.site.seed,
        source=_source(row.edited_fields),
        edited_fields=FieldMask(paths=row.edited_fields),
        in_screenplay=row.last_revision == latest_revision,
        etag=str(row.version),
    )


def _source(edited_fields: Collection[str]) -> casting_pb2.Source.ValueType:
    return casting_pb2.SOURCE_EDITED if edited_fields else casting_pb2.SOURCE_AUTO


def asked_fields(
    message: casting_pb2.CastMember | casting_pb2.Location, mask: FieldMask, editable: Sequence[str]
) -> frozenset[str]:
    """The fields that an update means: those of the mask, or without one those that are set.

    Raises InvalidInput for a mask that names another field.
    """
    unknown = sorted(set(mask.paths) - {*editable, "*"})
    if unknown:
        text = f"may hold {', '.join(editable)} only, not {', '.join(unknown)}"
        raise InvalidInput(
            "UPDATE_MASK_INVALID", f"update_mask {text}", violations=(FieldViolation("update_mask", text),)
        )
    if "*" in mask.paths:
        return frozenset(editable)
    return frozenset(mask.paths or (field for field in editable if getattr(message, field)))


def edited_member(
    row: CastMember, cast: Sequence[CastMember], wanted: casting_pb2.CastMember, fields: Collection[str]
) -> CastMember:
    """The row with those fields as wanted; empty ones are the studio's choice again.

    Raises InvalidInput for an alias that can't be one.
    """
    part = row.part
    if "aliases" in fields:
        part = replace(part, aliases=_aliases(row, cast, wanted.aliases))
    if "look" in fields:
        part = replace(part, look=" ".join(wanted.look.split()))
    if "voice" in fields:
        part = replace(part, edited_voice=wanted.voice)
    if "seed" in fields:
        part = replace(part, seed=wanted.seed)
    if "language" in fields:
        part = replace(part, language=wanted.language)
    named = " ".join(wanted.display_name.split()) if "display_name" in fields else row.display_name
    return replace(row, display_name=named, part=part)


def edited_location(row: Location, wanted: casting_pb2.Location, fields: Collection[str]) -> Location:
    """The row with those fields as wanted; empty ones are as its scenes say again."""
    site = row.site
    if "look" in fields:
        site = replace(site, look=" ".join(wanted.look.split()))
    if "seed" in fields:
        site = replace(site, seed=wanted.seed)
    return replace(row, site=site)


def _aliases(row: CastMember, cast: Sequence[CastMember], wanted: Iterable[str]) -> tuple[str, ...]:
    """The aliases as cues write them; each belongs to one character, and none to an alias."""
    written = {member.character.casefold(): member.character for member in cast}
    spaced = [" ".join(alias.split()) for alias in wanted]
    aliases = tuple(dict.fromkeys(written.get(alias.casefold(), alias.upper()) for alias in spaced if alias))
    others = [member for member in cast if member.character != row.character]
    owners = {alias: other.character for other in others for alias in other.part.aliases}
    faults = [_fault(alias, row, others, owners) for alias in aliases]
    if aliases and row.character in owners:
        faults.append(f"can't be those of {row.character}, an alias of {owners[row.character]}")
    text = "; ".join(filter(None, faults))
    if text:
        raise InvalidInput(
            "ALIAS_INVALID", f"aliases {text}", violations=(FieldViolation("cast_member.aliases", text),)
        )
    return aliases


def _fault(alias: str, row: CastMember, others: Sequence[CastMember], owners: dict[str, str]) -> str:
    """What is wrong with an alias of a row; "" when nothing is."""
    if alias == row.character:
        return f"hold the character's own name, {alias}"
    if alias in owners:
        return f"hold {alias}, an alias of {owners[alias]}"
    if any(other.character == alias and other.part.aliases for other in others):
        return f"hold {alias}, who has aliases"
    return ""
