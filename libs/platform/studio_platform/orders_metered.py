"""A pool's own view of the broker with a stopwatch: how orders come, how long they take, how they end."""

from __future__ import annotations

import time
from collections.abc import Sequence

from google.protobuf.message import DecodeError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from filmstudio.generation.v1 import message_pb2
from studio_platform.broker import Broker, Delivery, Outcome, OutMessage
from studio_platform.broker_forwarding import ForwardingBroker
from studio_platform.clock import Clock
from studio_platform.lanes import Lanes
from studio_platform.pools import PoolSettings
from studio_platform.telemetry import HANDOFF_BUCKETS_SECONDS, Reasons
from studio_platform.topology import Consumer, result_subject

_RUN_BUCKETS_SECONDS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)


class OrderMeters:
    """The metrics of a generator's pools; one a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._reasons = Reasons()
        self.handoff_seconds = Histogram(
            "film_start_handoff_seconds",
            "Seconds from the dispatch of a run until a worker had its order, by the wall clocks of both.",
            ["pool"],
            buckets=HANDOFF_BUCKETS_SECONDS,
            registry=registry,
        )
        self.run_seconds = Histogram(
            "film_run_seconds",
            "Seconds from an order's delivery to its result, by what became of it.",
            ["pool", "outcome"],
            buckets=_RUN_BUCKETS_SECONDS,
            registry=registry,
        )
        self.engine_seconds = Histogram(
            "film_engine_seconds",
            "Seconds of the engine alone, of runs that succeeded.",
            ["pool"],
            buckets=_RUN_BUCKETS_SECONDS,
            registry=registry,
        )
        self.upload_seconds = Histogram(
            "film_upload_seconds",
            "Seconds of storing an artifact's parts and manifest.",
            ["pool"],
            buckets=HANDOFF_BUCKETS_SECONDS,
            registry=registry,
        )
        self.failures = Counter(
            "film_attempt_failures",
            "Orders that ended in a failure here, by its reason; the job service decides what follows.",
            ["pool", "reason"],
            registry=registry,
        )
        self.over_crash_limit = Counter(
            "film_deliveries_over_crash_limit",
            "Orders delivered more often than the crash limit allows: workers died or froze with them.",
            ["pool"],
            registry=registry,
        )
        self._lanes_busy = Gauge(
            "film_worker_lanes_busy", "Lanes that run something now.", ["pool"], registry=registry
        )
        self._lanes = Gauge("film_worker_lanes", "Lanes of the pool here.", ["pool"], registry=registry)

    def watch_lanes(self, pool: str, lanes: Lanes) -> None:
        """Show how many of these lanes are busy."""
        self._lanes.labels(pool).set(lanes.slots)
        self._lanes_busy.labels(pool).set_function(lambda: lanes.busy)

    def failed(self, pool: str, reason: str) -> None:
        """Count a failure."""
        self.failures.labels(pool, self._reasons.bounded(reason)).inc()


class MeteredOrders(ForwardingBroker):
    """The broker as one pool's worker uses it: its orders are timed from their delivery to their result."""

    def __init__(self, broker: Broker, pool: PoolSettings, meters: OrderMeters, clock: Clock) -> None:
        super().__init__(broker)
        self._pool = pool
        self._meters = meters
        self._clock = clock
        self._taken_at: dict[tuple[str, int], float] = {}

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """See Broker."""
        found = await super().fetch(consumer, batch_max, wait_seconds)
        for delivery in found:
            self._note_taken(delivery)
        return found

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """See Broker."""
        prefix = result_subject("")
        for message in messages:
            if message.subject.startswith(prefix):
                self._note_result(message_pb2.RunResult.FromString(message.payload))
        return await super().publish_batch(messages)

    def _note_taken(self, delivery: Delivery) -> None:
        try:
            order = message_pb2.RunOrder.FromString(delivery.payload)
        except DecodeError:
            # The worker says what is wrong with it.
            return
        self._taken_at[order.run_id, order.dispatch] = time.perf_counter()
        if delivery.deliveries > self._pool.crash_limit_deliveries:
            self._meters.over_crash_limit.labels(self._pool.pool).inc()
        if delivery.deliveries == 1 and order.HasField("dispatch_time"):
            age = self._clock.now().timestamp() - order.dispatch_time.ToNanoseconds() / 1e9
            self._meters.handoff_seconds.labels(self._pool.pool).observe(max(0.0, age))

    def _note_result(self, result: message_pb2.RunResult) -> None:
        """Time an order at the first try to publish its result."""
        taken_at = self._taken_at.pop((result.run_id, result.dispatch), None)
        if taken_at is None:
            return
        pool, outcome = self._pool.pool, result.WhichOneof("outcome") or ""
        self._meters.run_seconds.labels(pool, outcome).observe(time.perf_counter() - taken_at)
        if outcome == "failure":
            self._meters.failed(pool, result.failure.reason)
        # What an earlier dispatch had made already took the engine no time.
        if outcome == "success" and (result.run_ms or result.upload_ms):
            self._meters.engine_seconds.labels(pool).observe(result.run_ms / 1000)
            self._meters.upload_seconds.labels(pool).observe(result.upload_ms / 1000)
