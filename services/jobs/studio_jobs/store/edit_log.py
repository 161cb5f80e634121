"""The log of a project's edits in Postgres: append, undo, redo, restore, read as of any edit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from studio_jobs.edits.documents import Change, Document, Documents, Edit, EditAction
from studio_jobs.edits.kinds import Kinds
from studio_jobs.owner import not_found
from studio_jobs.sql import SQL
from studio_jobs.store import edit_rows, rows
from studio_jobs.store.edit_rows import NEWEST, SUBJECTS_TOLD_MAX, documents_at
from studio_jobs.store.editing import Editing, Stacks
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.errors import Aborted, FailedPrecondition

RESTORED_SUMMARY = "Everything as it was {}"


class EditLog:
    """Each writing method is one transaction that holds the project's row; edits get numbers without gaps."""

    def __init__(self, database: Database, kinds: Kinds, clock: Clock) -> None:
        self._database = database
        self._kinds = kinds
        self._clock = clock

    @asynccontextmanager
    async def editing(self, workspace: UUID, project_id: UUID, author: UUID) -> AsyncIterator[Editing]:
        """An edit that is appended at the end of the block, with all that was written in it, or not at all.

        Raises NotFound without the project, and what Editing raises.
        """
        async with self._opened(workspace, project_id, author) as editing:
            yield editing
            await editing.close()

    @asynccontextmanager
    async def _opened(self, workspace: UUID, project_id: UUID, author: UUID) -> AsyncIterator[Editing]:
        async with self._database.transaction() as tx:
            project = await tx.fetchrow(SQL["lock_project"], workspace, project_id)
            if project is None:
                raise not_found(f"projects/{project_id}")
            yield Editing(
                tx,
                workspace,
                project_id,
                project["edit_sequence"],
                author,
                self._clock.now(),
                self._kinds,
            )

    async def documents(self, workspace: UUID, project_id: UUID, sequence: int = NEWEST) -> Documents:
        """All documents that are not empty, as they were after an edit (0: before the first)."""
        return await documents_at(self._database, workspace, project_id, sequence)

    async def document(self, workspace: UUID, project_id: UUID, kind: str, subject: str) -> Document:
        """One document as it is now; an empty one when there is none."""
        row = await self._database.fetchrow(SQL["edit_document"], workspace, project_id, kind, subject)
        return Document(kind, subject, row["content"], row["sequence"]) if row else Document(kind, subject)

    async def page(self, workspace: UUID, project_id: UUID, before: int, most: int) -> Sequence[Edit]:
        """The newest edits before a sequence (0: from the newest)."""
        found = await self._database.fetch(SQL["edits_page"], workspace, project_id, before, most)
        sequences = [row["sequence"] for row in found]
        told = await self._database.fetch(
            SQL["subjects_of_edits"], workspace, project_id, sequences, SUBJECTS_TOLD_MAX
        )
        return edit_rows.edits(found, told)

    async def undo(self, workspace: UUID, project_id: UUID, author: UUID, newest: int = 0) -> Edit:
        """Take back the newest edit that is not undone; what was undone before it was made stays undone.

        Raises Aborted when the newest edit is another than `newest` (0: any), FailedPrecondition when nothing
        is left to undo.
        """
        async with self._opened(workspace, project_id, author) as editing:
            now = await _required(editing, newest)
            if now is None or not now.undo_top:
                raise FailedPrecondition("NOTHING_TO_UNDO", _nothing_to_undo(now))
            undone = await _entry(editing, now.undo_top)
            stacks = Stacks((await _stacks(editing, undone.sequence - 1)).undo_top, editing.sequence + 1)
            return await _reversed(editing, undone, EditAction.UNDO, stacks)

    async def redo(self, workspace: UUID, project_id: UUID, author: UUID, newest: int = 0) -> Edit:
        """Do again what the newest undo took back, unless something was edited since. Raises as `undo`."""
        async with self._opened(workspace, project_id, author) as editing:
            now = await _required(editing, newest)
            if now is None or not now.redo_top:
                raise FailedPrecondition(
                    "NOTHING_TO_REDO", "There is nothing to redo: no edit was undone since the last new edit."
                )
            undo = await _entry(editing, now.redo_top)
            stacks = Stacks(editing.sequence + 1, (await _stacks(editing, undo.sequence - 1)).redo_top)
            return await _reversed(editing, undo, EditAction.REDO, stacks)

    async def restore(
        self, workspace: UUID, project_id: UUID, author: UUID, sequence: int, newest: int = 0
    ) -> Edit:
        """Bring every document to what it was after an edit (0: before the first), as one new edit.

        Raises Aborted as `undo`, FailedPrecondition for an edit that is not there or when nothing differs.
        """
        async with self._opened(workspace, project_id, author) as editing:
            await _required(editing, newest)
            if sequence > editing.sequence:
                raise FailedPrecondition(
                    "EDIT_UNKNOWN", f"There is no edit {sequence}; the newest is {editing.sequence}."
                )
            of_project = (editing.tx, workspace, project_id)
            then, present = await documents_at(*of_project, sequence), await documents_at(*of_project)
            place = f"after edit {sequence}" if sequence else "before the first edit"
            for kind, subject in sorted({*then.found, *present.found}):
                content = then.get(kind, subject).content
                await editing.write(kind, subject, content, RESTORED_SUMMARY.format(place))
            restored = await editing.close(EditAction.RESTORE, sequence)
            if restored is None:
                raise FailedPrecondition(
                    "NOTHING_TO_RESTORE", f"Everything is as it was {place}; nothing was changed."
                )
            return restored


async def _required(editing: Editing, newest: int) -> Edit | None:
    """The newest edit; None before the first."""
    if newest and newest != editing.sequence:
        raise Aborted(
            "EDITS_MOVED_ON",
            f"The newest edit is {editing.sequence}, not {newest}; look at the history, then try again.",
        )
    return await _entry(editing, editing.sequence) if editing.sequence else None


async def _entry(editing: Editing, sequence: int) -> Edit:
    of_edit = (editing.workspace_id, editing.project_id, sequence)
    return edit_rows.edit(rows.present(await editing.tx.fetchrow(SQL["edit"], *of_edit)))


async def _stacks(editing: Editing, sequence: int) -> Stacks:
    """The stacks after an edit."""
    if not sequence:
        return Stacks()
    entry = await _entry(editing, sequence)
    return Stacks(entry.undo_top, entry.redo_top)


async def _reversed(editing: Editing, entry: Edit, action: EditAction, stacks: Stacks) -> Edit:
    """The opposite of an edit. What came after it is undone, so its documents are as it left them."""
    for change in await _changes(editing, entry.sequence):
        await editing.write(change.kind, change.subject, change.before, entry.summary)
    appended = await editing.close(action, entry.sequence, stacks)
    if appended is None:
        raise AssertionError(f"edit {entry.sequence} changed nothing")
    return appended


async def _changes(editing: Editing, sequence: int) -> list[Change]:
    found = await editing.tx.fetch(
        SQL["changes_of_edits"], editing.workspace_id, editing.project_id, [sequence]
    )
    return [edit_rows.change(row) for row in found]


def _nothing_to_undo(now: Edit | None) -> str:
    if now is None:
        return "There is nothing to undo: nothing of this project was edited."
    return "There is nothing left to undo: the project is as it was before its first edit."
