"""Edits of cast and locations: documents of the log, and the rows that follow them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from studio_jobs.casting.entries import Site, name_sha256
from studio_jobs.edits.documents import Document
from studio_jobs.edits.kinds import DocumentKind
from studio_jobs.sql import SQL
from studio_jobs.store.cast_rows import CastMember, Location
from studio_jobs.store.castings import locations_of, members_of
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.editing import Editing, stale_document

MEMBER_KIND = "cast_member"
LOCATION_KIND = "location"

NAME_SHOWN_MAX_CHARS = 105

ChangeMember = Callable[[CastMember, Sequence[CastMember]], CastMember]


class CastMemberKind(DocumentKind):
    """The edited fields of a character, which CastEdits has checked; the subject is the member's id."""

    name = MEMBER_KIND

    async def follow(self, tx: Any, workspace: UUID, project_id: UUID, changed: Mapping[str, bytes]) -> None:
        """Write the characters' rows."""
        for member in await members_of(tx, workspace, project_id):
            if member.member_id not in changed:
                continue
            fields = _fields(changed[member.member_id])
            await tx.execute(
                SQL["update_cast_member"],
                workspace,
                project_id,
                member.character,
                fields.get("aliases", []),
                fields.get("display_name", ""),
                fields.get("look", ""),
                fields.get("voice", ""),
                fields.get("seed"),
                fields.get("language", ""),
            )


class LocationKind(DocumentKind):
    """The edited fields of a place, which its message has checked; the subject is the location's id."""

    name = LOCATION_KIND

    async def follow(self, tx: Any, workspace: UUID, project_id: UUID, changed: Mapping[str, bytes]) -> None:
        """Write the places' rows."""
        for place in await locations_of(tx, workspace, project_id):
            if place.location_id not in changed:
                continue
            site = Site(**_fields(changed[place.location_id]))
            await tx.execute(
                SQL["update_location"],
                workspace,
                project_id,
                name_sha256(place.name),
                site.look,
                site.seed or None,
            )


class CastEdits:
    """Changes characters and places through the log."""

    def __init__(self, log: EditLog) -> None:
        self._log = log

    async def edit_member(
        self,
        workspace: UUID,
        project_id: UUID,
        author: UUID,
        member_id: str,
        change: ChangeMember,
        version: int,
        besides: Sequence[Document] = (),
    ) -> CastMember | None:
        """Change a character, given with the whole cast; None when there is no such one.

        `besides` are documents that the same edit writes.

        Raises NotFound without the project, Aborted when the character's version is another (0: any), and
        what `change` raises.
        """
        async with self._log.editing(workspace, project_id, author) as editing:
            cast = await members_of(editing.tx, workspace, project_id)
            found = _member(cast, member_id)
            if found is None:
                return None
            _require_version(found.version, version)
            new = change(found, cast)
            summary = _summary("cast", found.character, _of_member(found), _of_member(new))
            await editing.write(MEMBER_KIND, member_id, _document(_of_member(new)), summary)
            await _write(editing, besides, f"cast {found.character}")
            if await editing.close() is None:
                return found
            return _member(await members_of(editing.tx, workspace, project_id), member_id)

    async def edit_location(
        self,
        workspace: UUID,
        project_id: UUID,
        author: UUID,
        location_id: str,
        change: Callable[[Location], Location],
        version: int,
        besides: Sequence[Document] = (),
    ) -> Location | None:
        """Change a place; None when there is no such one. Raises as `edit_member`."""
        async with self._log.editing(workspace, project_id, author) as editing:
            found = _location(await locations_of(editing.tx, workspace, project_id), location_id)
            if found is None:
                return None
            _require_version(found.version, version)
            new = change(found)
            summary = _summary("location", found.name, _of_location(found), _of_location(new))
            await editing.write(LOCATION_KIND, location_id, _document(_of_location(new)), summary)
            await _write(editing, besides, f"location {found.name}")
            if await editing.close() is None:
                return found
            return _location(await locations_of(editing.tx, workspace, project_id), location_id)


async def _write(editing: Editing, documents: Sequence[Document], whose: str) -> None:
    for document in documents:
        summary = f"{_shown(whose)}: from the library"
        await editing.write(document.kind, document.subject, document.content, summary)


def _member(cast: Sequence[CastMember], member_id: str) -> CastMember | None:
    return next((member for member in cast if member.member_id == member_id), None)


def _location(places: Sequence[Location], location_id: str) -> Location | None:
    return next((place for place in places if place.location_id == location_id), None)


def _require_version(present_version: int, version: int) -> None:
    if version and present_version != version:
        raise stale_document()


def _of_member(member: CastMember) -> dict[str, Any]:
    part = member.part
    fields = {
        "aliases": list(part.aliases),
        "display_name": member.display_name,
        "look": part.look,
        "voice": part.edited_voice,
        "seed": part.seed,
        "language": part.language,
    }
    return {name: value for name, value in fields.items() if value}


def _of_location(place: Location) -> dict[str, Any]:
    fields = {"look": place.site.look, "seed": place.site.seed}
    return {name: value for name, value in fields.items() if value}


def _document(fields: Mapping[str, Any]) -> bytes:
    """Edited fields as JSON; nothing when there are none."""
    return json.dumps(fields, separators=(",", ":"), sort_keys=True).encode() if fields else b""


def _fields(content: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(content) if content else {}
    return fields


def _summary(what: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Which fields of whom: "cast MARA: look, voice"."""
    changed = [field for field in {**before, **after} if before.get(field) != after.get(field)]
    return f"{_shown(f'{what} {name}')}: {', '.join(field.replace('_', ' ') for field in changed)}"


def _shown(name: str) -> str:
    return name if len(name) <= NAME_SHOWN_MAX_CHARS else f"{name[:NAME_SHOWN_MAX_CHARS]}..."
