"""The ports of one process, with the faulty wire between it and the twins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import asyncpg

from studio_platform.broker import Broker, Delivery, Outcome, OutMessage, Poke
from studio_platform.errors import Unavailable
from studio_platform.objects import ObjectInfo, ObjectStore, SignedPut, StoreUnavailable
from studio_platform.topology import Consumer
from tests.simulation.laws import Laws
from tests.simulation.postgres.pool import MemoryConnection, MemoryPool
from tests.simulation.servers import Servers
from tests.simulation.wire import Lost, Wire

T = TypeVar("T")

RETRY_PAUSE_SECONDS = 0.2
LATE_MAX_SECONDS = 12.0
"""How long after its sender gave up a message may still arrive."""


class WiredBroker:
    """The broker as one process reaches it."""

    def __init__(self, wire: Wire, servers: Servers, laws: Laws) -> None:
        self._wire = wire
        self._servers = servers
        self._laws = laws

    @property
    def _broker(self) -> Broker:
        return self._servers.broker

    async def _ask(self, name: str, request: Callable[[], Awaitable[T]]) -> T:
        async def reached() -> T:
            if self._servers.broker_is_down:
                raise Lost(was_done=False)
            answer = await request()
            if self._servers.broker_is_down:
                raise Lost(was_done=True)
            return answer

        try:
            return await self._wire.carry(name, reached)
        except Lost as lost:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.") from lost

    async def ensure(self) -> None:
        """See Broker."""
        await self._ask("ensure", self._broker.ensure)

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """See Broker."""
        await self._ask("ensure_pool_consumer", lambda: self._broker.ensure_pool_consumer(consumer))

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish; when the request is lost some of the messages may come late, some never."""

        async def publish() -> list[Outcome]:
            outcomes = await self._broker.publish_batch(messages)
            self._laws.published(self._wire.process, messages, outcomes)
            return outcomes

        try:
            outcomes = await self._ask("publish", publish)
        except Unavailable as away:
            lost = away.__cause__
            if isinstance(lost, Lost) and not lost.was_done:
                self._send_late(messages)
            return [Outcome.FAILED] * len(messages)
        return outcomes

    def _send_late(self, messages: Sequence[OutMessage]) -> None:
        """What a sender gave up may still be on its way, each message for itself."""
        place = f"{self._wire.process}.late"
        for message in messages:
            if self._wire.chaos.strikes(place, 0.5, "a message arrives late"):
                seconds = self._wire.chaos.between(f"{place}~", 0.0, LATE_MAX_SECONDS)
                self._servers.later(seconds, partial(self._arrive, message))

    async def _arrive(self, message: OutMessage) -> None:
        if not self._servers.broker_is_down:
            outcomes = await self._broker.publish_batch([message])
            self._laws.published(self._wire.process, [message], outcomes)

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Fetch; a lost answer leaves the messages leased to nobody."""

        async def fetch() -> tuple[Sequence[Delivery], int]:
            return await self._broker.fetch(consumer, batch_max, wait_seconds), self._laws.faults

        try:
            found, faults_before = await self._ask(f"fetch.{consumer.name}", fetch)
        except Unavailable:
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
            return []
        self._laws.fetched(self._wire.process, found, faults_before)
        return [HeldDelivery(delivery, self) for delivery in found]

    async def ack(self, delivery: Delivery) -> None:
        """Acknowledge. Raises Unavailable."""

        async def ack() -> None:
            self._laws.acknowledged(self._wire.process, delivery)
            await delivery.ack()

        await self._ask("ack", ack)

    async def in_progress(self, delivery: Delivery) -> None:
        """Heartbeat; a lost one is lost without a word."""
        try:
            await self._ask("in_progress", delivery.in_progress)
        except Unavailable:
            return

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """See Broker."""
        return await self._ask("subject_waits", lambda: self._broker.subject_waits(stream, subject))

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """See Broker."""
        return await self._ask("was_delivered", lambda: self._broker.was_delivered(consumer, subject))

    async def purge_subject(self, stream: str, subject: str) -> int:
        """See Broker."""
        return await self._ask("purge", lambda: self._broker.purge_subject(stream, subject))

    async def poke(self, subject: str, payload: bytes) -> None:
        """Poke; it may be lost, come twice or late."""
        place = f"{self._wire.process}.poke"
        chaos = self._wire.chaos
        if self._servers.broker_is_down or chaos.strikes(place, chaos.weather.network, "a poke is lost"):
            return
        copies = 2 if chaos.strikes(f"{place}2", chaos.weather.network, "a poke comes twice") else 1
        for _ in range(copies):
            seconds = chaos.between(f"{place}~", 0.0, 0.02 if copies == 1 else 2.0)
            self._servers.later(seconds, partial(self._broker.poke, subject, payload))

    def listen(self, subject: str) -> AsyncIterator[Poke]:
        """See Broker."""
        return self._broker.listen(subject)

    async def mark_cancelled(self, run_id: str) -> None:
        """See Broker."""
        await self._ask("mark_cancelled", lambda: self._broker.mark_cancelled(run_id))

    def cancelled(self) -> AsyncIterator[str]:
        """See Broker."""
        return self._broker.cancelled()


class Answering(Protocol):
    """A broker that a process's answers to its messages go through."""

    async def ack(self, delivery: Delivery) -> None: ...

    async def in_progress(self, delivery: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """A message in the hands of one process."""

    _delivery: Delivery
    _broker: Answering

    @property
    def subject(self) -> str:
        """See Delivery."""
        return self._delivery.subject

    @property
    def payload(self) -> bytes:
        """See Delivery."""
        return self._delivery.payload

    @property
    def deliveries(self) -> int:
        """See Delivery."""
        return self._delivery.deliveries

    async def ack(self) -> None:
        """See Delivery."""
        await self._broker.ack(self._delivery)

    async def in_progress(self) -> None:
        """See Delivery."""
        await self._broker.in_progress(self._delivery)


class WiredObjects:
    """The object store as one process reaches it."""

    def __init__(self, wire: Wire, servers: Servers) -> None:
        self._wire = wire
        self._servers = servers

    @property
    def _objects(self) -> ObjectStore:
        return self._servers.objects

    async def _ask(self, name: str, request: Callable[[], Awaitable[T]]) -> T:
        async def reached() -> T:
            if self._servers.store_is_down:
                raise Lost(was_done=False)
            return await request()

        try:
            return await self._wire.carry(f"store.{name}", reached)
        except Lost as lost:
            raise StoreUnavailable("no answer") from lost

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """See ObjectStore."""
        name = "put." + key.split("/", 1)[0]
        return await self._ask(
            name, lambda: self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)
        )

    async def get(self, key: str) -> bytes:
        """See ObjectStore."""
        return await self._ask("get", lambda: self._objects.get(key))

    async def download(self, key: str, path: Path) -> None:
        """See ObjectStore."""
        await self._ask("download", lambda: self._objects.download(key, path))

    async def stat(self, key: str) -> ObjectInfo | None:
        """See ObjectStore."""
        return await self._ask("stat", lambda: self._objects.stat(key))

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """See ObjectStore."""
        return await self._ask("list", lambda: self._objects.list(prefix, after=after, count_max=count_max))

    async def delete(self, key: str) -> None:
        """See ObjectStore."""
        await self._ask("delete", lambda: self._objects.delete(key))

    async def presigned_get(self, key: str, *, expires_seconds: int, filename: str, media_type: str) -> str:
        """See ObjectStore."""
        return await self._objects.presigned_get(
            key, expires_seconds=expires_seconds, filename=filename, media_type=media_type
        )

    async def presigned_put(
        self, key: str, *, expires_seconds: int, size_bytes: int, media_type: str
    ) -> SignedPut:
        """See ObjectStore."""
        return await self._objects.presigned_put(
            key, expires_seconds=expires_seconds, size_bytes=size_bytes, media_type=media_type
        )


def wired_pool(wire: Wire, servers: Servers) -> MemoryPool:
    """A process's connections to Postgres; a lost answer breaks the session, whatever was done."""

    async def roundtrip(
        connection: MemoryConnection, name: str, request: Callable[[], Awaitable[Any]]
    ) -> Any:
        async def reached() -> Any:
            if servers.database_is_down or connection.is_closed():
                raise Lost(was_done=False)
            return await request()

        try:
            return await wire.carry(f"sql.{name}", reached)
        except Lost as lost:
            connection.sever()
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost") from lost

    return MemoryPool(servers.postgres, roundtrip)
