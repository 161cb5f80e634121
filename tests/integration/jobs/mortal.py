"""The job service as a process that is killed at its fault points and started again, with played workers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.states import TaskKind
from studio_platform.broker import Broker, Delivery, OutMessage
from studio_platform.topology import ANNOUNCE_SUBJECT, pool_consumer, result_subject
from tests.integration.jobs.stage import announcement, pool_of, success

BIRTHS = Path(__file__).with_name("births.py")
ANNOUNCE_INTERVAL_SECONDS = 0.2
WORKER_LEASE_SECONDS = 5
LOOK_SECONDS = 0.5


@dataclass(slots=True)
class MortalProcess:
    """The job service, started again at once when it was killed."""

    environment: dict[str, str]
    folder: Path
    other_ends: list[int] = field(default_factory=list)

    @property
    def struck(self) -> set[str]:
        """The points at which it died."""
        return {path.name for path in self._struck_folder.iterdir()}

    @property
    def _struck_folder(self) -> Path:
        return self.folder / "struck"

    @contextmanager
    def living(self, *stages: Collection[str]) -> Iterator[None]:
        """It lives until the block ends, and dies once at each of these points.

        Those of a stage are armed when all of the stages before it have struck: what happens once in a film
        must not be missed for the kill of something else beside it.
        """
        self._struck_folder.mkdir()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FILM_")}
        points = json.dumps([sorted(stage) for stage in stages])
        with (
            (self.folder / "jobs.log").open("ab") as log,
            (self.folder / "ends").open("w+b") as ends,
            subprocess.Popen(
                [sys.executable, str(BIRTHS), str(self._struck_folder), points],
                env={**inherited, **self.environment},
                stdin=subprocess.PIPE,
                stdout=ends,
                stderr=log,
            ) as births,
        ):
            # Without an await: it ends also where nobody runs the loop any more, as after a test's timeout.
            try:
                yield
            finally:
                births.communicate()
                ends.seek(0)
                self.other_ends = [code for code in map(int, ends) if code != -signal.SIGKILL]


@dataclass(slots=True)
class PlayedWorkers:
    """A worker for each kind that finds what it made before, as the real one finds its manifest.

    `drops` is how many first orders vanish as if the broker lost them; `dropped` are their runs.
    """

    broker: Broker
    drops: int = 0
    dropped: list[UUID] = field(default_factory=list)
    made: dict[str, message_pb2.RunResult] = field(default_factory=dict)
    executions: Counter[str] = field(default_factory=Counter)
    _looking: dict[TaskKind, asyncio.Lock] = field(
        default_factory=lambda: {kind: asyncio.Lock() for kind in TaskKind}
    )

    async def work(self) -> None:
        """Announce the pools and serve their queues, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._announce())
            for kind in TaskKind:
                group.create_task(self._serve(kind))

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """No order is taken within it."""
        async with AsyncExitStack() as stack:
            for lock in self._looking.values():
                await stack.enter_async_context(lock)
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
            async with self._looking[kind]:
                for delivery in await self.broker.fetch(consumer, 8, LOOK_SECONDS):
                    await self._take(kind, delivery)

    async def _take(self, kind: TaskKind, delivery: Delivery) -> None:
        order = message_pb2.RunOrder.FromString(delivery.payload)
        if self.drops:
            self.drops -= 1
            self.dropped.append(UUID(order.run_id))
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
