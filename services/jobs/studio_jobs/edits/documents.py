"""Edits and documents as the log gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

NOTHING_EDITED = b""
"""The content of a document that says nothing: its subject is as the studio makes it."""


class EditAction(StrEnum):
    """What an edit did: as in the database."""

    EDIT = "EDIT"
    UNDO = "UNDO"
    REDO = "REDO"
    RESTORE = "RESTORE"


@dataclass(frozen=True, slots=True)
class Document:
    """One subject's document; `sequence` is the edit that wrote it (0: none did) and serves as its etag."""

    kind: str
    subject: str
    content: bytes = NOTHING_EDITED
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit did to one document."""

    kind: str
    subject: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of a project's log.

    `target` is the edit that was undone or redone or restored to, 0 for a plain one. `undo_top` and
    `redo_top` are the next edits to undo and to redo after this one, 0 for none. `subjects` are kinds and
    ids, the first of `subject_count`.
    """

    sequence: int
    action: EditAction
    target: int
    undo_top: int
    redo_top: int
    author: UUID
    summary: str
    created_at: datetime
    subjects: tuple[tuple[str, str], ...] = ()
    subject_count: int = 0


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a project after one edit, by kind and subject; empty ones are left out."""

    found: Mapping[tuple[str, str], Document] = field(default_factory=dict)

    def of_kind(self, kind: str) -> dict[str, Document]:
        """Those of a kind, by subject."""
        return {subject: document for (named, subject), document in self.found.items() if named == kind}

    def get(self, kind: str, subject: str) -> Document:
        """One document; an empty one when there is none."""
        return self.found.get((kind, subject), Document(kind, subject))
