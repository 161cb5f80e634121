"""The broker's twin in memory: the same promises, its time by a Clock."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from studio_platform.broker import (
    LISTENER_MAX_POKES,
    PAYLOAD_MAX_BYTES,
    Delivery,
    Outcome,
    OutMessage,
    Poke,
)
from studio_platform.broker_shelf import Shelf, Stored, subject_pattern
from studio_platform.clock import Clock
from studio_platform.errors import Unavailable
from studio_platform.stir import Stir
from studio_platform.topology import CANCELS_LIFE_SECONDS, RESULTS_CONSUMER, STREAMS, Consumer, Stream


@dataclass(slots=True)
class MemoryDelivery:
    """A message in somebody's hands; a stale acknowledgement counts, as at the real broker."""

    _clock: Clock
    _shelf: Shelf
    _stored: Stored
    _lease_seconds: float
    deliveries: int

    @property
    def subject(self) -> str:
        """Where it was published."""
        return self._stored.subject

    @property
    def payload(self) -> bytes:
        """What was published."""
        return self._stored.payload

    async def ack(self) -> None:
        """Done with it, for everybody."""
        self._shelf.drop(self._stored.sequence)

    async def in_progress(self) -> None:
        """Start the lease anew."""
        self._stored.invisible_until = self._clock.monotonic() + self._lease_seconds


@dataclass(frozen=True, slots=True)
class _Mark:
    run_id: str
    revision: int
    marked_at: float


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    pattern: re.Pattern[str]
    heard: deque[Poke] = field(default_factory=deque)
    stir: Stir = field(default_factory=Stir)


