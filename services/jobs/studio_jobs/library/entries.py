"""Entries and versions of the library in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from studio_jobs.owner import not_found
from studio_jobs.store.rows import Record, present
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import (
    Aborted,
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    ResourceExhausted,
)
from studio_platform.ids import new_id

ENTRIES_MAX = 2_000
VERSIONS_MAX = 1_000
LIBRARY = Queries.load("studio_jobs.sql", "library.sql")
"""Statements that no loop uses."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with the content of its newest version, a library.v1.LibraryContent."""

    entry_id: UUID
    display_name: str
    kind: str
    latest_version: int
    content: bytes
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version."""

    entry_id: UUID
    number: int
    content: bytes
    author: UUID
    created_at: datetime


class Entries:
    """Each method is one transaction on rows of one workspace."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def now(self) -> datetime:
        """What new rows are dated."""
        return self._clock.now()

    async def create(
        self,
        workspace: UUID,
        author: UUID,
        wanted: Entry,
        request_id: UUID | None,
        files: Collection[bytes] = (),
    ) -> Entry:
        """Make an entry of the name, kind and content of `wanted`; the same request id answers with the same.

        `files` are the content keys of what it holds. Raises AlreadyExists for a name that is taken,
        InvalidInput for a file that is not there, ResourceExhausted.
        """
        now, name = self._clock.now(), wanted.display_name
        async with self._database.transaction() as tx:
            await tx.execute(LIBRARY["lock_library"], workspace)
            known = await tx.fetchrow(LIBRARY["library_entry_by_request"], workspace, request_id)
            if known is not None:
                return entry(known)
            if await tx.fetchval(LIBRARY["count_library_entries"], workspace, ENTRIES_MAX) >= ENTRIES_MAX:
                raise ResourceExhausted("LIBRARY_FULL", f"A library has at most {ENTRIES_MAX} entries.")
            made = await tx.fetchval(
                LIBRARY["insert_library_entry"], workspace, new_id(), name, wanted.kind, request_id, now
            )
            if made is None:
                raise AlreadyExists("LIBRARY_NAME_TAKEN", f"The library has an entry {name!r} already.")
            await tx.execute(
                LIBRARY["insert_library_version"], workspace, made, 1, wanted.content, author, now
            )
            await _hold(tx, workspace, made, files, now)
            return entry(present(await tx.fetchrow(LIBRARY["library_entry"], workspace, made)))

    async def add_version(
        self,
        workspace: UUID,
        author: UUID,
        entry_id: UUID,
        wanted: Version,
        kind: str,
        files: Collection[bytes] = (),
    ) -> Entry:
        """Add the content of `wanted` as the next version; its number is the newest that is expected, 0 any.

        `files` are as in `create`. Raises NotFound, Aborted, InvalidInput for another kind or a file that is
        not there, ResourceExhausted.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(LIBRARY["lock_library_entry"], workspace, entry_id)
            if row is None:
                raise not_found(f"libraryEntries/{entry_id}")
            latest = row["latest_version"]
            if wanted.number and wanted.number != latest:
                raise Aborted(
                    "LIBRARY_MOVED_ON", f"The newest version is {latest}; look at it, then try again."
                )
            if row["kind"] != kind:
                raise InvalidInput("LIBRARY_KIND", f"content must be a {row['kind']}, as the entry is.")
            newest = present(await tx.fetchrow(LIBRARY["library_entry"], workspace, entry_id))
            if newest["content"] == wanted.content:
                return entry(newest)
            if latest >= VERSIONS_MAX:
                raise ResourceExhausted("LIBRARY_FULL", f"An entry has at most {VERSIONS_MAX} versions.")
            of_entry = (workspace, entry_id, latest + 1)
            await tx.execute(LIBRARY["insert_library_version"], *of_entry, wanted.content, author, now)
            await tx.execute(LIBRARY["set_latest_version"], *of_entry, now)
            await _hold(tx, workspace, entry_id, files, now)
            return entry(present(await tx.fetchrow(LIBRARY["library_entry"], workspace, entry_id)))

    async def get(self, workspace: UUID, entry_id: UUID) -> Entry | None:
        """One entry, or None."""
        row = await self._database.fetchrow(LIBRARY["library_entry"], workspace, entry_id)
        return entry(row) if row else None

    async def of(self, workspace: UUID, entry_ids: Collection[UUID]) -> dict[UUID, Entry]:
        """Those of these entries that there are."""
        rows = await self._database.fetch(LIBRARY["library_entries_of"], workspace, list(entry_ids))
        return {row["entry_id"]: entry(row) for row in rows}

    async def page(self, workspace: UUID, after: str, most: int) -> Sequence[Entry]:
        """Entries by name, after one."""
        return [
            entry(row) for row in await self._database.fetch(LIBRARY["library_page"], workspace, after, most)
        ]

    async def version(self, workspace: UUID, entry_id: UUID, number: int) -> Version | None:
        """One version, or None."""
        row = await self._database.fetchrow(LIBRARY["library_version"], workspace, entry_id, number)
        return version(row) if row else None

    async def versions(self, workspace: UUID, entry_id: UUID, before: int, most: int) -> Sequence[Version]:
        """The newest versions before a number (0: from the newest)."""
        found = await self._database.fetch(
            LIBRARY["library_versions_page"], workspace, entry_id, before, most
        )
        return [version(row) for row in found]

    async def delete(self, workspace: UUID, entry_id: UUID) -> bool:
        """Delete an entry; whether there was one."""
        gone = await self._database.fetchval(LIBRARY["delete_library_entry"], workspace, entry_id)
        return gone is not None


async def _hold(tx: Any, workspace: UUID, entry_id: UUID, files: Collection[bytes], now: datetime) -> None:
    wanted = sorted(set(files))
    there = {row["content_key"] for row in await tx.fetch(LIBRARY["library_files_there"], workspace, wanted)}
    if len(there) < len(wanted):
        raise InvalidInput(
            "LIBRARY_FILE_MISSING",
            "A file that content names is not in this studio; bring it, then add the version.",
            violations=(
                FieldViolation("content", "names a file that is not in this studio; bring it first"),
            ),
        )
    await tx.execute(LIBRARY["hold_library_files"], workspace, entry_id, wanted, now)


def entry(row: Record) -> Entry:
    """The dataclass of a row of library_entries with its newest content."""
    return Entry(
        row["entry_id"],
        row["display_name"],
        row["kind"],
        row["latest_version"],
        row["content"],
        row["created_at"],
        row["updated_at"],
    )


def version(row: Record) -> Version:
    """The dataclass of a row of library_versions."""
    return Version(row["entry_id"], row["version"], row["content"], row["author"], row["created_at"])
