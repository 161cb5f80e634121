"""casting.sql in Python."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.transaction import Transaction


async def cast_members(tx: Transaction, workspace: UUID, project_id: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.cast_members, lambda row: row["workspace_id"] == workspace, project_id)
    return sorted(found, key=lambda row: (row["ordinal"], row["name"]))[:limit]


async def insert_cast_member(
    tx: Transaction, workspace: UUID, project_id: UUID, name: str, ordinal: int, voice: str, look: str
) -> int:
    row = {
        "workspace_id": workspace,
        "project_id": project_id,
        "name": name,
        "ordinal": ordinal,
        "voice": voice,
        "look": look,
    }
    return len(await tx.insert(tx.tables.cast_members, [row], conflict="any"))


async def upsert_cast(
    tx: Transaction,
    workspace: UUID,
    project_id: UUID,
    names: list[str],
    ordinals: list[int],
    voices: list[str],
    looks: list[str],
    revision: int,
) -> int:
    rows = [
        {
            "workspace_id": workspace,
            "project_id": project_id,
            "name": name,
            "ordinal": ordinal,
            "voice": voice,
            "auto_look": look,
            "last_revision": revision,
        }
        for name, ordinal, voice, look in sorted(zip(names, ordinals, voices, looks, strict=True))
    ]
    noted = ("ordinal", "auto_look", "last_revision")
    return len(await tx.insert(tx.tables.cast_members, rows, conflict="key", merge=_taking(*noted)))


async def update_cast_member(
    tx: Transaction, workspace: UUID, project_id: UUID, name: str, *edited: Any
) -> list[Row]:
    columns = ("aliases", "display_name", "look", "edited_voice", "edited_seed", "language")
    row = tx.by_key(tx.tables.cast_members, workspace, project_id, name)
    return await tx.update(
        tx.tables.cast_members,
        [row] if row else [],
        lambda old: {**dict(zip(columns, edited, strict=True)), "version": old["version"] + 1},
    )


async def locations(tx: Transaction, workspace: UUID, project_id: UUID, limit: int) -> list[Row]:
    found = tx.rows(tx.tables.locations, lambda row: row["workspace_id"] == workspace, project_id)
    return sorted(found, key=lambda row: (row["ordinal"], row["name_sha256"]))[:limit]


async def upsert_locations(
    tx: Transaction, workspace: UUID, project_id: UUID, names: list[str], *columns: Any
) -> int:
    digests, ordinals, places, looks, revision = columns
    rows = [
        {
            "workspace_id": workspace,
            "project_id": project_id,
            "name": name,
            "name_sha256": digest,
            "ordinal": ordinal,
            "place": place,
            "auto_look": look,
            "last_revision": revision,
        }
        for name, digest, ordinal, place, look in zip(names, digests, ordinals, places, looks, strict=True)
    ]
    rows.sort(key=lambda row: row["name_sha256"])
    noted = ("ordinal", "place", "auto_look", "last_revision")
    return len(await tx.insert(tx.tables.locations, rows, conflict="key", merge=_taking(*noted)))


async def update_location(
    tx: Transaction, workspace: UUID, project_id: UUID, digest: bytes, look: str, seed: int | None
) -> list[Row]:
    row = tx.by_key(tx.tables.locations, workspace, project_id, digest)
    return await tx.update(
        tx.tables.locations,
        [row] if row else [],
        lambda old: {"look": look, "edited_seed": seed, "version": old["version"] + 1},
    )


async def insert_job_casting(tx: Transaction, job: UUID, casting: bytes) -> int:
    return len(await tx.insert(tx.tables.job_castings, [{"job_id": job, "casting": casting}]))


async def job_casting(tx: Transaction, job: UUID) -> list[Row]:
    row = tx.by_key(tx.tables.job_castings, job)
    return [] if row is None else [{"casting": row["casting"]}]


def _taking(*columns: str) -> Any:
    return lambda _there, refused: {column: refused[column] for column in columns}
