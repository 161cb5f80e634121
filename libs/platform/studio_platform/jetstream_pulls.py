"""Batches of a pull consumer: each request's end is known by an address of its own.

nats-py has one address for all requests of a subscription. When the end of one that found nothing comes late,
it takes it for that of the next, asks once more, and holds a message back until that second request ends: up
to a second.
"""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from studio_platform.topology import Consumer

STATUS_HEADER = "Status"
ENDED = frozenset({"404", "408"})
"""No messages, and none within the time."""

LATE_SECONDS = 0.1
"""How long a request's end may be on its way."""


class BatchPull:
    """Fetches from one consumer, for one caller at a time."""

    def __init__(self, client: Client, consumer: Consumer, inbox: str, answers: Subscription) -> None:
        self._client = client
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.name}"
        self._inbox = inbox
        self._answers = answers
        self._tokens = count()

    @classmethod
    async def bound(cls, client: Client, consumer: Consumer) -> Self:
        """Listen for what the consumer will send."""
        inbox = client.new_inbox()
        return cls(client, consumer, inbox, await client.subscribe(f"{inbox}.*"))

    async def fetch(self, batch: int, timeout: float) -> list[Msg]:  # noqa: ASYNC109 - as nats-py's has it
        """Up to `batch` messages as soon as there is one.

        Raises TimeoutError without one within `timeout` seconds, and NatsError for a request that is refused.
        """
        reply = f"{self._inbox}.{next(self._tokens)}"
        # Together: what is there, or else the first that comes.
        wanted = {"batch": batch, "no_wait": True, "expires": int(timeout * 1_000_000_000)}
        await self._client.publish(self._next, json.dumps(wanted).encode(), reply)
        found: list[Msg] = []
        try:
            async with asyncio.timeout(timeout + LATE_SECONDS):
                while len(found) < batch:
                    message = await self._answers.next_msg(timeout=None)
                    if self._is_end(reply, message):
                        break
                    if _status_of(message) is None:
                        found.append(message)
        except TimeoutError:
            # The end is lost, but not what came before.
            if not found:
                raise
        if not found:
            raise TimeoutError
        return found

    def _is_end(self, reply: str, message: Msg) -> bool:
        """Whether it ends the request of this address. Raises NatsError when that was refused."""
        status = _status_of(message)
        if status is None or message.subject != reply:
            return False
        if status not in ENDED:
            raise NatsError(f"nats: fetch refused: {message.headers}")
        return True

    async def unsubscribe(self) -> None:
        """Listen no more."""
        await self._answers.unsubscribe()


def _status_of(message: Msg) -> str | None:
    """The status that the server sends without a message; None of a message."""
    return message.headers.get(STATUS_HEADER) if message.headers and not message.data else None
