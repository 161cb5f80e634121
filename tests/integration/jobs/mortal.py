"""The job service as a process that is killed at its fault points and started again, with played workers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.states import TaskKind
from studio_platform.broker import Broker, Delivery, OutMessage
from studio_platform.topology import ANNOUNCE_SUBJECT, pool_consumer, result_subject
from tests.integration.jobs.stage import announcement, pool_of, success

ANNOUNCE_INTERVAL_SECONDS = 0.2
WORKER_LEASE_SECONDS = 5
LOOK_INTERVAL_SECONDS = 0.05


@dataclass(slots=True)
class MortalProcess:
    """`python -m studio_jobs` under a supervisor that starts it again at once when it was killed."""

    environment: dict[str, str]
    folder: Path
    kills: int = 0
    other_ends: list[int] = field(default_factory=list)

    @property
    def struck(self) -> set[str]:
        """The points at which it died."""
        return {path.name for path in self._struck_folder.iterdir()}

    @property
    def _struck_folder(self) -> Path:
        return self.folder / "struck"

    @asynccontextmanager
    async def living(self, points: Collection[str]) -> AsyncIterator[None]:
        """It lives, with each of these points armed once, until the block ends."""
        self._struck_folder.mkdir()
        faults = ",".join(f"{point}=kill@{self._struck_folder / point}" for point in points)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FILM_")}
        environment = {**inherited, **self.environment, "FILM_FAULTS": faults}
        with (self.folder / "jobs.log").open("ab") as stream:
            supervising = asyncio.create_task(self._supervise(environment, stream.fileno()))
            try:
                yield
            finally:
                supervising.cancel()
                await asyncio.gather(supervising, return_exceptions=True)

    async def _supervise(self, environment: dict[str, str], log: int) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "studio_jobs", env=environment, stdout=log, stderr=log
            )
            try:
                code = await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            if code == -signal.SIGKILL:
                self.kills += 1
            else:
                self.other_ends.append(code)


@dataclass(slots=True)
class PlayedWorkers:
    """A worker for each kind that finds what it made before, as the real one finds its manifest.

    `drops` is how many first orders vanish as if the broker lost them.
    """

    broker: Broker
    drops: int = 0
    made: dict[str, message_pb2.RunResult] = field(default_factory=dict)
    executions: Counter[str] = field(default_factory=Counter)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work(self) -> None:
        """Announce the pools and serve their queues, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._announce())
            for kind in TaskKind:
                group.create_task(self._serve(kind))

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """No order is taken within it."""
        async with self._looking:
            yield

    async def _announce(self) -> None:
        while True:
            for kind in TaskKind:
                said = announcement(kind)
                await self.broker.poke(ANNOUNCE_SUBJECT, said.SerializeToString())
            await asyncio.sleep(ANNOUNCE_INTERVAL_SECONDS)

    async def _serve(self, kind: TaskKind) -> None:
        consumer = pool_consumer(pool_of(kind), WORKER_LEASE_SECONDS, kind.name.lower())
        while True:
            async with self._looking:
                for delivery in await self.broker.fetch(consumer, 8, LOOK_INTERVAL_SECONDS):
                    await self._take(kind, delivery)

    async def _take(self, kind: TaskKind, delivery: Delivery) -> None:
        order = message_pb2.RunOrder.FromString(delivery.payload)
        if self.drops:
            self.drops -= 1
            await delivery.ack()
            return
        if order.content_key not in self.made:
            self.executions[order.content_key] += 1
            self.made[order.content_key] = success(order)
        result = self.made[order.content_key]
        message_id = f"{order.run_id}.{order.dispatch}.{delivery.deliveries}.success"
        subject = result_subject(kind.name.lower())
        await self.broker.publish_batch([OutMessage(subject, result.SerializeToString(), message_id)])
        await delivery.ack()
