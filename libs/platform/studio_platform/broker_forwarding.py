"""A broker that passes everything on to another one: what wrappers override a part of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from studio_platform.broker import Broker, Delivery, Outcome, OutMessage, Poke
from studio_platform.topology import Consumer


class ForwardingBroker:
    """See Broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def ensure(self) -> None:
        """See Broker."""
        await self._broker.ensure()

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """See Broker."""
        await self._broker.ensure_pool_consumer(consumer)

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """See Broker."""
        return await self._broker.publish_batch(messages)

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """See Broker."""
        return await self._broker.fetch(consumer, batch_max, wait_seconds)

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """See Broker."""
        return await self._broker.subject_waits(stream, subject)

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """See Broker."""
        return await self._broker.was_delivered(consumer, subject)

    async def purge_subject(self, stream: str, subject: str) -> int:
        """See Broker."""
        return await self._broker.purge_subject(stream, subject)

    async def poke(self, subject: str, payload: bytes) -> None:
        """See Broker."""
        await self._broker.poke(subject, payload)

    def listen(self, subject: str) -> AsyncIterator[Poke]:
        """See Broker."""
        return self._broker.listen(subject)

    async def mark_cancelled(self, run_id: str) -> None:
        """See Broker."""
        await self._broker.mark_cancelled(run_id)

    def cancelled(self) -> AsyncIterator[str]:
        """See Broker."""
        return self._broker.cancelled()
