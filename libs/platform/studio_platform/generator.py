"""What the generator services share: hosting engines as pools, announcing them, working for them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_platform.broker import Broker
from studio_platform.clock import SystemClock
from studio_platform.engine import Engine
from studio_platform.faults import Faults
from studio_platform.jetstream import open_broker
from studio_platform.lifecycle import Lifecycle, run
from studio_platform.manifests import Artifacts
from studio_platform.s3 import open_objects
from studio_platform.settings import BrokerSettings, ObjectSettings, ServerSettings
from studio_platform.topology import ANNOUNCE_SUBJECT
from studio_platform.worker import Convert, PoolSettings, Worker, engine_ref

ANNOUNCE_INTERVAL_SECONDS = 2.0


class GeneratorSettings(BrokerSettings, ObjectSettings, ServerSettings):
    """What every generator is told."""

    replicas_max: int = Field(
        default=1, ge=1, le=1000, description="Most replicas that this pool may be scaled to (1 to 1000)."
    )
    lease_seconds: float = Field(
        default=10.0,
        ge=1,
        le=3600,
        description="How long an order stays with a worker that gives no sign, in seconds (1 to 3600).",
    )
    crash_limit_deliveries: int = Field(
        default=1,
        ge=1,
        le=10,
        description="An order delivered more often than this is reported as crashed (1 to 10).",
    )


@dataclass(frozen=True, slots=True)
class Pool:
    """An engine with the number of orders that it works on at a time."""

    engine: Engine[Any]
    slots: int


def known_engines(names: tuple[str, ...], offered: Sequence[str]) -> tuple[str, ...]:
    """The names, when each is offered and none comes twice. Raises ValueError that says which is not."""
    unknown = [name for name in names if name not in offered]
    if unknown:
        raise ValueError(f"no engine {unknown[0]}; there are {', '.join(offered)}")
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one engine, and none twice")
    return names


def lanes_of(asked: int) -> int:
    """The lanes that a setting asks for; 0 is one a core of this machine."""
    return asked or os.cpu_count() or 1


def pool_name(engine: str, kind: str) -> str:
    """The name of the pool of an engine: "storyboard-still"."""
    return f"{engine}-{kind}".lower().replace("_", "-")


def run_generator(service: str, settings: GeneratorSettings, pools: Sequence[Pool], convert: Convert) -> None:
    """Run a generator until it is told to stop: load the engines, announce the pools, work."""

    async def start(lifecycle: Lifecycle) -> None:
        broker = await lifecycle.enter(open_broker(settings, service))
        objects = await lifecycle.enter(open_objects(settings))
        faults = Faults.parse(settings.faults)
        workers = [
            Worker(
                service,
                pool.engine,
                convert,
                _pool_settings(settings, pool, service),
                broker,
                Artifacts(objects),
                SystemClock(),
                faults,
            )
            for pool in pools
        ]
        await asyncio.gather(*(worker.load() for worker in workers))
        announcements = [_announcement(settings, pool, service) for pool in pools]
        lifecycle.spawn("announce", _announce(broker, announcements, lifecycle.stopping))
        for worker in workers:
            name = pool_name(worker.description.engine, worker.description.kind)
            lifecycle.spawn(name, worker.run(lifecycle.stopping))

    run(service, start, settings)


def _pool_settings(settings: GeneratorSettings, pool: Pool, service: str) -> PoolSettings:
    described = pool.engine.describe()
    return PoolSettings(
        pool=pool_name(described.engine, described.kind),
        slots=pool.slots,
        lease_seconds=settings.lease_seconds,
        crash_limit_deliveries=settings.crash_limit_deliveries,
        drain_grace_seconds=settings.drain_grace_seconds / 2,
        worker=_worker_name(service),
    )


def _worker_name(service: str) -> str:
    return f"{service}@{socket.gethostname()}:{os.getpid()}"


def _announcement(settings: GeneratorSettings, pool: Pool, service: str) -> message_pb2.PoolAnnouncement:
    described = pool.engine.describe()
    announcement = message_pb2.PoolAnnouncement(
        pool=pool_name(described.engine, described.kind),
        kind=task_pb2.TaskKind.Value(f"TASK_KIND_{described.kind}"),
        engine=engine_ref(described),
        deterministic=described.deterministic,
        price_micros_per_second=described.price_micros_per_second,
        replicas_max=settings.replicas_max,
        slots=pool.slots,
        worker=_worker_name(service),
        lease_ms=round(settings.lease_seconds * 1000),
    )
    if described.max_width_px:
        announcement.size_max.width_px = described.max_width_px
        announcement.size_max.height_px = described.max_height_px
    return announcement


async def _announce(
    broker: Broker, announcements: Sequence[message_pb2.PoolAnnouncement], stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        for announcement in announcements:
            await broker.poke(ANNOUNCE_SUBJECT, announcement.SerializeToString())
        try:
            async with asyncio.timeout(ANNOUNCE_INTERVAL_SECONDS):
                await stopping.wait()
        except TimeoutError:
            continue
