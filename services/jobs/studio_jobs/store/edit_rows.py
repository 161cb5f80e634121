"""The rows of the log of edits as frozen dataclasses, and the documents as of an edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from studio_jobs.edits.documents import Change, Document, Documents, Edit, EditAction
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record

NEWEST = 2**63 - 1
"""Stands for the newest edit, where an edit's sequence is asked for."""

SUBJECTS_TOLD_MAX = 50
"""Subjects of one edit that the history tells."""

DOCUMENTS_MAX = 20_000
"""Subjects of one project that were ever edited."""


def edit(row: Record, subjects: Sequence[tuple[str, str]] = (), subject_count: int = 0) -> Edit:
    """The dataclass of a row of edits."""
    return Edit(
        row["sequence"],
        EditAction(row["action"]),
        row["target"],
        row["undo_top"],
        row["redo_top"],
        row["author"],
        row["summary"],
        row["created_at"],
        tuple(subjects),
        subject_count,
    )


def edits(found: Sequence[Record], told: Sequence[Record]) -> list[Edit]:
    """Rows of edits with those of subjects_of_edits."""
    subjects: dict[int, list[tuple[str, str]]] = {}
    counts: dict[int, int] = {}
    for row in told:
        subjects.setdefault(row["sequence"], []).append((row["kind"], row["subject"]))
        counts[row["sequence"]] = row["subjects"]
    return [edit(row, subjects[row["sequence"]], counts[row["sequence"]]) for row in found]


def change(row: Record) -> Change:
    """The dataclass of a row of edit_changes."""
    return Change(row["kind"], row["subject"], row["before"], row["after"])


def document(row: Record) -> Document:
    """The dataclass of a row of edit_documents."""
    return Document(row["kind"], row["subject"], row["content"], row["sequence"])


async def documents_at(where: Any, workspace: UUID, project_id: UUID, sequence: int = NEWEST) -> Documents:
    """All documents that are not empty, as they were after an edit (0: before the first).

    `where` is a database or a transaction.
    """
    found = await where.fetch(SQL["edit_documents"], workspace, project_id, sequence, DOCUMENTS_MAX)
    documents = [document(row) for row in found]
    return Documents({(entry.kind, entry.subject): entry for entry in documents})
