"""Where the replicas lease their tokens: the port, Postgres behind it, and a twin in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from studio_gateway.limits.rates import Rate
from studio_platform.database import Database, Queries


@dataclass(frozen=True, slots=True)
class Ask:
    """A replica wants `wanted` tokens of a bucket, and has spent `owed` that it had not leased."""

    bucket: str
    rate: Rate
    owed: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Grant:
    """What it got, and what is left for others (below 0 when more was owed than there was)."""

    bucket: str
    tokens: float
    left_over: float


@dataclass(frozen=True, slots=True)
class Leftover:
    """Tokens of a lease that were not used."""

    bucket: str
    rate: Rate
    tokens: float


class Leases(Protocol):
    """What is left of each bucket, for all replicas; raises Unavailable when it can't be told."""

    async def lease(self, asks: Sequence[Ask]) -> list[Grant]:
        """Takes what is owed, and gives whole tokens up to what is wanted. Each bucket once, in any order."""
        ...

    async def give_back(self, leftovers: Sequence[Leftover]) -> None:
        """Makes unused tokens others'; each bucket once."""
        ...

    async def delete_full(self, before: datetime, limit: int) -> int:
        """Forgets at most `limit` buckets not leased from since `before`; how many."""
        ...


class PostgresLeases:
    """One transaction for all that is asked at once; buckets are locked in the order of their names."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = Queries.load("studio_gateway", "sql/limits.sql")

    async def lease(self, asks: Sequence[Ask]) -> list[Grant]:
        """As the port says."""
        buckets = [ask.bucket for ask in asks]
        capacities = [ask.rate.capacity for ask in asks]
        async with self._database.transaction() as tx:
            await tx.execute(self._queries["add_limit_buckets"], buckets, capacities)
            rows = await tx.fetch(
                self._queries["lease_tokens"],
                buckets,
                capacities,
                [ask.rate.per_second for ask in asks],
                [ask.owed for ask in asks],
                [ask.wanted for ask in asks],
            )
        return [Grant(row["bucket"], row["granted"], row["left_over"]) for row in rows]

    async def give_back(self, leftovers: Sequence[Leftover]) -> None:
        """As the port says."""
        await self._database.execute(
            self._queries["return_tokens"],
            [leftover.bucket for leftover in leftovers],
            [leftover.rate.capacity for leftover in leftovers],
            [leftover.tokens for leftover in leftovers],
        )

    async def delete_full(self, before: datetime, limit: int) -> int:
        """As the port says."""
        tag = await self._database.execute(self._queries["delete_full_buckets"], before, limit)
        return int(tag.rpartition(" ")[2])


class MemoryLeases:
    """The twin: for one process and its tests. `now` gives the time of the wall."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, tuple[float, datetime]] = {}

    async def lease(self, asks: Sequence[Ask]) -> list[Grant]:
        """As the port says."""
        return [self._granted(ask) for ask in asks]

    async def give_back(self, leftovers: Sequence[Leftover]) -> None:
        """As the port says."""
        for leftover in leftovers:
            if (held := self._buckets.get(leftover.bucket)) is not None:
                tokens = min(leftover.rate.capacity, held[0] + leftover.tokens)
                self._buckets[leftover.bucket] = (tokens, held[1])

    async def delete_full(self, before: datetime, limit: int) -> int:
        """As the port says."""
        old = sorted(name for name, (_, filled_at) in self._buckets.items() if filled_at < before)[:limit]
        for name in old:
            del self._buckets[name]
        return len(old)

    def _granted(self, ask: Ask) -> Grant:
        now = self._now()
        tokens, filled_at = self._buckets.get(ask.bucket, (ask.rate.capacity, now))
        elapsed_seconds = max(0.0, (now - filled_at).total_seconds())
        refilled = min(ask.rate.capacity, tokens + ask.rate.per_second * elapsed_seconds)
        left_over = refilled - ask.owed
        granted = min(ask.wanted, max(0.0, float(int(max(0.0, left_over)))))
        self._buckets[ask.bucket] = (left_over - granted, now)
        return Grant(ask.bucket, granted, left_over - granted)
