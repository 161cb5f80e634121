"""PoolsService."""

from __future__ import annotations

from typing import Any

from filmstudio.generation.v1 import task_pb2
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from studio_jobs import convert
from studio_jobs.checks.pool_checks import PoolChecks
from studio_jobs.domain.fairness import window_runs
from studio_jobs.sql import SQL
from studio_jobs.store.jobs import POOL_SILENCE
from studio_jobs.store.rows import Record
from studio_platform.clock import Clock
from studio_platform.database import Database

RUNS_COUNTED_MAX = 100_000


class PoolsServicer(pools_pb2_grpc.PoolsServiceServicer):
    """Pools; they are the installation's, the same for every workspace."""

    def __init__(self, database: Database, checks: PoolChecks, clock: Clock) -> None:
        self._database = database
        self._checks = checks
        self._clock = clock

    async def ListPools(
        self, request: pools_pb2.ListPoolsRequest, context: Any
    ) -> pools_pb2.ListPoolsResponse:
        rows = await self._database.fetch(SQL["pools"])
        load = {row["pool"]: row for row in await self._database.fetch(SQL["pool_load"], RUNS_COUNTED_MAX)}
        return pools_pb2.ListPoolsResponse(pools=[self._pool(row, load.get(row["pool"])) for row in rows])

    async def CheckPool(
        self, request: pools_pb2.CheckPoolRequest, context: Any
    ) -> pools_pb2.CheckPoolResponse:
        checked = await self._checks.check(request.name.removeprefix("pools/"))
        return pools_pb2.CheckPoolResponse(
            worker=checked.worker,
            queue_ms=checked.queue_ms,
            run_ms=checked.run_ms,
            upload_ms=checked.upload_ms,
            attempts=checked.attempts,
        )

    def _pool(self, row: Record, load: Record | None) -> pools_pb2.Pool:
        return pools_pb2.Pool(
            name=f"pools/{row['pool']}",
            kind=row["kind"],
            engine=task_pb2.EngineRef.FromString(row["engine"]),
            replicas_max=row["replicas_max"],
            slots=row["slots"],
            last_seen_time=convert.timestamp(row["last_seen_at"]),
            live=row["last_seen_at"] > self._clock.now() - POOL_SILENCE,
            waiting_runs=load["waiting"] if load else 0,
            running_runs=load["running"] if load else 0,
            price_micros_per_second=row["price_micros_per_second"],
            price_micros_per_call=row["price_micros_per_call"],
            window_runs=window_runs(row["replicas_max"], row["slots"]),
            voices=row["voices"],
            languages=row["languages"],
        )
