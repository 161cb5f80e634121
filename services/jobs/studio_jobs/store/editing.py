"""One edit in the making: documents are read and written under the project's lock, then it is appended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from studio_jobs.edits.documents import Change, Document, Edit, EditAction
from studio_jobs.edits.kinds import Kinds
from studio_jobs.sql import SQL
from studio_jobs.store import edit_rows, rows
from studio_jobs.store.edit_rows import DOCUMENTS_MAX, SUBJECTS_TOLD_MAX
from studio_platform.errors import Aborted, FieldViolation, InvalidInput, ResourceExhausted

DOCUMENT_BYTES_MAX = 65_536
EDITS_MAX = 1_000_000
"""Edits of one project."""

SUMMARY_CHARACTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class Stacks:
    """Which edits are undone and redone next; 0 for none."""

    undo_top: int = 0
    redo_top: int = 0


@dataclass(slots=True)
class Editing:
    """Appends one edit of what was written when it is closed, or none when all is as before.

    `tx` is the edit's transaction, in which the project's row is locked; `sequence` is the newest edit.
    """

    tx: Any
    workspace_id: UUID
    project_id: UUID
    sequence: int
    author: UUID
    now: datetime
    kinds: Kinds
    appended: Edit | None = None
    _written: dict[tuple[str, str], tuple[Document, bytes]] = field(default_factory=dict)
    _summaries: list[str] = field(default_factory=list)

    async def hold(self, keys: Sequence[bytes]) -> None:
        """Let the project hold artifacts by their content keys: no collector takes them."""
        await self.tx.execute(SQL["hold_artifacts"], self.workspace_id, self.project_id, list(keys), self.now)

    async def read(self, kind: str, subject: str) -> Document:
        """A document as it is now, and with what this edit wrote."""
        if (kind, subject) in self._written:
            before, after = self._written[kind, subject]
            return Document(kind, subject, after, before.sequence)
        row = await self.tx.fetchrow(SQL["edit_document"], self.workspace_id, self.project_id, kind, subject)
        return Document(kind, subject, row["content"], row["sequence"]) if row else Document(kind, subject)

    async def write(self, kind: str, subject: str, content: bytes, summary: str, sequence: int = 0) -> None:
        """Replace a document; `summary` says in a few words what changes, for the history.

        Raises Aborted when another edit than `sequence` wrote the document (0: any), InvalidInput when it
        can't be kept, and what its kind raises.
        """
        before = await self.read(kind, subject)
        if sequence and before.sequence != sequence:
            raise stale_document()
        if len(content) > DOCUMENT_BYTES_MAX:
            raise _too_long(kind)
        if content:
            self.kinds[kind].check(subject, content)
        if content == before.content:
            return
        first = self._written.get((kind, subject), (before, content))[0]
        self._written[kind, subject] = (first, content)
        self._summaries.append(summary)

    async def close(
        self, action: EditAction = EditAction.EDIT, target: int = 0, stacks: Stacks | None = None
    ) -> Edit | None:
        """Append the edit, once; None when nothing changed.

        Without `stacks` it can be undone, and nothing redone.

        Raises ResourceExhausted over a project's limits.
        """
        if self.appended is not None:
            return self.appended
        changes = tuple(
            Change(kind, subject, before.content, after)
            for (kind, subject), (before, after) in self._written.items()
            if before.content != after
        )
        if not changes:
            return None
        await self._require_room(changes)
        number = self.sequence + 1
        stacks = stacks or Stacks(undo_top=number)
        of_project = (self.workspace_id, self.project_id)
        summary = "; ".join(dict.fromkeys(self._summaries))
        entry = (number, action.value, target, stacks.undo_top, stacks.redo_top)
        row = await self.tx.fetchrow(
            SQL["insert_edit"], *of_project, *entry, self.author, _cut(summary), self.now
        )
        names = ([change.kind for change in changes], [change.subject for change in changes])
        before, after = [change.before for change in changes], [change.after for change in changes]
        await self.tx.execute(SQL["insert_edit_changes"], *of_project, number, *names, before, after)
        await self.tx.execute(SQL["upsert_edit_documents"], *of_project, number, *names, after)
        await self.tx.execute(SQL["set_edit_sequence"], *of_project, number)
        for kind in sorted({change.kind for change in changes}):
            changed = {change.subject: change.after for change in changes if change.kind == kind}
            await self.kinds[kind].follow(self.tx, *of_project, changed)
        subjects = sorted((change.kind, change.subject) for change in changes)
        self.appended = edit_rows.edit(rows.present(row), subjects[:SUBJECTS_TOLD_MAX], len(subjects))
        return self.appended

    async def _require_room(self, changes: tuple[Change, ...]) -> None:
        there = await self.tx.fetchval(
            SQL["count_edit_documents"], self.workspace_id, self.project_id, DOCUMENTS_MAX + 1
        )
        new = sum(not self._written[change.kind, change.subject][0].sequence for change in changes)
        if there + new > DOCUMENTS_MAX or self.sequence >= EDITS_MAX:
            raise ResourceExhausted(
                "TOO_MANY_EDITS",
                f"A project keeps {EDITS_MAX} edits of {DOCUMENTS_MAX} subjects; there is no room for more.",
            )


def _cut(summary: str) -> str:
    if len(summary) <= SUMMARY_CHARACTERS_MAX:
        return summary
    return summary[: SUMMARY_CHARACTERS_MAX - 3] + "..."


def stale_document() -> Aborted:
    """The refusal of an edit that was made on an older state."""
    return Aborted("ETAG_MISMATCH", "The entry changed meanwhile; read it again, then repeat the change.")


def _too_long(kind: str) -> InvalidInput:
    text = f"must have at most {DOCUMENT_BYTES_MAX} bytes"
    return InvalidInput(
        "DOCUMENT_TOO_LONG", f"a document of kind {kind} {text}", violations=(FieldViolation(kind, text),)
    )
