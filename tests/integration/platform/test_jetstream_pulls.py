"""Batches of a consumer, as the real broker ends its requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from studio_platform.broker import OutMessage
from studio_platform.jetstream import open_broker
from studio_platform.jetstream_pulls import BatchPull
from studio_platform.settings import BrokerSettings
from studio_platform.topology import pool_consumer, task_subject

# Longer than a test may take: what is held back until a request ends fails.
LONG_SECONDS = 3_600.0
SOON_SECONDS = 10.0
SHORT_SECONDS = 0.3
BATCH = 10

POOL = pool_consumer("drawn", SOON_SECONDS)
ORDERS = [
    OutMessage(task_subject("still", "drawn", f"run-{number}", 1), b"order", str(number)) for number in (1, 2)
]


@pytest.fixture
async def client(nats_url: str) -> AsyncIterator[Client]:
    client = Client()
    await client.connect(nats_url)
    yield client
    await client.close()


@pytest.fixture
async def pull(client: Client, nats_url: str) -> BatchPull:
    async with open_broker(BrokerSettings(nats_url=nats_url), "test") as broker:
        await broker.ensure()
        await broker.ensure_pool_consumer(POOL)
    return await BatchPull.bound(client, POOL)


async def publish(client: Client, orders: list[OutMessage]) -> None:
    for order in orders:
        await client.jetstream().publish(order.subject, order.payload)


async def test_what_is_there_comes_together(client: Client, pull: BatchPull) -> None:
    await publish(client, ORDERS)

    async with asyncio.timeout(SOON_SECONDS):
        found = await pull.fetch(BATCH, LONG_SECONDS)

    assert [message.subject for message in found] == [order.subject for order in ORDERS]


async def test_the_late_end_of_an_earlier_request_holds_no_message_back(
    client: Client, pull: BatchPull
) -> None:
    with pytest.raises(TimeoutError):
        # Given up by its caller: its end comes while the next one waits.
        async with asyncio.timeout(SHORT_SECONDS / 3):
            await pull.fetch(BATCH, SHORT_SECONDS)
    fetching = asyncio.ensure_future(pull.fetch(BATCH, LONG_SECONDS))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2 * SHORT_SECONDS):
            await asyncio.shield(fetching)

    await publish(client, ORDERS[:1])

    async with asyncio.timeout(SOON_SECONDS):
        assert [message.data for message in await fetching] == [b"order"]


async def test_nothing_within_the_time_is_a_timeout(pull: BatchPull) -> None:
    with pytest.raises(TimeoutError):
        await pull.fetch(BATCH, SHORT_SECONDS)


async def test_a_consumer_that_is_gone_is_an_error(client: Client, pull: BatchPull) -> None:
    await client.jetstream().delete_consumer(POOL.stream, POOL.name)

    with pytest.raises(NatsError):
        await pull.fetch(BATCH, SHORT_SECONDS)
