"""One stream of the broker's twin: what it keeps, refuses and hands out at a given time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from studio_platform.broker import Outcome, OutMessage
from studio_platform.topology import Consumer, Retention, Stream

PATTERNS_MAX = 1_000
"""Filters that are kept as they were read."""


@dataclass(slots=True)
class Stored:
    """A kept message; `invisible_until` is the end of its lease."""

    subject: str
    payload: bytes
    sequence: int
    stored_at: float
    deliveries: int = 0
    invisible_until: float = float("-inf")


@dataclass(slots=True)
class Shelf:
    """A stream's messages by sequence; times are seconds of the broker's clock."""

    stream: Stream
    messages: dict[int, Stored] = field(default_factory=dict)
    _seen_ids: dict[str, float] = field(default_factory=dict)
    _sequence: int = 0
    _used_bytes: int = 0

    def put(self, message: OutMessage, now: float) -> Outcome:
        """Keep a message, or say why not."""
        seen = self._seen_ids.get(message.message_id)
        if seen is not None and now - seen < self.stream.duplicate_window_seconds:
            return Outcome.DUPLICATE
        if self.stream.one_per_subject and self.of_subject(message.subject):
            return Outcome.QUEUED_ALREADY
        if not self._make_room(len(message.payload), now):
            return Outcome.STREAM_FULL
        self._sequence += 1
        self._seen_ids[message.message_id] = now
        self.messages[self._sequence] = Stored(message.subject, message.payload, self._sequence, now)
        self._used_bytes += len(message.payload)
        return Outcome.STORED

    def drop(self, sequence: int) -> None:
        """Forget a message, if it is still there."""
        stored = self.messages.pop(sequence, None)
        if stored is not None:
            self._used_bytes -= len(stored.payload)

    def of_subject(self, subject: str) -> list[Stored]:
        """The messages of a subject."""
        return [stored for stored in self.messages.values() if stored.subject == subject]

    def take(self, consumer: Consumer, batch_max: int, now: float) -> list[Stored]:
        """Up to `batch_max` messages that nobody holds, their leases begun."""
        free = [stored for stored in self._of(consumer) if stored.invisible_until <= now][:batch_max]
        for stored in free:
            stored.deliveries += 1
            stored.invisible_until = now + consumer.lease_seconds
        return free

    def next_lease_end(self, consumer: Consumer) -> float:
        """When the first of a consumer's messages is free again; infinite without any."""
        return min((stored.invisible_until for stored in self._of(consumer)), default=float("inf"))

    def backlog(self, consumer: Consumer) -> int:
        """How many of a consumer's messages are not acknowledged yet, also those in hands."""
        return len(self._of(consumer))

    def _of(self, consumer: Consumer) -> list[Stored]:
        pattern = subject_pattern(consumer.subjects)
        return [stored for stored in self.messages.values() if pattern.match(stored.subject)]

    def _make_room(self, size_bytes: int, now: float) -> bool:
        if self.stream.retention is Retention.WORK_QUEUE:
            return not self._is_full(size_bytes)
        while self.messages and (self._is_full(size_bytes) or self._is_over_age(now)):
            self.drop(next(iter(self.messages)))
        return True

    def _is_full(self, size_bytes: int) -> bool:
        full = 0 < self.stream.messages_max <= len(self.messages)
        return full or self._used_bytes + size_bytes > self.stream.bytes_max

    def _is_over_age(self, now: float) -> bool:
        oldest = next(iter(self.messages.values()))
        return 0 < self.stream.age_max_seconds <= now - oldest.stored_at


@lru_cache(PATTERNS_MAX)
def subject_pattern(subjects: str) -> re.Pattern[str]:
    """The subjects that a filter fits, as NATS reads it: `*` is one word, `>` the rest."""
    escaped = re.escape(subjects).replace(r"\*", r"[^.]+").replace(re.escape(">"), ".+")
    return re.compile(escaped + r"\Z")