class MemoryBroker:
    """All streams and listeners of one process; nothing is there before `ensure`."""

    def __init__(self, clock: Clock, streams: Sequence[Stream] = STREAMS) -> None:
        self.clock = clock
        self._streams = streams
        self._shelves: dict[str, Shelf] = {}
        self._asked = {RESULTS_CONSUMER.name: RESULTS_CONSUMER}
        self._consumers: dict[str, Consumer] = {}
        self._listeners: list[_Listener] = []
        self._fetching: dict[str, Stir] = {}
        self._marks: dict[str, _Mark] = {}
        self._revision = 0
        self._marked = Stir()

    async def ensure(self) -> None:
        """Make the streams and the consumers that were asked for."""
        for stream in self._streams:
            self._shelves.setdefault(stream.name, Shelf(stream)).stream = stream
        self._consumers.update(self._asked)
        for name in self._asked:
            self._stir(name)

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """Make a pool's consumer, or bring it up to date."""
        self._asked[consumer.name] = consumer
        self._require_streams()
        self._consumers[consumer.name] = consumer
        self._stir(consumer.name)

    def _require_streams(self) -> None:
        if not self._shelves:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", "no streams were made")

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order; what became of each."""
        return [self._publish(message) for message in messages]

    def _publish(self, message: OutMessage) -> Outcome:
        if len(message.payload) > PAYLOAD_MAX_BYTES:
            return Outcome.TOO_LARGE
        outcome = Outcome.NO_STREAM
        for shelf in self._shelves.values():
            if shelf.stream.takes(message.subject):
                outcome = shelf.put(message, self.clock.monotonic())
                if outcome is Outcome.STORED:
                    self._stir_takers(message.subject)
        self._spread(Poke(message.subject, message.payload))
        return outcome

    def _stir_takers(self, subject: str) -> None:
        for consumer in self._consumers.values():
            if consumer.name in self._fetching and subject_pattern(consumer.subjects).match(subject):
                self._stir(consumer.name)

    def _stir(self, consumer: str) -> None:
        """Wake who waits for a consumer's messages, and nobody else: most wait for something else."""
        if consumer in self._fetching:
            self._fetching.pop(consumer).wake()

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Up to `batch_max` messages as soon as there is one; none after `wait_seconds`."""
        end = self.clock.monotonic() + wait_seconds
        while True:
            found, next_at = self._take(consumer, batch_max)
            now = self.clock.monotonic()
            if found or now >= end:
                return found
            await self._wait(consumer.name, min(end, next_at) - now)

    async def _wait(self, consumer: str, seconds: float) -> None:
        stirred = self._fetching.setdefault(consumer, Stir()).next()
        slept = asyncio.ensure_future(self.clock.sleep(seconds))
        await asyncio.wait({stirred, slept}, return_when=asyncio.FIRST_COMPLETED)
        stirred.cancel()
        slept.cancel()
        await asyncio.gather(slept, return_exceptions=True)

    def _take(self, consumer: Consumer, batch_max: int) -> tuple[list[Delivery], float]:
        """Messages for a consumer, and when the next one may be free."""
        known = self._consumers.get(consumer.name)
        if known is None:
            return [], float("inf")
        shelf = self._shelves[known.stream]
        taken = shelf.take(known, batch_max, self.clock.monotonic())
        deliveries: list[Delivery] = [
            MemoryDelivery(self.clock, shelf, stored, known.lease_seconds, stored.deliveries)
            for stored in taken
        ]
        return deliveries, shelf.next_lease_end(known)

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """Whether a message of this subject waits or is delivered and not acknowledged."""
        return bool(self._of_subject(stream, subject))

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """Whether the subject's message was ever delivered; True when there is none."""
        found = self._of_subject(consumer.stream, subject)
        return not found or any(stored.deliveries for stored in found)

    async def backlog(self, consumer: Consumer) -> int:
        """Messages of a consumer not acknowledged yet; 0 for an unknown one."""
        known = self._consumers.get(consumer.name)
        if known is None:
            return 0
        return self._shelves[known.stream].backlog(known)

    async def purge_subject(self, stream: str, subject: str) -> int:
        """Take a subject's messages out of a stream; how many there were."""
        found = self._of_subject(stream, subject)
        for stored in found:
            self._shelves[stream].drop(stored.sequence)
        return len(found)

    def _of_subject(self, stream: str, subject: str) -> list[Stored]:
        return self._shelves[stream].of_subject(subject) if stream in self._shelves else []

    async def poke(self, subject: str, payload: bytes) -> None:
        """Tell whoever listens now; one that is too large is lost."""
        if len(payload) <= PAYLOAD_MAX_BYTES:
            self._spread(Poke(subject, payload))

    def _spread(self, poke: Poke) -> None:
        for listener in self._listeners:
            if listener.pattern.match(poke.subject) and len(listener.heard) < LISTENER_MAX_POKES:
                listener.heard.append(poke)
                listener.stir.wake()

    async def listen(self, subject: str) -> AsyncIterator[Poke]:
        """Pokes of a subject, for ever; the slow miss what comes."""
        listener = _Listener(subject_pattern(subject))
        self._listeners.append(listener)
        try:
            while True:
                while listener.heard:
                    yield listener.heard.popleft()
                await listener.stir.next()
        finally:
            self._listeners.remove(listener)

    async def mark_cancelled(self, run_id: str) -> None:
        """Put a run on the list of cancelled ones."""
        self._require_streams()
        self._revision += 1
        self._marks.pop(run_id, None)
        self._marks[run_id] = _Mark(run_id, self._revision, self.clock.monotonic())
        self._marked.wake()

    async def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever."""
        position = 0
        while True:
            oldest = self.clock.monotonic() - CANCELS_LIFE_SECONDS
            new = [m for m in self._marks.values() if m.revision > position and m.marked_at > oldest]
            for mark in new:
                position = mark.revision
                yield mark.run_id
            if not new:
                await self._marked.next()

    def wipe(self) -> None:
        """Lose the disk: streams, messages, consumers, the cancel list and all memory of ids."""
        self._shelves.clear()
        self._consumers.clear()
        self._marks.clear()

    def stored(self, stream: str) -> list[tuple[str, bytes]]:
        """What a stream holds, for tests: subject and payload in order."""
        shelf = self._shelves.get(stream)
        return [(stored.subject, stored.payload) for stored in shelf.messages.values()] if shelf else []
