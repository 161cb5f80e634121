"""Metrics of a service: calls, how long they took, how many are open; in a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

METRICS_CONTENT_TYPE = CONTENT_TYPE_LATEST
REASONS_MAX = 64
OTHER_REASON = "OTHER"
"""Stands for every reason after the first REASONS_MAX."""

HANDOFF_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 1800)
_LATENCY_BUCKETS_SECONDS = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
)


class Reasons:
    """Bounds a label of reasons: the first REASONS_MAX as they are, every other one as OTHER_REASON."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def bounded(self, reason: str) -> str:
        """The label of a reason."""
        if reason not in self._known and len(self._known) >= REASONS_MAX:
            return OTHER_REASON
        self._known.add(reason)
        return reason


@dataclass(slots=True)
class CallOutcome:
    """What a call came to; the gRPC code's name, such as "OK" or "NOT_FOUND"."""

    code: str = "OK"


@dataclass(frozen=True, slots=True)
class _MethodCounts:
    """What is counted of one method, found once: looking labels up costs more than counting."""

    open: Gauge
    seconds: Histogram
    ended: dict[str, Counter]


class Metrics:
    """The registry of one process, what the system says of it, and the three metrics of every server.

    Services add their own collectors to `registry`.
    """

    def __init__(self, service: str) -> None:
        # The library's only switch is for the whole process; nobody reads when a counter was made.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # has no annotations
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._service = service
        self._methods: dict[str, _MethodCounts] = {}
        self._calls = Counter(
            "film_rpc_requests",
            "Calls that ended, by method and gRPC code.",
            ["service", "method", "code"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "film_rpc_seconds",
            "Seconds from a call's start to its end.",
            ["service", "method"],
            buckets=_LATENCY_BUCKETS_SECONDS,
            registry=self.registry,
        )
        self._open = Gauge(
            "film_rpc_open", "Calls that are open.", ["service", "method"], registry=self.registry
        )

    @contextmanager
    def call(self, method: str) -> Iterator[CallOutcome]:
        """Counts one call; the caller sets the outcome's code before it leaves."""
        outcome = CallOutcome()
        counts = self._methods.get(method) or self._counts_of(method)
        counts.open.inc()
        began = perf_counter()
        try:
            yield outcome
        finally:
            counts.seconds.observe(perf_counter() - began)
            counts.open.dec()
            ended = counts.ended.get(outcome.code) or self._ended(counts, method, outcome.code)
            ended.inc()

    def _counts_of(self, method: str) -> _MethodCounts:
        labels = self._service, method
        counts = _MethodCounts(self._open.labels(*labels), self._seconds.labels(*labels), {})
        self._methods[method] = counts
        return counts

    def _ended(self, counts: _MethodCounts, method: str, code: str) -> Counter:
        counts.ended[code] = self._calls.labels(self._service, method, code)
        return counts.ended[code]

    def exposition(self) -> bytes:
        """The registry as Prometheus text."""
        return generate_latest(self.registry)
