"""A Postgres pool with gauges: connections open and in use, and how long one is waited for."""

from __future__ import annotations

import time
from typing import Any

import asyncpg
from prometheus_client import CollectorRegistry, Gauge, Histogram

_BUCKETS_SECONDS = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)


class MeteredPool:
    """What `Database` asks of a pool, by another pool; one a registry."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], registry: CollectorRegistry) -> None:
        self._pool = pool
        self._wait = Histogram(
            "film_database_wait_seconds",
            "Seconds until a connection of the pool was free.",
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        used = Gauge(
            "film_database_connections_in_use",
            "Connections that a statement or a transaction holds now.",
            registry=registry,
        )
        used.set_function(lambda: pool.get_size() - pool.get_idle_size())
        size = Gauge(
            "film_database_connections_max", "The most connections of this process.", registry=registry
        )
        size.set(pool.get_max_size())

    async def acquire(self, *, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - asyncpg's own
        """A connection; see asyncpg.Pool."""
        started = time.perf_counter()
        try:
            return await self._pool.acquire(timeout=timeout)
        finally:
            self._wait.observe(time.perf_counter() - started)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Give a connection back; see asyncpg.Pool."""
        await self._pool.release(connection, timeout=timeout)
