"""pools.sql in Python."""

from __future__ import annotations

from datetime import datetime
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
    "price_micros_per_call",
    "replicas_max",
    "slots",
    "lease_ms",
    "voices",
    "languages",
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


async def queue_gauges(tx: Transaction, now: datetime, limit: int, owners_limit: int) -> list[Row]:
    live = tx.rows(tx.tables.runs, lambda row: row["state"] in LIVE_RUN)
    waiting = [run for run in live if run["state"] == "WAITING"]
    owners = sorted({(run["pool"], run["workspace_id"]) for run in waiting})[:owners_limit]
    oldest: dict[str, datetime] = {}
    for pool, workspace in owners:
        ready = [
            run
            for run in waiting
            if run["pool"] == pool and run["workspace_id"] == workspace and run["ready_at"] <= now
        ]
        if ready:
            first = min(ready, key=lambda run: (-run["priority"], run["run_id"]))
            oldest[pool] = min(oldest.get(pool, first["ready_at"]), first["ready_at"])
    return [
        {
            "pool": row["pool"],
            "last_seen_at": row["last_seen_at"],
            "oldest_ready_at": oldest.get(row["pool"]),
            "waiting": min(limit, sum(run["pool"] == row["pool"] for run in waiting)),
            "in_flight": min(
                limit, sum(run["pool"] == row["pool"] and run["state"] == "DISPATCHED" for run in live)
            ),
        }
        for row in await pools(tx)
    ]


async def pool_load(tx: Transaction, limit: int) -> list[Row]:
    names = sorted(row["pool"] for row in tx.rows(tx.tables.pools))
    load: dict[str, Row] = {name: {"pool": name, "waiting": 0, "running": 0} for name in names}
    for run in tx.rows(tx.tables.runs, lambda row: row["state"] in LIVE_RUN):
        word = "waiting" if run["state"] == "WAITING" else "running"
        load[run["pool"]][word] = min(limit, load[run["pool"]][word] + 1)
    return list(load.values())
