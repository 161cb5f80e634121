"""A generator's broker before the job service has made the streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from studio_platform.broker import OutMessage
from studio_platform.jetstream import JetStreamBroker, open_broker
from studio_platform.settings import BrokerSettings
from studio_platform.topology import pool_consumer, task_subject

CONSUMER = pool_consumer("null-still", 5)
OTHER = pool_consumer("null-clip", 5)


@pytest.fixture
async def broker(nats_url: str) -> AsyncIterator[JetStreamBroker]:
    async with open_broker(BrokerSettings(nats_url=nats_url), "test") as opened:
        yield opened


async def test_what_is_not_made_yet_is_waited_for_with_one_line(broker: JetStreamBroker) -> None:
    cancelled = broker.cancelled()
    with capture_logs() as lines:
        cancel = asyncio.ensure_future(anext(cancelled))
        before = [await broker.fetch(consumer, 1, 0.2) for consumer in (CONSUMER, OTHER, CONSUMER)]

        await broker.ensure()
        await broker.ensure_pool_consumer(CONSUMER)
        await broker.mark_cancelled("run-1")
        await broker.publish_batch([OutMessage(task_subject("still", "null-still", "r", 1), b"order", "1")])
        found = await broker.fetch(CONSUMER, 1, 1)
        run_id = await cancel

    assert before == [[], [], []]
    assert [delivery.payload for delivery in found] == [b"order"]
    assert run_id == "run-1"
    assert [(line["log_level"], line["event"]) for line in lines] == [
        ("info", "waiting for the job service to make the streams")
    ]
    await cancelled.aclose()  # type: ignore[attr-defined]  # an async generator behind the port's iterator
