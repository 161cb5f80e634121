"""transfers.sql in Python."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.transaction import Transaction


async def manifests_by_keys(tx: Transaction, workspace: UUID, keys: Sequence[bytes]) -> list[Row]:
    found = (tx.by_key(tx.tables.artifacts, workspace, key) for key in dict.fromkeys(keys))
    return [{"content_key": row["content_key"], "manifest": row["manifest"]} for row in found if row]
