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
FILM_COLLECTION, MOODS_COLLECTION = "film", "moods"


class LibraryUseKind(DocumentKind):
    """Which version a character, a place or the film has; the subject is that of `use_subject`."""

    name = USE_KIND


@dataclass(frozen=True, slots=True)
class Use:
    """That a subject is as a version of an entry says.

    It is "castMembers" or "locations" with its id, "film" with the id "film", or "moods" with a mood.
    """

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
        return Document(USE_KIND, use_subject(self.collection, self.subject_id, self.kind), content.encode())

    def name(self, project_id: UUID) -> str:
        """The subject's name in the contract."""
        if self.collection == FILM_COLLECTION:
            return f"projects/{project_id}"
        return f"projects/{project_id}/{self.collection}/{self.subject_id}"


def use_subject(collection: str, subject_id: str, kind: str) -> str:
    """The subject of a use in the log."""
    return f"{collection}/{subject_id}/{kind}"


def parse_subject(name: str) -> tuple[str, str, str]:
    """Project, collection and id of a subject's name, which the contract has checked."""
    project, *rest = name.removeprefix("projects/").split("/")
    collection, subject_id = rest or (FILM_COLLECTION, FILM_COLLECTION)
    return project, collection, subject_id


def uses_of(documents: Documents) -> list[Use]:
    """All uses of a project, by subject."""
    found = []
    for subject, document in sorted(documents.of_kind(USE_KIND).items()):
        collection, subject_id, kind = subject.split("/")
        content = json.loads(document.content)
        found.append(Use(collection, subject_id, kind, UUID(content["entry"]), content["version"]))
    return found


def kind_of(content: library_pb2.LibraryContent) -> str:
    """ "character", "place", "voice", "look", "caption_style", "brand_kit" or "music"."""
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
