"""A JetStream message in a worker's hands, and what a server that stays silent comes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from studio_platform.errors import Unavailable

ACK_TIMEOUT_SECONDS = 2.0


def away(error: Exception) -> Unavailable:
    """The port's error for one of the client."""
    return Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error))


@contextmanager
def answering() -> Iterator[None]:
    """Turns what the client raises into Unavailable."""
    try:
        yield
    except (TimeoutError, NatsError) as error:
        raise away(error) from error


@dataclass(slots=True)
class JetStreamDelivery:
    """A JetStream message in this worker's hands."""

    _message: Msg

    @property
    def subject(self) -> str:
        """Where it was published."""
        return self._message.subject

    @property
    def payload(self) -> bytes:
        """What was published."""
        return self._message.data

    @property
    def deliveries(self) -> int:
        """How often it was delivered, this time included."""
        return int(self._message.metadata.num_delivered or 1)

    async def ack(self) -> None:
        """Done with it. Raises Unavailable when the server does not confirm: it will be delivered again."""
        if not self._message.is_acked:
            with answering():
                await self._message.ack_sync(timeout=ACK_TIMEOUT_SECONDS)

    async def in_progress(self) -> None:
        """Start the lease anew; lost without a word while the server is away."""
        await self._message.in_progress()
