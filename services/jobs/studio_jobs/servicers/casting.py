"""CastingService."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from studio_jobs import convert
from studio_jobs.casting import messages
from studio_jobs.etags import version_of
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import bad_token, page_size, read_token, write_token
from studio_jobs.store import cast_rows, rows
from studio_jobs.store.cast_edits import CastEdits
from studio_jobs.store.castings import Castings
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.editing import stale_document
from studio_jobs.store.projects import Projects
from studio_jobs.voices import Voices
from studio_platform.database import Database

PAGE_DEFAULT = 200
PAGE_MAX = 1000

EntryT = TypeVar("EntryT", casting_pb2.CastMember, casting_pb2.Location)


class CastingServicer(casting_pb2_grpc.CastingServiceServicer):
    """Cast and locations of the caller's projects."""

    def __init__(self, database: Database, projects: Projects, log: EditLog) -> None:
        self._voices = Voices(database)
        self._projects = projects
        self._castings = Castings(database)
        self._edits = CastEdits(log)

    async def ListCastMembers(
        self, request: casting_pb2.ListCastMembersRequest, context: Any
    ) -> casting_pb2.ListCastMembersResponse:
        project = await self._project(request.project)
        cast = await self._castings.members(current_workspace(), project.project_id)
        aliases = {alias for member in cast for alias in member.part.aliases}
        listed = [
            messages.cast_member(project, member)
            for member in cast
            if member.character not in aliases
            and (member.last_revision == project.latest_revision or member.edited_fields)
        ]
        listed.sort(key=lambda entry: not entry.in_screenplay)
        page, token = _page(listed, request.page_size, request.page_token)
        return casting_pb2.ListCastMembersResponse(cast_members=page, next_page_token=token)

    async def UpdateCastMember(
        self, request: casting_pb2.UpdateCastMemberRequest, context: Any
    ) -> casting_pb2.CastMember:
        wanted = request.cast_member
        project_id, member_id = messages.parse_entry_name(wanted.name, "castMembers", "cast_member.name")
        fields = messages.asked_fields(wanted, request.update_mask, messages.MEMBER_FIELDS)
        if "voice" in fields and wanted.voice:
            await self._voices.require(wanted.voice, "cast_member.voice")

        def change(row: cast_rows.CastMember, cast: Sequence[cast_rows.CastMember]) -> cast_rows.CastMember:
            return messages.edited_member(row, cast, wanted, fields)

        edited = await self._edits.edit_member(
            current_workspace(),
            project_id,
            current_author(),
            member_id,
            change,
            version_of(wanted.etag, stale_document),
        )
        if edited is None:
            raise not_found(wanted.name)
        project = await self._project(convert.project_name(project_id))
        return messages.cast_member(project, edited)

    async def ListLocations(
        self, request: casting_pb2.ListLocationsRequest, context: Any
    ) -> casting_pb2.ListLocationsResponse:
        project = await self._project(request.project)
        listed = [
            messages.location(project.project_id, project.latest_revision, place)
            for place in await self._castings.locations(current_workspace(), project.project_id)
            if place.last_revision == project.latest_revision or place.edited_fields
        ]
        listed.sort(key=lambda entry: not entry.in_screenplay)
        page, token = _page(listed, request.page_size, request.page_token)
        return casting_pb2.ListLocationsResponse(locations=page, next_page_token=token)

    async def UpdateLocation(
        self, request: casting_pb2.UpdateLocationRequest, context: Any
    ) -> casting_pb2.Location:
        wanted = request.location
        project_id, location_id = messages.parse_entry_name(wanted.name, "locations", "location.name")
        fields = messages.asked_fields(wanted, request.update_mask, messages.LOCATION_FIELDS)

        def change(row: cast_rows.Location) -> cast_rows.Location:
            return messages.edited_location(row, wanted, fields)

        edited = await self._edits.edit_location(
            current_workspace(),
            project_id,
            current_author(),
            location_id,
            change,
            version_of(wanted.etag, stale_document),
        )
        if edited is None:
            raise not_found(wanted.name)
        project = await self._project(convert.project_name(project_id))
        return messages.location(project_id, project.latest_revision, edited)

    async def _project(self, name: str) -> rows.Project:
        found = await self._projects.get(current_workspace(), convert.parse_name(name, "projects", "project"))
        if found is None:
            raise not_found(name)
        return found


def _page(listed: Sequence[EntryT], asked: int, token: str) -> tuple[Sequence[EntryT], str]:
    """The entries after the one whose name is in the token, and the next token."""
    size = page_size(asked, PAGE_DEFAULT, PAGE_MAX)
    start = 0
    if token:
        after = read_token(token)
        start = next((at for at, entry in enumerate(listed, start=1) if entry.name == after), 0)
        if not start:
            raise bad_token()
    page = listed[start : start + size]
    return page, write_token(page[-1].name) if start + size < len(listed) else ""
