"""What a project uses of the library: documents of its log of edits, beside what they changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from filmstudio.casting.v1 import casting_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.edits.documents import Document, Documents
from studio_jobs.edits.kinds import DocumentKind

USE_KIND = "library_use"
CAST_MEMBERS, LOCATIONS = "castMembers", "locations"


class LibraryUseKind(DocumentKind):
    """Which version a character or a place has; the subject is its collection, id and the entry's kind."""

    name = USE_KIND


@dataclass(frozen=True, slots=True)
class Use:
    """That a subject ("castMembers" or "locations" with its id) is as a version of an entry says."""

    collection: str
    subject_id: str
    kind: str
    entry_id: UUID
    version: int

    @property
    def document(self) -> Document:
        """As the log keeps it."""
        content = json.dumps(
            {"entry": str(self.entry_id), "version": self.version}, separators=(",", ":"), sort_keys=True
        )
        return Document(USE_KIND, f"{self.collection}/{self.subject_id}/{self.kind}", content.encode())


def uses_of(documents: Documents) -> list[Use]:
    """All uses of a project, by subject."""
    found = []
    for subject, document in sorted(documents.of_kind(USE_KIND).items()):
        collection, subject_id, kind = subject.split("/")
        content = json.loads(document.content)
        found.append(Use(collection, subject_id, kind, UUID(content["entry"]), content["version"]))
    return found


def kind_of(content: library_pb2.LibraryContent) -> str:
    """ "character", "place", "voice" or "look"."""
    return str(content.WhichOneof("content"))


def member_fields(content: library_pb2.LibraryContent) -> Mapping[str, Any] | None:
    """What a content says of a character, by casting.v1's fields; None when it says nothing of one."""
    match kind_of(content):
        case "character":
            said = content.character
            return {
                "display_name": said.display_name,
                "look": said.look,
                "voice": said.voice,
                "seed": said.seed,
                "language": said.language,
            }
        case "voice":
            return {"voice": content.voice.voice, "language": content.voice.language}
        case "look":
            return {"look": content.look.look}
        case _:
            return None


def location_fields(content: library_pb2.LibraryContent) -> Mapping[str, Any] | None:
    """What a content says of a place, by casting.v1's fields; None when it says nothing of one."""
    match kind_of(content):
        case "place":
            return {"look": content.place.look, "seed": content.place.seed}
        case "look":
            return {"look": content.look.look}
        case _:
            return None


def is_edited(said: Mapping[str, Any], subject: casting_pb2.CastMember | casting_pb2.Location) -> bool:
    """Whether a subject differs from what was said of it; where nothing was said the studio chooses."""
    edited = set(subject.edited_fields.paths)
    return any(
        value != getattr(subject, field) if value else field in edited for field, value in said.items()
    )
