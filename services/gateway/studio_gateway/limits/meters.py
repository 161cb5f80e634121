"""What is counted of rate limits."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge


class LimitMeters:
    """Refused calls by limit, leases by what came of them, and the buckets in memory."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._refusals = Counter(
            "film_limit_refusals",
            "Calls refused because a rate was used up, by the rate.",
            ["limit"],
            registry=registry,
        )
        self._leases = Counter(
            "film_limit_leases",
            "Leases of rate limits: whole, less than wanted (dry), or none because Postgres was away.",
            ["outcome"],
            registry=registry,
        )
        self._buckets = Gauge("film_limit_buckets", "Buckets of rate limits in memory.", registry=registry)

    def watch(self, count: Callable[[], int]) -> None:
        """Shows how many buckets there are."""
        self._buckets.set_function(count)

    def refused(self, limit: str) -> None:
        """A call was refused."""
        self._refusals.labels(limit).inc()

    def leased(self, *, is_dry: bool) -> None:
        """A bucket was refilled, with less than it wanted when dry."""
        self._leases.labels("dry" if is_dry else "whole").inc()

    def away(self) -> None:
        """No lease came."""
        self._leases.labels("away").inc()
