"""The calls of a workspace's library."""

from __future__ import annotations

from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.library.v1 import library_pb2, library_pb2_grpc

ENTRIES_PAGE_MAX = 1000
VERSIONS_PAGE_MAX = 200
MEDIA_TIMEOUT_SECONDS = 300.0


class Library:
    """The library of one account's workspace; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._stub = library_pb2_grpc.LibraryServiceStub(channel)
        self._caller = caller

    async def entries(self) -> list[library_pb2.LibraryEntry]:
        """All entries, by name."""
        request = library_pb2.ListLibraryEntriesRequest(page_size=ENTRIES_PAGE_MAX)
        found: list[library_pb2.LibraryEntry] = []
        while True:
            page = await self._caller.unary(self._stub.ListLibraryEntries, request)
            found.extend(page.entries)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def bring(self, request: library_pb2.BringLibraryFileRequest) -> library_pb2.LibraryFile:
        """Bring a logo, a font or a piece of music for a version to hold; it may take a minute to look at."""
        return await self._caller.unary(self._stub.BringLibraryFile, request, MEDIA_TIMEOUT_SECONDS)

    async def create(
        self, display_name: str, content: library_pb2.LibraryContent
    ) -> library_pb2.LibraryEntry:
        """Make an entry; sent twice by a lost answer, it is still one."""
        entry = library_pb2.LibraryEntry(display_name=display_name, content=content)
        request = library_pb2.CreateLibraryEntryRequest(entry=entry, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.CreateLibraryEntry, request)

    async def add_version(
        self, name: str, content: library_pb2.LibraryContent, latest: int = 0
    ) -> library_pb2.LibraryEntry:
        """Add a version to an entry whose newest is `latest` (0: any); the content that it has is none."""
        request = library_pb2.AddLibraryVersionRequest(name=name, content=content, latest=latest)
        return await self._caller.unary(self._stub.AddLibraryVersion, request)

    async def versions(self, entry: str) -> list[library_pb2.LibraryVersion]:
        """All versions of an entry, the newest first."""
        request = library_pb2.ListLibraryVersionsRequest(entry=entry, page_size=VERSIONS_PAGE_MAX)
        found: list[library_pb2.LibraryVersion] = []
        while True:
            page = await self._caller.unary(self._stub.ListLibraryVersions, request)
            found.extend(page.versions)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def delete(self, name: str) -> None:
        """Delete an entry with its versions."""
        request = library_pb2.DeleteLibraryEntryRequest(name=name)
        await self._caller.unary(self._stub.DeleteLibraryEntry, request)

    async def use(self, project: str, version: str, subject: str) -> library_pb2.LibraryUse:
        """Let a character, a place or the film of a project be as a version says."""
        request = library_pb2.UseLibraryVersionRequest(project=project, version=version, subject=subject)
        return await self._caller.unary(self._stub.UseLibraryVersion, request)

    async def drop(self, project: str, subject: str, kind: str) -> None:
        """Let a project use something of a kind no more."""
        request = library_pb2.DropLibraryUseRequest(project=project, subject=subject, kind=kind)
        await self._caller.unary(self._stub.DropLibraryUse, request)

    async def uses(self, project: str) -> list[library_pb2.LibraryUse]:
        """What a project uses."""
        request = library_pb2.ListLibraryUsesRequest(project=project)
        return list((await self._caller.unary(self._stub.ListLibraryUses, request)).uses)
