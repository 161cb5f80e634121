"""The broker lets a generator do its own work and refuses it what is another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from studio_platform.broker import Outcome, OutMessage
from studio_platform.embedded.nats import NatsUser
from studio_platform.jetstream import JetStreamBroker, open_broker
from studio_platform.permissions import permissions_of
from studio_platform.settings import BrokerSettings
from studio_platform.testing.servers import NatsServer
from studio_platform.topology import pool_consumer, result_subject, task_subject

CONSUMER = pool_consumer("drawn", kind="still")


@pytest.fixture
def guarded_server(tmp_path: Path) -> Iterator[NatsServer]:
    users = tuple(
        NatsUser(name, f"{name}-password", permissions_of(name)) for name in ("jobs", "imagegen", "gateway")
    )
    server = NatsServer.make(tmp_path / "nats", users)
    server.process.start()
    yield server
    server.process.stop()


@pytest.fixture
async def brokers(guarded_server: NatsServer) -> AsyncIterator[dict[str, JetStreamBroker]]:
    async with AsyncExitStack() as stack:
        made = {}
        for name in ("jobs", "imagegen", "gateway"):
            settings = BrokerSettings(
                nats_url=guarded_server.server.url,
                nats_user=name,
                nats_password=SecretStr(f"{name}-password"),
            )
            made[name] = await stack.enter_async_context(open_broker(settings, name))
        await made["jobs"].ensure()
        await made["jobs"].ensure_pool_consumer(CONSUMER)
        yield made


async def test_generator_takes_its_task_and_reports(brokers: dict[str, JetStreamBroker]) -> None:
    task = task_subject("still", "drawn", "run", 1)
    await brokers["jobs"].publish_batch([OutMessage(task, b"task", "1")])

    deliveries = await brokers["imagegen"].fetch(CONSUMER, 1, 1.0)
    reported = await brokers["imagegen"].publish_batch([OutMessage(result_subject("still"), b"result", "2")])
    await deliveries[0].ack()

    assert [delivery.payload for delivery in deliveries] == [b"task"]
    assert reported == [Outcome.STORED]
    assert not await brokers["jobs"].subject_waits("STUDIO_TASKS", task)


async def test_generator_learns_of_cancelled_runs(brokers: dict[str, JetStreamBroker]) -> None:
    await brokers["jobs"].mark_cancelled("run-1")

    async with asyncio.timeout(10):
        first = await anext(aiter(brokers["imagegen"].cancelled()))

    assert first == "run-1"


@pytest.mark.parametrize("component", ["imagegen", "gateway"])
@pytest.mark.parametrize("subject", [task_subject("still", "drawn", "run", 1), result_subject("film")])
async def test_others_subjects_are_refused(
    brokers: dict[str, JetStreamBroker], monkeypatch: pytest.MonkeyPatch, component: str, subject: str
) -> None:
    monkeypatch.setattr("studio_platform.jetstream_publisher.PUBLISH_TIMEOUT_SECONDS", 0.5)

    refused = await brokers[component].publish_batch([OutMessage(subject, b"forged", "1")])

    assert refused == [Outcome.FAILED]
