"""pools.sql in Python."""

from __future__ import annotations

from typing import Any

from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.schema import LIVE_RUN
from tests.simulation.postgres.transaction import Transaction

_SAID = (
    "pool",
    "kind",
    "engine",
    "deterministic",
    "width_max_px",
    "height_max_px",
    "price_micros_per_second",
    "replicas_max",
    "slots",
    "lease_ms",
)


async def upsert_pool(tx: Transaction, *arguments: Any) -> list[Row]:
    *said, now = arguments
    row = {**dict(zip(_SAID, said, strict=True)), "first_seen_at": now, "last_seen_at": now}
    is_new = tx.by_key(tx.tables.pools, row["pool"]) is None

    def merge(_there: Row, refused: Row) -> Row:
        nonlocal is_new
        is_new = False
        return {name: value for name, value in refused.items() if name != "first_seen_at"}

    await tx.insert(tx.tables.pools, [row], conflict="key", merge=merge)
    return [{"is_new": is_new}]


async def pools(tx: Transaction) -> list[Row]:
    return sorted(tx.rows(tx.tables.pools), key=lambda row: row["pool"])


async def pool_load(tx: Transaction) -> list[Row]:
    load: dict[str, Row] = {}
    for run in tx.rows(tx.tables.runs, lambda row: row["state"] in LIVE_RUN):
        row = load.setdefault(run["pool"], {"pool": run["pool"], "waiting": 0, "running": 0})
        row["waiting" if run["state"] == "WAITING" else "running"] += 1
    return list(load.values())
