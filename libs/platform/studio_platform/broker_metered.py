"""The broker with counters: what became of publishes, and messages that come again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

from studio_platform.broker import Broker, Delivery, Outcome, OutMessage
from studio_platform.broker_forwarding import ForwardingBroker
from studio_platform.topology import STREAMS, Consumer

_BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NO_STREAM = "none"


class MeteredBroker(ForwardingBroker):
    """Another broker, its publishes and deliveries counted; one a registry."""

    def __init__(self, broker: Broker, registry: CollectorRegistry) -> None:
        super().__init__(broker)
        self._publishes = Counter(
            "film_broker_publishes",
            "Messages given to a stream, by what became of them; all but stored and duplicate are refusals.",
            ["stream", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "film_broker_publish_seconds",
            "Seconds until every message of a batch was confirmed or refused.",
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._leases_lost = Counter(
            "film_leases_lost",
            "Messages delivered again because whoever had them gave no sign for the length of a lease.",
            ["consumer"],
            registry=registry,
        )

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """See Broker."""
        started = time.perf_counter()
        outcomes = await super().publish_batch(messages)
        self._seconds.observe(time.perf_counter() - started)
        for message, outcome in zip(messages, outcomes, strict=True):
            self._publishes.labels(_stream_of(message.subject), outcome.name.lower()).inc()
        return outcomes

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """See Broker."""
        found = await super().fetch(consumer, batch_max, wait_seconds)
        again = sum(delivery.deliveries > 1 for delivery in found)
        if again:
            self._leases_lost.labels(consumer.name).inc(again)
        return found


def _stream_of(subject: str) -> str:
    fitting = (stream.name for stream in STREAMS if subject.startswith(stream.subjects.removesuffix(">")))
    return next(fitting, _NO_STREAM)
