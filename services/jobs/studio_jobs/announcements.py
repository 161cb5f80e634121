"""Pools as their workers announce them: rows kept up to date, consumers made at the broker."""

from __future__ import annotations

import structlog
from google.protobuf.message import DecodeError

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_jobs.sql import SQL
from studio_jobs.streams import with_streams
from studio_jobs.wake import Loop, Wakes
from studio_platform.broker import Broker
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.topology import ANNOUNCE_SUBJECT, pool_consumer

_log = structlog.get_logger(__name__)

VOICES_MAX = 500
LANGUAGES_MAX = 500
"""Voices of one pool that are kept."""


class Announcements:
    """Listens to workers over core NATS; a lost announcement comes again seconds later."""

    def __init__(
        self, database: Database, broker: Broker, wakes: Wakes, clock: Clock, faults: Faults
    ) -> None:
        self._database = database
        self._broker = broker
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._consumers: set[tuple[str, int]] = set()

    async def listen(self) -> None:
        """Take announcements for ever; one that cannot be taken is logged and left."""
        async for message in self._broker.listen(ANNOUNCE_SUBJECT):
            try:
                await self.take(message_pb2.PoolAnnouncement.FromString(message.payload))
            except DecodeError:
                _log.warning("announcement cannot be read", size=len(message.payload))
            except Exception:  # noqa: BLE001 - logged; the next announcement may fare better
                _log.exception("announcement could not be taken")

    async def take(self, said: message_pb2.PoolAnnouncement) -> None:
        """Note a pool, after its consumer is there."""
        key = (said.pool, said.lease_ms)
        if key not in self._consumers:
            kind = task_pb2.TaskKind.Name(said.kind).removeprefix("TASK_KIND_").lower()
            consumer = pool_consumer(said.pool, said.lease_ms / 1000, kind)
            await with_streams(self._broker, lambda: self._broker.ensure_pool_consumer(consumer))
            self._faults.hit("jobs.announcements.consumer")
            self._consumers.add(key)
        is_new = await self._database.fetchval(
            SQL["upsert_pool"],
            said.pool,
            int(said.kind),
            said.engine.SerializeToString(deterministic=True),
            said.deterministic,
            said.size_max.width_px,
            said.size_max.height_px,
            said.price_micros_per_second,
            said.price_micros_per_call,
            said.replicas_max,
            said.slots,
            said.lease_ms,
            list(said.voices[:VOICES_MAX]),
            list(said.languages[:LANGUAGES_MAX]),
            self._clock.now(),
        )
        self._faults.hit("jobs.announcements.noted")
        if is_new:
            _log.info("pool joined", pool=said.pool, engine=said.engine.engine, worker=said.worker)
            self._wakes.wake(Loop.DISPATCHER)
