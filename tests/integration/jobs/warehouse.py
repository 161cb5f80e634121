"""A stage whose workers store what they make, with a clock of its own; its collector is stepped by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.garbage.collector import GarbagePace
from studio_jobs.store import rows
from studio_platform.clock import ManualClock
from studio_platform.manifests import ArtifactKey, blob_key, manifest_key
from studio_platform.objects import ObjectStore
from studio_platform.topology import pool_consumer
from tests.integration.jobs.stage import Stage, pool_of, success

GRACE = timedelta(days=7)
PACE = GarbagePace.of_grace(GRACE)
STEPS_MAX = 100


@dataclass(slots=True)
class Warehouse:
    """`executed` of the stage tells what was made; whose manifest is there is not made again."""

    stage: Stage
    objects: ObjectStore
    clock: ManualClock

    async def run_to_end(self, job: rows.Job) -> rows.Job:
        """Settle and work until the job is terminal."""
        for _ in range(STEPS_MAX):
            await self.stage.settle()
            now = await self.stage.job(job)
            if now.is_terminal:
                return now
            await self.work()
        raise AssertionError(f"job does not end: {now.state}")

    async def work(self) -> None:
        """Let workers do all waiting orders once, and record what they say."""
        for kind in TaskKind:
            for delivery in await self.stage.broker.fetch(pool_consumer(pool_of(kind)), 100, 0):
                order = message_pb2.RunOrder.FromString(delivery.payload)
                await self.stage.report(await self.make(order))
                await delivery.ack()
        await self.stage.loops.results.step()

    async def make(self, order: message_pb2.RunOrder) -> message_pb2.RunResult:
        """What a worker does with an order: find the manifest, or store parts and manifest."""
        result = success(order)
        result.success.generation = order.generation
        where = manifest_of(order)
        if await self.objects.stat(where) is None:
            self.stage.executed.append(order.content_key)
            await self.store_parts(result)
            data = result.success.SerializeToString(deterministic=True)
            await self.objects.put_if_absent(where, data=data, media_type="application/protobuf")
        return result

    async def store_parts(self, result: message_pb2.RunResult) -> None:
        """Upload the parts of a success."""
        for part in result.success.parts:
            key = blob_key(result.success.workspace_id, part.sha256)
            await self.objects.put_if_absent(key, data=b"x", media_type=part.media_type)

    async def clean(self) -> None:
        """Let departures and collector go on until there is nothing left to do now."""
        loops = self.stage.loops
        for _ in range(STEPS_MAX):
            more = await loops.departures.step(None)
            if not await loops.collector.step(PACE) and not more:
                return
        raise AssertionError("the collector does not come to an end")

    async def mark(self) -> None:
        """Mark what has no reference but young resolutions."""
        await self.wait(GRACE + timedelta(minutes=1))
        await self.clean()

    async def pass_grace(self) -> None:
        """Mark what has no reference now, and collect and delete it when its time has come."""
        await self.mark()
        for pause in (GRACE + timedelta(minutes=1), timedelta(hours=2)):
            await self.wait(pause)
            await self.clean()

    async def wait(self, pause: timedelta) -> None:
        """Let time pass; pools that are there say so."""
        await self.clock.advance(pause.total_seconds())
        await self.stage.announce_pools()

    async def keys(self) -> list[str]:
        """The keys of all objects."""
        return [each.key for each in await self.objects.list("")]

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(await self.stage.database.fetchval(f"select count(*) from {table}"))  # noqa: S608 - a test's


def manifest_of(order: message_pb2.RunOrder) -> str:
    """Where the manifest of an order's work belongs."""
    kind = order.inline.spec.kind
    return manifest_key(ArtifactKey(order.workspace_id, kind, order.content_key, order.generation))
