"""What waits, by bounded looks at Postgres and the broker every few seconds and never at a scrape."""

from __future__ import annotations

import asyncio

import structlog
from prometheus_client import CollectorRegistry, Gauge

from studio_jobs.sql import SQL
from studio_jobs.wake import until
from studio_platform.broker import Backlogs
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.topology import RESULTS_CONSUMER

_log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 5.0
COUNTED_MAX = 10_000
"""A depth is counted up to this."""

OWNERS_MAX = 1_000
"""The oldest waiting run is looked for in this many (pool, workspace) queues, each by its first run."""


class Gauges:
    """Depths and ages; every replica tells the same ones, so take their maximum, not their sum.

    A look that fails takes the values away: nobody shall believe old ones.
    """

    def __init__(
        self, database: Database, broker: Backlogs, clock: Clock, registry: CollectorRegistry
    ) -> None:
        self._database = database
        self._broker = broker
        self._clock = clock
        self._depth = Gauge(
            "film_queue_depth",
            f"Runs that wait for their pool's window, counted up to {COUNTED_MAX}.",
            ["pool"],
            registry=registry,
        )
        self._age = Gauge(
            "film_queue_age_seconds",
            "Age of the longest waiting run of a pool that is ready; 0 with none.",
            ["pool"],
            registry=registry,
        )
        self._in_flight = Gauge(
            "film_queue_in_flight",
            f"Runs dispatched and not reported, counted up to {COUNTED_MAX}.",
            ["pool"],
            registry=registry,
        )
        self._silence = Gauge(
            "film_pool_silence_seconds",
            "Seconds since a worker of the pool gave a sign of life.",
            ["pool"],
            registry=registry,
        )
        # Without labels a value would be there from the start and after `clear`.
        self._outbox_depth = Gauge(
            "film_outbox_depth",
            f"Messages that wait for the relay, counted up to {COUNTED_MAX}.",
            ["schema"],
            registry=registry,
        )
        self._outbox_age = Gauge(
            "film_outbox_age_seconds",
            "Age of the oldest message that waits for the relay; 0 with none.",
            ["schema"],
            registry=registry,
        )
        self._garbage = Gauge(
            "film_garbage_backlog",
            f"Artifacts without a reference, and manifests and blobs to be deleted, each counted up to "
            f"{COUNTED_MAX}.",
            ["what"],
            registry=registry,
        )
        self._results_lag = Gauge(
            "film_results_lag",
            "Results at the broker that are not recorded and acknowledged yet.",
            ["consumer"],
            registry=registry,
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every few seconds until `stopping` is set; a look that fails is logged and outlived."""
        await until(stopping, self._look_for_ever())

    async def _look_for_ever(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - logged; the next look may fare better
                _log.exception("gauges could not be read")
            await self._clock.sleep(INTERVAL_SECONDS)

    async def look(self) -> None:
        """Read everything once. Raises Unavailable."""
        for gauge in (
            self._depth,
            self._age,
            self._in_flight,
            self._silence,
            self._outbox_depth,
            self._outbox_age,
            self._garbage,
            self._results_lag,
        ):
            gauge.clear()
        await self._look_at_pools()
        await self._look_at_outbox()
        await self._look_at_garbage()
        self._results_lag.labels(RESULTS_CONSUMER.name).set(await self._broker.backlog(RESULTS_CONSUMER))

    async def _look_at_pools(self) -> None:
        now = self._clock.now()
        for row in await self._database.fetch(SQL["queue_gauges"], now, COUNTED_MAX, OWNERS_MAX):
            pool = row["pool"]
            self._depth.labels(pool).set(row["waiting"])
            self._in_flight.labels(pool).set(row["in_flight"])
            oldest = row["oldest_ready_at"]
            self._age.labels(pool).set((now - oldest).total_seconds() if oldest else 0.0)
            self._silence.labels(pool).set(max(0.0, (now - row["last_seen_at"]).total_seconds()))

    async def _look_at_outbox(self) -> None:
        now = self._clock.now()
        row = await self._database.fetchrow(SQL["outbox_gauges"], COUNTED_MAX)
        if row is not None:
            self._outbox_depth.labels("jobs").set(row["messages"])
            age = (now - row["oldest_at"]).total_seconds() if row["oldest_at"] else 0.0
            self._outbox_age.labels("jobs").set(max(0.0, age))

    async def _look_at_garbage(self) -> None:
        row = await self._database.fetchrow(SQL["garbage_gauges"], COUNTED_MAX)
        for what, count in dict(row or {}).items():
            self._garbage.labels(what).set(count)
