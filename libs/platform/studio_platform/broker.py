"""The broker as a port: durable streams with leases, and lossy pokes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from studio_platform.topology import Consumer


class Outcome(Enum):
    """What became of a published message."""

    STORED = "stored"
    DUPLICATE = "a message of this id was stored lately"
    QUEUED_ALREADY = "a message of this subject waits or runs"
    STREAM_FULL = "the stream takes no more"
    FAILED = "no answer; publish again with the same id"


@dataclass(frozen=True, slots=True)
class OutMessage:
    """A message for a stream; publishing the same id again within the window stores nothing."""

    subject: str
    payload: bytes
    message_id: str


@dataclass(frozen=True, slots=True)
class Poke:
    """A message that nobody keeps."""

    subject: str
    payload: bytes


class Delivery(Protocol):
    """A message in this worker's hands, until its lease ends or it is acknowledged."""

    @property
    def subject(self) -> str:
        """Where it was published."""

    @property
    def payload(self) -> bytes:
        """What was published."""

    @property
    def deliveries(self) -> int:
        """How often it was delivered, this time included."""

    async def ack(self) -> None:
        """Done with it, for everybody. Raises Unavailable when the broker does not confirm."""

    async def in_progress(self) -> None:
        """Start the lease anew."""


class Broker(Protocol):
    """Streams with at-least-once delivery, pokes without any promise, and the list of cancelled runs."""

    async def ensure(self) -> None:
        """Make the streams, the jobs' own consumer and the cancel list, or bring them up to date."""

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """Make a pool's consumer, or bring it up to date."""

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order, all on their way at once; what became of each. Never raises."""

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Up to `batch_max` messages as soon as there is one; none after `wait_seconds` or a break."""

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """Whether a message of this subject waits or is delivered and not acknowledged."""

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """Whether the subject's message was ever delivered to the consumer; True when there is none."""

    async def purge_subject(self, stream: str, subject: str) -> int:
        """Take a subject's messages out of a stream; how many there were."""

    async def poke(self, subject: str, payload: bytes) -> None:
        """Tell whoever listens now. Never raises for want of a connection."""

    def listen(self, subject: str) -> AsyncIterator[Poke]:
        """Pokes of a subject (`*` for one word, `>` for the rest), for ever; the slow lose the oldest."""

    async def mark_cancelled(self, run_id: str) -> None:
        """Put a run on the list of cancelled ones."""

    def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever."""
