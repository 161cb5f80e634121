"""One signed message on its way over HTTP, by the Standard Webhooks scheme."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import httpcore2
from standardwebhooks import Webhook

from studio_jobs.webhooks.addresses import AddressRule, CheckedBackend

SEND_SECONDS_MAX = 15.0
RESPONSE_BYTES_MAX = 1_024
ERROR_CHARACTERS_MAX = 500
GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to an address, signed with each of the secrets."""

    message_id: UUID
    url: str
    body: str
    secrets: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with the first bytes of the answer, or else status 0 and why there was none."""

    status: int = 0
    response: str = ""
    error: str = ""

    @property
    def is_success(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300


class Sender(Protocol):
    """Sends messages."""

    async def send(self, message: Message, now: datetime) -> Answer:
        """Send once. Never raises for what the other side does."""


def headers_of(message: Message, now: datetime) -> dict[str, str]:
    """The three headers of the scheme, at a time in UTC."""
    message_id = f"msg_{message.message_id}"
    signatures = [Webhook(secret).sign(message_id, now, message.body) for secret in message.secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class HttpSender:
    """Connections are made for one message each, so each one's address is looked up and checked."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool, seconds_max: float = SEND_SECONDS_MAX) -> None:
        self._pool = pool
        self._seconds_max = seconds_max

    async def send(self, message: Message, now: datetime) -> Answer:
        """Send within the sender's limit; redirects are answers like others."""
        try:
            async with asyncio.timeout(self._seconds_max):
                return await self._sent(message, now)
        except TimeoutError:
            return Answer(error=f"no answer within {self._seconds_max:g} s")
        except (
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.TimeoutException,
            OSError,
        ) as error:
            return Answer(error=(str(error) or type(error).__name__)[:ERROR_CHARACTERS_MAX])

    async def _sent(self, message: Message, now: datetime) -> Answer:
        headers: dict[bytes | str, bytes | str] = {
            "content-type": "application/json",
            "user-agent": "film-studio-webhooks",
            "connection": "close",
        }
        headers.update(headers_of(message, now).items())
        beginning = bytearray()
        async with self._pool.stream(
            "POST", message.url, headers=headers, content=message.body.encode()
        ) as response:
            async for part in response.aiter_stream():
                beginning += part
                if len(beginning) >= RESPONSE_BYTES_MAX:
                    break
        text = (
            bytes(beginning[:RESPONSE_BYTES_MAX])
            .decode("utf-8", "replace")
            .replace("\0", "\N{REPLACEMENT CHARACTER}")
        )
        return Answer(response.status, text)


@asynccontextmanager
async def open_sender(rule: AddressRule, seconds_max: float = SEND_SECONDS_MAX) -> AsyncIterator[HttpSender]:
    """A sender; no proxy of the environment is used."""
    async with httpcore2.AsyncConnectionPool(
        max_keepalive_connections=0,
        retries=0,
        max_connections=100,
        network_backend=CheckedBackend(rule),
    ) as pool:
        yield HttpSender(pool, seconds_max)
