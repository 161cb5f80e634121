"""projects.sql in Python."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tests.simulation.postgres.rows import Lock, Row
from tests.simulation.postgres.transaction import Transaction


async def insert_project(
    tx: Transaction, workspace: UUID, project: UUID, name: str, request: UUID | None, now: datetime
) -> list[Row]:
    row = {
        "workspace_id": workspace,
        "project_id": project,
        "display_name": name,
        "request_id": request,
        "created_at": now,
        "updated_at": now,
    }
    return await tx.insert(tx.tables.projects, [row], conflict="projects_by_request")


async def project_by_request(tx: Transaction, workspace: UUID, request: UUID | None) -> list[Row]:
    if request is None:
        return []
    return tx.rows(tx.tables.projects, lambda row: row["request_id"] == request, workspace)


async def project(tx: Transaction, workspace: UUID, project_id: UUID) -> list[Row]:
    row = tx.by_key(tx.tables.projects, workspace, project_id)
    return [] if row is None else [row]


async def projects_page(tx: Transaction, workspace: UUID, before: UUID | None, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.projects, lambda row: before is None or row["project_id"] < before, workspace)
    return sorted(found, key=lambda row: row["project_id"], reverse=True)[:limit]


async def rename_project(
    tx: Transaction, workspace: UUID, project_id: UUID, name: str, now: datetime, version: int
) -> list[Row]:
    def fits(row: Row) -> bool:
        return bool(version == 0 or row["version"] == version)

    found = [row for row in await project(tx, workspace, project_id) if fits(row)]
    return await tx.update(
        tx.tables.projects,
        found,
        lambda row: {"display_name": name, "version": row["version"] + 1, "updated_at": now},
        fits,
    )


async def set_seed_origin(tx: Transaction, workspace: UUID, project_id: UUID, origin: UUID) -> list[Row]:
    def fits(row: Row) -> bool:
        return bool(row["latest_revision"] == 0)

    found = [row for row in await project(tx, workspace, project_id) if fits(row)]
    return await tx.update(tx.tables.projects, found, lambda row: {"seed_origin": origin}, fits)


async def lock_project(tx: Transaction, workspace: UUID, project_id: UUID) -> list[Row]:
    return await tx.lock(tx.tables.projects, await project(tx, workspace, project_id), Lock.UPDATE)


async def delete_project(tx: Transaction, workspace: UUID, project_id: UUID) -> int:
    return len(await tx.delete(tx.tables.projects, await project(tx, workspace, project_id)))


async def project_has_unfinished_job(tx: Transaction, workspace: UUID, project_id: UUID) -> list[Row]:
    found = tx.rows(
        tx.tables.jobs,
        lambda row: (
            row["workspace_id"] == workspace and row["project_id"] == project_id and row["ended_at"] is None
        ),
    )
    return [{"exists": bool(found)}]


async def revision_by_digest(
    tx: Transaction, workspace: UUID, project_id: UUID, sha256: str, form: int
) -> list[Row]:
    return tx.rows(
        tx.tables.screenplay_revisions,
        lambda row: row["workspace_id"] == workspace and row["sha256"] == sha256 and row["format"] == form,
        project_id,
    )


async def insert_revision(
    tx: Transaction,
    workspace: UUID,
    project_id: UUID,
    number: int,
    form: int,
    content: bytes,
    sha256: str,
    now: datetime,
    identities: bytes | None,
) -> list[Row]:
    row = {
        "workspace_id": workspace,
        "project_id": project_id,
        "number": number,
        "format": form,
        "content": content,
        "sha256": sha256,
        "created_at": now,
        "identities": identities,
    }
    return await tx.insert(tx.tables.screenplay_revisions, [row])


async def set_latest_revision(
    tx: Transaction, workspace: UUID, project_id: UUID, number: int, now: datetime
) -> int:
    changed = await tx.update(
        tx.tables.projects,
        await project(tx, workspace, project_id),
        lambda row: {"latest_revision": number, "version": row["version"] + 1, "updated_at": now},
    )
    return len(changed)


async def revision(tx: Transaction, workspace: UUID, project_id: UUID, number: int) -> list[Row]:
    row = tx.by_key(tx.tables.screenplay_revisions, workspace, project_id, number)
    return [] if row is None else [row]


async def revisions_page(
    tx: Transaction, workspace: UUID, project_id: UUID, before: int, limit: int
) -> list[Row]:
    found = tx.rows(
        tx.tables.screenplay_revisions,
        lambda row: row["workspace_id"] == workspace and (before == 0 or row["number"] < before),
        project_id,
    )
    columns = ("project_id", "number", "format", "size_bytes", "sha256", "created_at")
    ordered = sorted(found, key=lambda row: -row["number"])[:limit]
    sized = ({**row, "size_bytes": len(row["content"])} for row in ordered)
    return [{column: row[column] for column in columns} for row in sized]


async def next_revision_number(tx: Transaction, workspace: UUID, project_id: UUID) -> list[Row]:
    found = tx.rows(tx.tables.screenplay_revisions, lambda row: row["workspace_id"] == workspace, project_id)
    return [{"?column?": max((row["number"] for row in found), default=0) + 1}]
