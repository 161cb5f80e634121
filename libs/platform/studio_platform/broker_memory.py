"""The broker's twin in memory: the same promises, its time by a Clock."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from studio_platform.broker import Delivery, Outcome, OutMessage, Poke
from studio_platform.clock import Clock
from studio_platform.topology import (
    DUPLICATE_WINDOW_SECONDS,
    RESULTS_CONSUMER,
    STREAMS,
    Consumer,
    Stream,
)

LISTENER_MAX_POKES = 1024


@dataclass(slots=True)
class _Stored:
    subject: str
    payload: bytes
    sequence: int
    deliveries: int = 0
    invisible_until: float = float("-inf")


@dataclass(slots=True)
class _Shelf:
    stream: Stream
    messages: dict[int, _Stored] = field(default_factory=dict)
    seen_ids: dict[str, float] = field(default_factory=dict)
    sequence: int = 0


@dataclass(slots=True)
class MemoryDelivery:
    """A message in somebody's hands; a stale acknowledgement counts, as at the real broker."""

    _broker: MemoryBroker
    _shelf: _Shelf
    _stored: _Stored
    _lease_seconds: float
    subject: str
    payload: bytes
    deliveries: int

    async def ack(self) -> None:
        """Done with it, for everybody."""
        self._shelf.messages.pop(self._stored.sequence, None)

    async def in_progress(self) -> None:
        """Start the lease anew."""
        self._stored.invisible_until = self._broker.clock.monotonic() + self._lease_seconds


class MemoryBroker:
    """All streams and listeners of one process."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._shelves = {stream.name: _Shelf(stream) for stream in STREAMS}
        self._consumers: dict[str, Consumer] = {}
        self._listeners: list[tuple[re.Pattern[str], deque[Poke]]] = []
        self._cancelled: list[str] = []
        self._waiters: list[asyncio.Future[None]] = []

    async def ensure(self) -> None:
        """Make the jobs' own consumer."""
        self._consumers[RESULTS_CONSUMER.name] = RESULTS_CONSUMER

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """Make a pool's consumer, or bring it up to date."""
        self._consumers[consumer.name] = consumer

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order; what became of each."""
        return [self._publish(message) for message in messages]

    def _publish(self, message: OutMessage) -> Outcome:
        shelf = next(
            shelf
            for shelf in self._shelves.values()
            if _pattern(shelf.stream.subjects).match(message.subject)
        )
        now = self.clock.monotonic()
        seen = shelf.seen_ids.get(message.message_id)
        if seen is not None and now - seen < DUPLICATE_WINDOW_SECONDS:
            return Outcome.DUPLICATE
        if shelf.stream.one_per_subject and self._find(shelf, message.subject):
            return Outcome.QUEUED_ALREADY
        if 0 < shelf.stream.messages_max <= len(shelf.messages):
            return Outcome.STREAM_FULL
        shelf.sequence += 1
        shelf.seen_ids[message.message_id] = now
        shelf.messages[shelf.sequence] = _Stored(message.subject, message.payload, shelf.sequence)
        self._spread(Poke(message.subject, message.payload))
        return Outcome.STORED

    @staticmethod
    def _find(shelf: _Shelf, subject: str) -> list[_Stored]:
        return [stored for stored in shelf.messages.values() if stored.subject == subject]

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Up to `batch_max` messages as soon as there is one; none after `wait_seconds`."""
        end = self.clock.monotonic() + wait_seconds
        while True:
            found = self._take(consumer, batch_max)
            left = end - self.clock.monotonic()
            if found or left <= 0:
                return found
            await self._wait(left)

    async def _wait(self, seconds: float) -> None:
        stirred = self._next_stir()
        slept = asyncio.ensure_future(self.clock.sleep(seconds))
        await asyncio.wait({stirred, slept}, return_when=asyncio.FIRST_COMPLETED)
        stirred.cancel()
        slept.cancel()
        await asyncio.gather(slept, return_exceptions=True)

    def _take(self, consumer: Consumer, batch_max: int) -> list[Delivery]:
        known = self._consumers.get(consumer.name)
        if known is None:
            return []
        shelf = self._shelves[known.stream]
        pattern = _pattern(known.subjects)
        now = self.clock.monotonic()
        free = [
            stored
            for stored in shelf.messages.values()
            if stored.invisible_until <= now and pattern.match(stored.subject)
        ][:batch_max]
        return [self._deliver(shelf, stored, known.lease_seconds, now) for stored in free]

    def _deliver(self, shelf: _Shelf, stored: _Stored, lease_seconds: float, now: float) -> Delivery:
        stored.deliveries += 1
        stored.invisible_until = now + lease_seconds
        return MemoryDelivery(
            self, shelf, stored, lease_seconds, stored.subject, stored.payload, stored.deliveries
        )

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """Whether a message of this subject waits or is delivered and not acknowledged."""
        return bool(self._find(self._shelves[stream], subject))

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """Whether the subject's message was ever delivered; True when there is none."""
        found = self._find(self._shelves[consumer.stream], subject)
        return not found or any(stored.deliveries for stored in found)

    async def purge_subject(self, stream: str, subject: str) -> int:
        """Take a subject's messages out of a stream; how many there were."""
        shelf = self._shelves[stream]
        found = self._find(shelf, subject)
        for stored in found:
            del shelf.messages[stored.sequence]
        return len(found)

    async def poke(self, subject: str, payload: bytes) -> None:
        """Tell whoever listens now."""
        self._spread(Poke(subject, payload))

    def _spread(self, poke: Poke) -> None:
        for pattern, heard in self._listeners:
            if pattern.match(poke.subject):
                heard.append(poke)
        self.stir()

    async def listen(self, subject: str) -> AsyncIterator[Poke]:
        """Pokes of a subject, for ever; the slow lose the oldest."""
        heard: deque[Poke] = deque(maxlen=LISTENER_MAX_POKES)
        entry = (_pattern(subject), heard)
        self._listeners.append(entry)
        try:
            while True:
                while heard:
                    yield heard.popleft()
                await self._next_stir()
        finally:
            self._listeners.remove(entry)

    async def mark_cancelled(self, run_id: str) -> None:
        """Put a run on the list of cancelled ones."""
        self._cancelled.append(run_id)
        self.stir()

    async def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever."""
        position = 0
        while True:
            while position < len(self._cancelled):
                position += 1
                yield self._cancelled[position - 1]
            await self._next_stir()

    def _next_stir(self) -> asyncio.Future[None]:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def stir(self) -> None:
        """Wake everybody who waits for something to happen."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def wipe(self) -> None:
        """Lose the disk: all messages and all memory of ids."""
        for shelf in self._shelves.values():
            shelf.messages.clear()
            shelf.seen_ids.clear()
        self._cancelled.clear()

    def stored(self, stream: str) -> list[tuple[str, bytes]]:
        """What a stream holds, for tests: subject and payload in order."""
        return [(stored.subject, stored.payload) for stored in self._shelves[stream].messages.values()]


def _pattern(subjects: str) -> re.Pattern[str]:
    """The subjects that a filter fits, as NATS reads it: `*` is one word, `>` the rest."""
    escaped = re.escape(subjects).replace(r"\*", r"[^.]+").replace(re.escape(">"), ".+")
    return re.compile(escaped + r"\Z")
