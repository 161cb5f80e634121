"""Between the library's contract and its rows: pure functions, both ways."""

from __future__ import annotations

import re
from uuid import UUID

from filmstudio.library.v1 import library_pb2
from studio_jobs.convert import bad_name, timestamp
from studio_jobs.library.entries import Entry, Version

_VERSION = re.compile(r"libraryEntries/([0-9a-f-]{36})/versions/([1-9][0-9]{0,3})")
_SPACES = re.compile(r"[\t\n\f\r ]+")
_TEXTS = ("display_name", "look", "end_text")


def entry_name(entry_id: UUID) -> str:
    """ "libraryEntries/{uuid}"."""
    return f"libraryEntries/{entry_id}"


def version_name(entry_id: UUID, number: int) -> str:
    """ "libraryEntries/{uuid}/versions/{number}"."""
    return f"{entry_name(entry_id)}/versions/{number}"


def parse_version_name(name: str, field: str) -> tuple[UUID, int]:
    """Entry and number of a version's name. Raises InvalidInput that names the field."""
    match = _VERSION.fullmatch(name)
    try:
        if match:
            return UUID(match[1]), int(match[2])
    except ValueError:
        pass
    raise bad_name(field, "libraryEntries/{uuid}/versions/{number}")


def entry(row: Entry) -> library_pb2.LibraryEntry:
    """The resource of an entry."""
    return library_pb2.LibraryEntry(
        name=entry_name(row.entry_id),
        display_name=row.display_name,
        content=content(row.content),
        latest_version=version_name(row.entry_id, row.latest_version),
        create_time=timestamp(row.created_at),
        update_time=timestamp(row.updated_at),
    )


def version(row: Version) -> library_pb2.LibraryVersion:
    """The resource of a version."""
    return library_pb2.LibraryVersion(
        name=version_name(row.entry_id, row.number),
        content=content(row.content),
        author=str(row.author),
        create_time=timestamp(row.created_at),
    )


def content(kept: bytes) -> library_pb2.LibraryContent:
    """A content as it is kept."""
    return library_pb2.LibraryContent.FromString(kept)


def tidied(text: str) -> str:
    """Without spaces that say nothing: those of the contract's rules, which leave no text empty by it."""
    return _SPACES.sub(" ", text).strip(" ")


def kept(said: library_pb2.LibraryContent) -> bytes:
    """The bytes of a content, its texts without spaces that say nothing: equal contents are equal bytes."""
    tidy = library_pb2.LibraryContent()
    tidy.CopyFrom(said)
    part = getattr(tidy, str(tidy.WhichOneof("content")))
    for field in _TEXTS:
        if field in part.DESCRIPTOR.fields_by_name:
            setattr(part, field, tidied(getattr(part, field)))
    # A content of empty fields alone is still of its kind.
    part.SetInParent()
    return tidy.SerializeToString(deterministic=True)
