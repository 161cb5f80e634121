"""A stepped job service on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import grpc
import pytest
from pydantic import SecretStr

import studio_jobs
from studio_platform.broker import Delivery
from studio_platform.broker_forwarding import ForwardingBroker
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock, SystemClock
from studio_platform.database import Database, open_database
from studio_platform.embedded.ports import free_ports
from studio_platform.jetstream import open_broker
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.settings import BrokerSettings, DatabaseSettings
from studio_platform.testing.buckets import Bucket
from studio_platform.testing.plugin import DatabaseFactory
from studio_platform.topology import Consumer
from tests.integration.jobs.mortal import MortalProcess, PlayedWorkers
from tests.integration.jobs.scenes import Client, Scene, environment, gateway_at
from tests.integration.jobs.stage import Stage, build_stage

MIGRATIONS = Path(studio_jobs.__file__).parent / "migrations"


@pytest.fixture
async def database(database_url: DatabaseFactory) -> AsyncIterator[Database]:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    async with open_database(settings, "jobs") as database:
        yield database


@pytest.fixture
async def stage(database: Database) -> Stage:
    broker = MemoryBroker(SystemClock())
    await broker.ensure()
    stage = build_stage(database, broker, MemoryObjectStore())
    await stage.announce_pools()
    return stage


class ImpatientBroker(ForwardingBroker):
    """Waits for nothing, for the tests' time stands still."""

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """What is there now."""
        return await super().fetch(consumer, batch_max, 0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def memory(clock: ManualClock) -> MemoryBroker:
    return MemoryBroker(clock)


@pytest.fixture
async def replicas(
    database_url: DatabaseFactory, clock: ManualClock, memory: MemoryBroker
) -> AsyncIterator[tuple[Stage, Stage]]:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    broker, objects = ImpatientBroker(memory), MemoryObjectStore()
    await broker.ensure()
    async with AsyncExitStack() as stack:
        one, other = [
            build_stage(
                await stack.enter_async_context(open_database(settings, "jobs")), broker, objects, clock=clock
            )
            for _ in range(2)
        ]
        other.workspace = one.workspace
        await one.announce_pools()
        yield one, other


@pytest.fixture
async def scene(
    database_url: DatabaseFactory, nats_url: str, s3_bucket: Bucket, tmp_path: Path
) -> AsyncIterator[Scene]:
    url = database_url(MIGRATIONS)
    jobs_port, gateway_port = free_ports(2)
    process = MortalProcess(environment(url, nats_url, s3_bucket, jobs_port, gateway_port), tmp_path)
    options = [("grpc.max_reconnect_backoff_ms", 200)]
    async with (
        gateway_at(gateway_port) as signer,
        open_broker(BrokerSettings(nats_url=nats_url), "workers") as broker,
        open_database(DatabaseSettings(database_url=SecretStr(url)), "jobs") as database,
        grpc.aio.insecure_channel(f"127.0.0.1:{jobs_port}", options=options) as channel,
    ):
        yield Scene(process, PlayedWorkers(broker), Client(channel, signer, str(uuid4())), database)
