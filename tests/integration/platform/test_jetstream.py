"""What only the real broker can show: it goes away, and comes back with its disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest

from studio_platform.broker import Outcome, OutMessage
from studio_platform.errors import Unavailable
from studio_platform.jetstream import JetStreamBroker, open_broker
from studio_platform.settings import BrokerSettings
from studio_platform.testing.servers import NatsServer
from studio_platform.topology import TASKS_STREAM, event_subject, pool_consumer, task_subject

WAIT_SECONDS = 10.0
SHORT_TIMEOUT_SECONDS = 0.3

POOL = pool_consumer("drawn", WAIT_SECONDS)
TASK = task_subject("still", "drawn", "run-1", 1)
EVENT_SUBJECT = event_subject("ws", "job")
ORDER = OutMessage(TASK, b"order", "1")


@pytest.fixture
async def broker(nats_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[JetStreamBroker]:
    monkeypatch.setattr("studio_platform.jetstream.ANSWER_TIMEOUT_SECONDS", SHORT_TIMEOUT_SECONDS)
    monkeypatch.setattr("studio_platform.jetstream_delivery.ACK_TIMEOUT_SECONDS", SHORT_TIMEOUT_SECONDS)
    monkeypatch.setattr("studio_platform.jetstream_publisher.PUBLISH_TIMEOUT_SECONDS", SHORT_TIMEOUT_SECONDS)
    async with open_broker(BrokerSettings(nats_url=nats_url), "test") as broker:
        await broker.ensure()
        await broker.ensure_pool_consumer(POOL)
        yield broker


async def fetched(broker: JetStreamBroker) -> list[bytes]:
    """The pool's next messages, however often the fetch breaks on the way."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            found = await broker.fetch(POOL, 10, WAIT_SECONDS)
            if found:
                return [delivery.payload for delivery in found]


async def marked(broker: JetStreamBroker, run_id: str) -> bool:
    """Whether a run could be put on the cancel list."""
    try:
        await broker.mark_cancelled(run_id)
    except Unavailable:
        return False
    return True


async def test_messages_outlive_a_killed_server_and_fetching_goes_on(
    broker: JetStreamBroker, nats_broker: NatsServer
) -> None:
    fetching = asyncio.ensure_future(fetched(broker))

    nats_broker.process.kill()
    nats_broker.process.start()
    async with asyncio.timeout(WAIT_SECONDS):
        while (await broker.publish_batch([ORDER]))[0] is Outcome.FAILED:
            pass

    assert await fetching == [b"order"]


async def test_a_message_published_again_after_a_break_is_stored_once(
    broker: JetStreamBroker, nats_broker: NatsServer
) -> None:
    nats_broker.process.kill()
    while_away = await broker.publish_batch([ORDER])
    nats_broker.process.start()

    async with asyncio.timeout(WAIT_SECONDS):
        while (again := await broker.publish_batch([ORDER])) == [Outcome.FAILED]:
            pass

    assert while_away == [Outcome.FAILED]
    assert again[0] in (Outcome.STORED, Outcome.DUPLICATE)
    assert await fetched(broker) == [b"order"]
    assert await broker.purge_subject(TASKS_STREAM, TASK) == 1


async def test_questions_to_a_broker_that_is_away_raise_unavailable(
    broker: JetStreamBroker, nats_broker: NatsServer
) -> None:
    await broker.publish_batch([ORDER])
    (delivery,) = await broker.fetch(POOL, 1, WAIT_SECONDS)
    nats_broker.process.kill()

    asked = await asyncio.gather(
        delivery.ack(),
        broker.ensure(),
        broker.ensure_pool_consumer(POOL),
        broker.subject_waits(TASKS_STREAM, TASK),
        broker.was_delivered(POOL, TASK),
        broker.purge_subject(TASKS_STREAM, TASK),
        broker.mark_cancelled("run-1"),
        return_exceptions=True,
    )

    assert [type(answer) for answer in asked] == [Unavailable] * 7
    await delivery.in_progress()
    await broker.poke("studio.wake.relay", b"lost")
    assert await broker.fetch(POOL, 1, SHORT_TIMEOUT_SECONDS) == []


async def test_the_loss_of_a_stream_is_told_where_somebody_listens_too(
    broker: JetStreamBroker, nats_broker: NatsServer
) -> None:
    listening = asyncio.ensure_future(anext(broker.listen(EVENT_SUBJECT)))
    async with asyncio.timeout(WAIT_SECONDS):
        while not listening.done():
            await broker.poke(EVENT_SUBJECT, b"probe")

    nats_broker.process.kill()
    shutil.rmtree(nats_broker.server.folder / "store")
    nats_broker.process.start()
    outcomes = [Outcome.FAILED]
    async with asyncio.timeout(WAIT_SECONDS):
        while outcomes == [Outcome.FAILED]:
            outcomes = await broker.publish_batch([OutMessage(EVENT_SUBJECT, b"event", "1")])

    assert outcomes == [Outcome.NO_STREAM]


async def test_the_cancel_list_is_read_on_after_a_restart(
    broker: JetStreamBroker, nats_broker: NatsServer
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def read() -> None:
        async for run_id in broker.cancelled():
            heard.put_nowait(run_id)

    reading = asyncio.create_task(read())
    await broker.mark_cancelled("before")
    before = await heard.get()
    nats_broker.process.kill()
    nats_broker.process.start()
    async with asyncio.timeout(WAIT_SECONDS):
        while not await marked(broker, "after"):
            pass
        while await heard.get() != "after":
            pass

    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert before == "before"


async def test_a_server_that_never_comes_is_unavailable(
    nats_broker: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio_platform.jetstream.CONNECT_TIMEOUT_SECONDS", SHORT_TIMEOUT_SECONDS)
    nats_broker.process.kill()

    with pytest.raises(Unavailable):
        async with open_broker(BrokerSettings(nats_url=nats_broker.url), "test"):
            pass
