"""The broker as a port: durable streams with leases, and lossy pokes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from studio_platform.topology import Consumer

PAYLOAD_MAX_BYTES = 1_044_480
"""A message's content: the server's limit of 1 MiB for everything, less 4 KiB for its headers."""

LISTENER_MAX_POKES = 16_384


class Outcome(Enum):
    """What became of a published message."""

    STORED = "stored"
    DUPLICATE = "a message of this id was stored lately"
    QUEUED_ALREADY = "a message of this subject waits or runs"
    STREAM_FULL = "the stream takes no more"
    TOO_LARGE = "its content is over the limit; it will never be taken"
    NO_STREAM = "no stream takes this subject; after the loss of the broker's disk, ensure() makes them again"
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
        """Done with it, for everybody, also when another worker holds it by now.

        Raises Unavailable when the broker does not confirm: it will be delivered again.
        """

    async def in_progress(self) -> None:
        """Start the lease anew, also that of another worker that holds it by now; lost without a word
        while the broker is away."""


class Broker(Protocol):
    """Streams with at-least-once delivery, pokes without any promise, and the list of cancelled runs.

    Methods that ask the broker something raise Unavailable when it does not answer.
    """

    async def ensure(self) -> None:
        """Make the streams, the cancel list and the consumers, or bring them up to date.

        The consumers are the jobs' own and those that this object was asked for before.
        """

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
        """Tell whoever listens now; one that is too large or finds no connection is lost."""

    def listen(self, subject: str) -> AsyncIterator[Poke]:
        """Pokes of a subject (`*` for one word, `>` for the rest), for ever.

        What is published to streams is heard, too. Who has LISTENER_MAX_POKES unread misses what comes.
        """

    async def mark_cancelled(self, run_id: str) -> None:
        """Put a run on the list of cancelled ones."""

    def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever; some come twice."""


class Backlogs(Protocol):
    """What a broker says of its consumers, for whoever watches over them."""

    async def backlog(self, consumer: Consumer) -> int:
        """Messages not acknowledged yet, also those in hands; 0 if it is unknown. Raises Unavailable."""
