"""The hand-off: from the result of the last dependency at the broker to the order of what waited for it.

Both are seen by a listener on the broker, as a worker that waits would see the order.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.studio import Studio, running_studio, until_pools
from bench.throughput.films import lone_seconds
from bench.throughput.pace import paced
from bench.throughput.sides import QUERIES
from filmstudio.generation.v1 import message_pb2

WARM_UP_FILMS = 3
SHOTS = 4


@dataclass(frozen=True, slots=True)
class Handoffs:
    """Milliseconds of hand-offs, and the rate at which they were measured, tasks a second."""

    count: int
    p50_ms: float
    p99_ms: float
    tasks_per_second: float


@dataclass(slots=True)
class Seen:
    """When the listener saw each run's first result and first order, monotonic seconds."""

    results: dict[UUID, float] = field(default_factory=dict)
    orders: dict[UUID, float] = field(default_factory=dict)

    async def result(self, message: Msg) -> None:
        """Note a result."""
        run_id = UUID(message_pb2.RunResult.FromString(message.data).run_id)
        self.results.setdefault(run_id, time.monotonic())

    async def order(self, message: Msg) -> None:
        """Note an order."""
        self.orders.setdefault(UUID(message.subject.split(".")[4]), time.monotonic())


async def handoffs(tasks_per_second: float, seconds: float, settings: Mapping[str, str]) -> Handoffs:
    """Measure in a studio of its own, with films of few shots: few of their runs wait for a free window."""
    with running_studio(**settings) as studio:
        async with studio.client() as client, listening(studio) as seen:
            await until_pools(client)
            for _ in range(WARM_UP_FILMS):
                await lone_seconds(client, SHOTS)
            warm = set(seen.orders)
            rate = await paced(client, SHOTS, tasks_per_second, seconds)
        async with studio.database() as database:
            edges = await database.fetch(QUERIES["handed_off"])
    waited_for: dict[UUID, list[UUID]] = defaultdict(list)
    for edge in edges:
        if edge["consumer"] not in warm:
            waited_for[edge["consumer"]].append(edge["producer"])
    took_ms = [
        1000 * (seen.orders[consumer] - max(seen.results[producer] for producer in producers))
        for consumer, producers in waited_for.items()
    ]
    return Handoffs(len(took_ms), quantile(took_ms, 0.5), quantile(took_ms, 0.99), rate)


@asynccontextmanager
async def listening(studio: Studio) -> AsyncIterator[Seen]:
    """A listener on the studio's broker."""
    seen, client, state = Seen(), Client(), studio.state
    address = f"nats://127.0.0.1:{state['ports']['nats']}"
    await client.connect(address, user="admin", password=state["secrets"]["nats-admin"])
    await client.subscribe("studio.results.>", cb=seen.result)
    await client.subscribe("studio.tasks.>", cb=seen.order)
    await client.flush()
    try:
        yield seen
    finally:
        await client.close()


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
