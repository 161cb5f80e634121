"""LibraryService."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.casting.v1 import casting_pb2
from filmstudio.library.v1 import library_pb2, library_pb2_grpc
from studio_jobs import convert
from studio_jobs.casting import messages as casting
from studio_jobs.kept_files import KeptFiles
from studio_jobs.library import messages
from studio_jobs.library.brand_kits import content_key_of, named_files_of
from studio_jobs.library.contents import MEDIA_KINDS, file_keys, require_consent, require_content
from studio_jobs.library.entries import Entries, Entry, Version
from studio_jobs.library.film_uses import FilmUses, bad_subject, scope_words
from studio_jobs.library.uses import (
    CAST_MEMBERS,
    FILM_COLLECTION,
    LOCATIONS,
    MOODS_COLLECTION,
    Use,
    is_edited,
    kind_of,
    location_fields,
    member_fields,
    parse_subject,
    uses_of,
)
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_number_token, read_token, write_token
from studio_jobs.store import cast_rows, rows
from studio_jobs.store.brought_files import BroughtFiles
from studio_jobs.store.cast_edits import CastEdits
from studio_jobs.store.castings import Castings
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.projects import Projects
from studio_jobs.uploads.kinds import UPLOAD_KINDS
from studio_jobs.uploads.sources import Sources
from studio_jobs.voices import Voices
from studio_platform.database import Database

ENTRIES_PAGE_DEFAULT, ENTRIES_PAGE_MAX = 200, 1000
VERSIONS_PAGE_DEFAULT, VERSIONS_PAGE_MAX = 50, 200

Subject = casting_pb2.CastMember | casting_pb2.Location


class LibraryServicer(library_pb2_grpc.LibraryServiceServicer):
    """The library of the caller's workspace, and what its projects use of it."""

    def __init__(
        self,
        database: Database,
        projects: Projects,
        log: EditLog,
        entries: Entries,
        files: BroughtFiles,
        kept: KeptFiles,
        sources: Sources,
    ) -> None:
        self._database = database
        self._files = files
        self._kept = kept
        self._sources = sources
        self._films = FilmUses(log)
        self._projects = projects
        self._log = log
        self._entries = entries
        self._castings = Castings(database)
        self._edits = CastEdits(log)
        self._voices = Voices(database)

    async def BringLibraryFile(
        self, request: library_pb2.BringLibraryFileRequest, context: Any
    ) -> library_pb2.LibraryFile:
        require_consent(request)
        workspace, kind = current_workspace(), MEDIA_KINDS[request.kind]
        async with self._sources.open(workspace, request, UPLOAD_KINDS[kind]) as content:
            brought = await self._files.take_for_library(
                workspace, kind, content, self._database, self._entries.now()
            )
        return library_pb2.LibraryFile(
            kind=request.kind,
            artifact=brought.artifact,
            credit=request.credit,
            size=brought.size if brought.size.width_px else None,
            family=brought.family,
        )

    async def CreateLibraryEntry(
        self, request: library_pb2.CreateLibraryEntryRequest, context: Any
    ) -> library_pb2.LibraryEntry:
        request_id = UUID(request.request_id) if request.request_id else None
        wanted, now = request.entry, self._entries.now()
        require_content(wanted.content, "entry.content")
        content = messages.kept(wanted.content)
        name = messages.tidied(wanted.display_name)
        entry = Entry(UUID(int=0), name, kind_of(wanted.content), 1, content, now, now)
        made = await self._entries.create(
            current_workspace(), current_author(), entry, request_id, file_keys(wanted.content)
        )
        return await self._resource(made)

    async def ListLibraryEntries(
        self, request: library_pb2.ListLibraryEntriesRequest, context: Any
    ) -> library_pb2.ListLibraryEntriesResponse:
        size = page_size(request.page_size, ENTRIES_PAGE_DEFAULT, ENTRIES_PAGE_MAX)
        after = read_token(request.page_token) if request.page_token else ""
        found = await self._entries.page(current_workspace(), after, size + 1)
        return library_pb2.ListLibraryEntriesResponse(
            entries=await self._resources(found[:size]),
            next_page_token=write_token(found[size - 1].display_name) if len(found) > size else "",
        )

    async def GetLibraryEntry(
        self, request: library_pb2.GetLibraryEntryRequest, context: Any
    ) -> library_pb2.LibraryEntry:
        return await self._resource(await self._entry(request.name, "name"))

    async def AddLibraryVersion(
        self, request: library_pb2.AddLibraryVersionRequest, context: Any
    ) -> library_pb2.LibraryEntry:
        entry_id, author = convert.parse_name(request.name, "libraryEntries", "name"), current_author()
        require_content(request.content, "content")
        content = messages.kept(request.content)
        wanted = Version(entry_id, request.latest, content, author, self._entries.now())
        kind = kind_of(request.content)
        made = await self._entries.add_version(
            current_workspace(), author, entry_id, wanted, kind, file_keys(request.content)
        )
        return await self._resource(made)

    async def ListLibraryVersions(
        self, request: library_pb2.ListLibraryVersionsRequest, context: Any
    ) -> library_pb2.ListLibraryVersionsResponse:
        entry = await self._entry(request.entry, "entry")
        size = page_size(request.page_size, VERSIONS_PAGE_DEFAULT, VERSIONS_PAGE_MAX)
        before = read_number_token(request.page_token)
        found = await self._entries.versions(current_workspace(), entry.entry_id, before, size + 1)
        return library_pb2.ListLibraryVersionsResponse(
            versions=map(messages.version, found[:size]),
            next_page_token=write_token(str(found[size - 1].number)) if len(found) > size else "",
        )

    async def DeleteLibraryEntry(self, request: library_pb2.DeleteLibraryEntryRequest, context: Any) -> Empty:
        entry_id = convert.parse_name(request.name, "libraryEntries", "name")
        if not await self._entries.delete(current_workspace(), entry_id):
            raise not_found(request.name)
        return Empty()

    async def UseLibraryVersion(
        self, request: library_pb2.UseLibraryVersionRequest, context: Any
    ) -> library_pb2.LibraryUse:
        project = await self._project(request.project)
        entry_id, number = messages.parse_version_name(request.version, "version")
        version = await self._entries.version(current_workspace(), entry_id, number)
        if version is None:
            raise not_found(request.version)
        content = messages.content(version.content)
        use = Use(*_scope(request.subject, project), kind_of(content), entry_id, number)
        if use.collection in (FILM_COLLECTION, MOODS_COLLECTION):
            await self._films.give(current_workspace(), project.project_id, current_author(), use, content)
        elif not await self._apply(project, use, content):
            raise not_found(request.subject)
        (told,) = await self._told(project, [use])
        return told

    async def DropLibraryUse(self, request: library_pb2.DropLibraryUseRequest, context: Any) -> Empty:
        project = await self._project(request.project)
        scope = _scope(request.subject, project)
        of_project = (current_workspace(), project.project_id, current_author())
        if not await self._films.drop(*of_project, scope, request.kind):
            raise not_found(f"{request.subject}: {request.kind} of the library")
        return Empty()

    async def ListLibraryUses(
        self, request: library_pb2.ListLibraryUsesRequest, context: Any
    ) -> library_pb2.ListLibraryUsesResponse:
        project = await self._project(request.project)
        documents = await self._log.documents(current_workspace(), project.project_id)
        return library_pb2.ListLibraryUsesResponse(uses=await self._told(project, uses_of(documents)))

    async def _apply(self, project: rows.Project, use: Use, content: library_pb2.LibraryContent) -> bool:
        """Edit the subject; whether there is one. Raises InvalidInput for a content of something else."""
        of_project = (current_workspace(), project.project_id, current_author())
        if use.collection == LOCATIONS:
            fields = _required(location_fields(content), use)
            place = casting_pb2.Location(**fields)

            def change_place(row: cast_rows.Location) -> cast_rows.Location:
                return casting.edited_location(row, place, fields)

            edited = await self._edits.edit_location(
                *of_project, use.subject_id, change_place, 0, [use.document]
            )
            return edited is not None
        fields = _required(member_fields(content), use)
        if fields.get("voice"):
            await self._voices.require(fields["voice"], "version")
        member = casting_pb2.CastMember(**fields)

        def change_member(
            row: cast_rows.CastMember, cast: Sequence[cast_rows.CastMember]
        ) -> cast_rows.CastMember:
            return casting.edited_member(row, cast, member, fields)

        return (
            await self._edits.edit_member(*of_project, use.subject_id, change_member, 0, [use.document])
            is not None
        )

    async def _told(self, project: rows.Project, uses: Collection[Use]) -> list[library_pb2.LibraryUse]:
        workspace = current_workspace()
        entries = await self._entries.of(workspace, {use.entry_id for use in uses})
        subjects = await self._subjects(project)
        told = []
        for use in uses:
            name = use.name(project.project_id)
            subject, entry = subjects.get(name), entries.get(use.entry_id)
            version = await self._entries.version(workspace, use.entry_id, use.version)
            told.append(
                library_pb2.LibraryUse(
                    subject=name,
                    kind=use.kind,
                    subject_name=_name_of(subject, use),
                    version=messages.version_name(use.entry_id, use.version),
                    entry_name=entry.display_name if entry else "",
                    latest_version=(
                        messages.version_name(use.entry_id, entry.latest_version) if entry else ""
                    ),
                    edited=version is not None and subject is not None and _is_edited(version, use, subject),
                )
            )
        return told

    async def _subjects(self, project: rows.Project) -> dict[str, Subject]:
        """Every character and place of a project, by name."""
        of_project = (current_workspace(), project.project_id)
        members = [casting.cast_member(project, row) for row in await self._castings.members(*of_project)]
        places = [
            casting.location(project.project_id, project.latest_revision, row)
            for row in await self._castings.locations(*of_project)
        ]
        found: dict[str, Subject] = {member.name: member for member in members}
        return found | {place.name: place for place in places}

    async def _resource(self, row: Entry) -> library_pb2.LibraryEntry:
        (told,) = await self._resources([row])
        return told

    async def _resources(self, entries: Sequence[Entry]) -> list[library_pb2.LibraryEntry]:
        """The resources of entries, with the addresses of their files."""
        told = [messages.entry(row) for row in entries]
        files = [named_files_of(each.content) for each in told]
        names = {
            content_key_of(file): f"{each.display_name} {field}"
            for each, held in zip(told, files, strict=True)
            for field, file in held.items()
        }
        signed = await self._kept.signed(current_workspace(), names)
        for each, held in zip(told, files, strict=True):
            each.files.extend(
                library_pb2.LibraryEntryFile(field=field, file=signed[key])
                for field, file in held.items()
                if (key := content_key_of(file)) in signed
            )
        return told

    async def _entry(self, name: str, field: str) -> Entry:
        entry_id = convert.parse_name(name, "libraryEntries", field)
        found = await self._entries.get(current_workspace(), entry_id)
        if found is None:
            raise not_found(name)
        return found

    async def _project(self, name: str) -> rows.Project:
        found = await self._projects.get(current_workspace(), convert.parse_name(name, "projects", "project"))
        if found is None:
            raise not_found(name)
        return found


def _required(fields: Mapping[str, Any] | None, use: Use) -> Mapping[str, Any]:
    if fields is None:
        what = "a character" if use.collection == CAST_MEMBERS else "a place"
        raise bad_subject(f"is {what}, of which a {use.kind.replace('_', ' ')} says nothing")
    return fields


def _scope(name: str, project: rows.Project) -> tuple[str, str]:
    """Collection and id of a subject. Raises InvalidInput for one of another project."""
    owner, collection, subject_id = parse_subject(name)
    if owner != str(project.project_id):
        raise bad_subject("must be of the same project")
    return collection, subject_id


def _name_of(subject: Subject | None, use: Use) -> str:
    if use.collection in (FILM_COLLECTION, MOODS_COLLECTION):
        return scope_words(use.subject_id)
    if subject is None:
        return ""
    return subject.character if isinstance(subject, casting_pb2.CastMember) else subject.place


def _is_edited(version: Version, use: Use, subject: Subject) -> bool:
    content = messages.content(version.content)
    said = member_fields(content) if use.collection == CAST_MEMBERS else location_fields(content)
    return said is not None and is_edited(said, subject)
