"""edits.sql in Python."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.transaction import Transaction


async def edit_documents(
    tx: Transaction, workspace: UUID, project_id: UUID, sequence: int, limit: int
) -> list[Row]:
    found = []
    for document in _of_project(tx, tx.tables.edit_documents, workspace, project_id):
        then = document if document["sequence"] <= sequence else _at(tx, document, sequence)
        if then is not None and then["content"]:
            found.append({name: then[name] for name in ("kind", "subject", "sequence", "content")})
    return sorted(found, key=lambda row: (row["kind"], row["subject"]))[:limit]


def _of_project(tx: Transaction, table: Any, workspace: UUID, project_id: UUID) -> list[Row]:
    return tx.rows(table, lambda row: row["workspace_id"] == workspace, project_id)


def _at(tx: Transaction, document: Row, sequence: int) -> Row | None:
    """A document as the last change of it up to an edit left it."""
    names = ("workspace_id", "project_id", "kind", "subject")
    changes = tx.rows(
        tx.tables.edit_changes,
        lambda row: all(row[name] == document[name] for name in names) and row["sequence"] <= sequence,
        document["project_id"],
    )
    last = max(changes, key=lambda row: row["sequence"], default=None)
    return None if last is None else {**last, "content": last["after"]}


async def edit_document(
    tx: Transaction, workspace: UUID, project_id: UUID, kind: str, subject: str
) -> list[Row]:
    row = tx.by_key(tx.tables.edit_documents, workspace, project_id, kind, subject)
    return [] if row is None else [{"content": row["content"], "sequence": row["sequence"]}]


async def count_edit_documents(tx: Transaction, workspace: UUID, project_id: UUID, limit: int) -> list[Row]:
    found = _of_project(tx, tx.tables.edit_documents, workspace, project_id)
    return [{"count": min(len(found), limit)}]


async def insert_edit(
    tx: Transaction, workspace: UUID, project_id: UUID, sequence: int, *columns: Any
) -> list[Row]:
    names = ("action", "target", "undo_top", "redo_top", "author", "summary", "created_at")
    row = {
        "workspace_id": workspace,
        "project_id": project_id,
        "sequence": sequence,
        **dict(zip(names, columns, strict=True)),
    }
    return await tx.insert(tx.tables.edits, [row])


async def insert_edit_changes(
    tx: Transaction, workspace: UUID, project_id: UUID, sequence: int, *columns: list[Any]
) -> int:
    rows = _rows(workspace, project_id, sequence, ("kind", "subject", "before", "after"), columns)
    return len(await tx.insert(tx.tables.edit_changes, rows))


async def upsert_edit_documents(
    tx: Transaction, workspace: UUID, project_id: UUID, sequence: int, *columns: list[Any]
) -> int:
    rows = _rows(workspace, project_id, sequence, ("kind", "subject", "content"), columns)
    return len(
        await tx.insert(
            tx.tables.edit_documents,
            rows,
            conflict="key",
            merge=lambda _there, refused: {name: refused[name] for name in ("sequence", "content")},
        )
    )


def _rows(
    workspace: UUID, project_id: UUID, sequence: int, names: tuple[str, ...], columns: tuple[list[Any], ...]
) -> list[Row]:
    owner = {"workspace_id": workspace, "project_id": project_id, "sequence": sequence}
    return [{**owner, **dict(zip(names, values, strict=True))} for values in zip(*columns, strict=True)]


async def set_edit_sequence(tx: Transaction, workspace: UUID, project_id: UUID, sequence: int) -> int:
    row = tx.by_key(tx.tables.projects, workspace, project_id)
    changed = await tx.update(
        tx.tables.projects, [row] if row else [], lambda _row: {"edit_sequence": sequence}
    )
    return len(changed)


async def edit(tx: Transaction, workspace: UUID, project_id: UUID, sequence: int) -> list[Row]:
    row = tx.by_key(tx.tables.edits, workspace, project_id, sequence)
    return [] if row is None else [row]


async def edits_page(
    tx: Transaction, workspace: UUID, project_id: UUID, before: int, limit: int
) -> list[Row]:
    found = _of_project(tx, tx.tables.edits, workspace, project_id)
    older = [row for row in found if before == 0 or row["sequence"] < before]
    return sorted(older, key=lambda row: -row["sequence"])[:limit]


async def changes_of_edits(
    tx: Transaction, workspace: UUID, project_id: UUID, sequences: list[int]
) -> list[Row]:
    found = _of_project(tx, tx.tables.edit_changes, workspace, project_id)
    asked = [row for row in found if row["sequence"] in sequences]
    return sorted(asked, key=lambda row: (row["sequence"], row["kind"], row["subject"]))


async def subjects_of_edits(
    tx: Transaction, workspace: UUID, project_id: UUID, sequences: list[int], limit: int
) -> list[Row]:
    found = await changes_of_edits(tx, workspace, project_id, sequences)
    told = []
    for sequence in sorted({row["sequence"] for row in found}):
        of_edit = [row for row in found if row["sequence"] == sequence]
        told += [
            {
                "sequence": sequence,
                "kind": row["kind"],
                "subject": row["subject"],
                "subjects": len(of_edit),
            }
            for row in of_edit[:limit]
        ]
    return told


async def changes_of_subjects(
    tx: Transaction, workspace: UUID, project_id: UUID, kinds: list[str], subjects: list[str], limit: int
) -> list[Row]:
    found = _of_project(tx, tx.tables.edit_changes, workspace, project_id)
    asked = [row for row in found if row["kind"] in kinds and row["subject"] in subjects]
    asked.sort(key=lambda row: (-row["sequence"], row["kind"], row["subject"]))
    columns = ("sequence", "kind", "subject", "after")
    return [{column: row[column] for column in columns} for row in asked[:limit]]


async def shot_artifacts(
    tx: Transaction, workspace: UUID, project_id: UUID, shot_id: str, jobs: int, limit: int
) -> list[Row]:
    of_project = tx.rows(
        tx.tables.jobs,
        lambda row: row["workspace_id"] == workspace and row["project_id"] == project_id,
    )
    found = []
    for job in sorted(of_project, key=lambda row: row["job_id"], reverse=True)[:jobs]:
        for task in tx.rows(tx.tables.tasks, lambda row: row["shot_id"] == shot_id, job["job_id"]):
            artifact = tx.by_key(tx.tables.artifacts, workspace, task["content_key"])
            if artifact is not None:
                found.append(
                    {**job, **task, **artifact, "created_at": job["created_at"], "kind": task["kind"]}
                )
    found.sort(key=lambda row: (-row["job_id"].int, row["number"]))
    columns = (
        "job_id",
        "edit_sequence",
        "created_at",
        "number",
        "kind",
        "content_key",
        "digest",
        "length_ms",
        "manifest",
    )
    return [{column: row[column] for column in columns} for row in found[:limit]]
