"""Checks of pools: one run each, of the studio's own workspace, awaited until its worker reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from google.protobuf.message import DecodeError

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_jobs.bodies import Bodies
from studio_jobs.checks.bodies import CheckBodies
from studio_jobs.domain.states import RunState, TaskKind
from studio_jobs.owner import not_found
from studio_jobs.sql import SQL
from studio_jobs.store.jobs import POOL_SILENCE
from studio_jobs.store.rows import Record
from studio_jobs.wake import Loop, Wakes
from studio_platform.broker import Broker
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.deadlines import remaining_seconds
from studio_platform.errors import DeadlineExceeded, FailedPrecondition, ResourceExhausted
from studio_platform.ids import new_id
from studio_platform.keys import content_key_of
from studio_platform.objects import ObjectStore
from studio_platform.topology import result_subject

_log = structlog.get_logger(__name__)

STUDIO_WORKSPACE = UUID("00000000-0000-7000-8000-000000000001")
"""Owns what checks make: no user sees it, and the dispatcher lets it take its turn like any other."""

CHECK_MAX_SECONDS = 55.0
ANSWER_MARGIN_SECONDS = 1.0
"""Left of the caller's deadline to end the run and to say what is wrong."""

LOOK_INTERVAL_SECONDS = 0.5
"""How often Postgres is looked at: the net under a worker's word that got lost."""

CHECKS_MAX = 8
DRAINING = "DRAINING"
SETTLE_MAX_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check went; `queue_ms` is everything that was neither engine nor upload."""

    worker: str
    queue_ms: int
    run_ms: int
    upload_ms: int
    attempts: int


class PoolChecks:
    """Sends orders to pools and listens for their results; every replica can check every pool."""

    def __init__(
        self, database: Database, broker: Broker, objects: ObjectStore, wakes: Wakes, clock: Clock
    ) -> None:
        self._database = database
        self._broker = broker
        self._wakes = wakes
        self._clock = clock
        self._bodies = CheckBodies(objects, STUDIO_WORKSPACE)
        self._stored = Bodies(objects)
        self._places = asyncio.Semaphore(CHECKS_MAX)

    async def check(self, pool: str) -> Checked:
        """Let a pool make the smallest thing; what a draining worker gives back is sent once more.

        Raises NotFound, FailedPrecondition when no worker lives or the worker failed, DeadlineExceeded,
        and ResourceExhausted when too many checks are under way.
        """
        if self._places.locked():
            raise ResourceExhausted(
                "TOO_MANY_CHECKS",
                f"{CHECKS_MAX} checks of pools are under way here, the most at a time; try again shortly.",
                retry_after_seconds=1.0,
            )
        async with self._places:
            row = await self._live_pool(pool)
            began = self._clock.monotonic()
            end = (
                began
                + min(remaining_seconds() or CHECK_MAX_SECONDS, CHECK_MAX_SECONDS)
                - ANSWER_MARGIN_SECONDS
            )
            attempts = 1
            while (result := await self._result(row, end)).hand_back.reason == DRAINING:
                attempts += 1
        if result.WhichOneof("outcome") != "success":
            raise _failed(pool, result)
        total_ms = round((self._clock.monotonic() - began) * 1000)
        queue_ms = max(0, total_ms - result.run_ms - result.upload_ms)
        return Checked(result.worker, queue_ms, result.run_ms, result.upload_ms, attempts)

    async def _live_pool(self, pool: str) -> Record:
        found = {row["pool"]: row for row in await self._database.fetch(SQL["pools"])}
        if pool not in found:
            raise not_found(f"pools/{pool}")
        row = found[pool]
        if row["last_seen_at"] < self._clock.now() - POOL_SILENCE:
            raise _silent(pool, row["last_seen_at"])
        return row

    async def _result(self, pool: Record, end: float) -> message_pb2.RunResult:
        run_id = new_id()
        result: message_pb2.RunResult | None = None
        try:
            result = await self._awaited(run_id, pool, end)
        finally:
            if result is None or result.WhichOneof("outcome") != "success":
                await self._abandon(run_id)
        return result

    async def _awaited(self, run_id: UUID, pool: Record, end: float) -> message_pb2.RunResult:
        began = self._clock.monotonic()
        try:
            async with (
                asyncio.timeout(end - began),
                self._heard(run_id, TaskKind(pool["kind"])) as hearing,
            ):
                await self._submit(run_id, pool)
                return await self._await_end(run_id, hearing)
        except TimeoutError:
            raise _late(pool["pool"], await self._run(run_id), self._clock.monotonic() - began) from None

    async def _submit(self, run_id: UUID, pool: Record) -> None:
        kind = TaskKind(pool["kind"])
        body = await self._bodies.make(kind, task_pb2.EngineRef.FromString(pool["engine"]))
        stored = await self._stored.keep(STUDIO_WORKSPACE, body)
        await self._database.fetch(
            SQL["insert_runs"],
            STUDIO_WORKSPACE,
            [run_id],
            [content_key_of(body)],
            [int(kind)],
            [pool["pool"]],
            [stored.inline],
            [stored.sha256],
            self._clock.now(),
        )
        await self._wakes.wake_all(Loop.DISPATCHER)

    @asynccontextmanager
    async def _heard(
        self, run_id: UUID, kind: TaskKind
    ) -> AsyncIterator[asyncio.Future[message_pb2.RunResult]]:
        """The worker's own word on a run: results can be heard while they are published."""
        hearing = asyncio.ensure_future(self._hear(str(run_id), kind))
        try:
            yield hearing
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, run_id: str, kind: TaskKind) -> message_pb2.RunResult:
        async for message in self._broker.listen(result_subject(kind.name.lower())):
            try:
                result = message_pb2.RunResult.FromString(message.payload)
            except DecodeError:
                continue
            if result.run_id == run_id:
                return result
        raise AssertionError("a subscription ends only with its broker")

    async def _await_end(
        self, run_id: UUID, hearing: asyncio.Future[message_pb2.RunResult]
    ) -> message_pb2.RunResult:
        ended: message_pb2.RunResult | None = None
        while True:
            done, _ = await asyncio.wait({hearing}, timeout=LOOK_INTERVAL_SECONDS)
            if done:
                return hearing.result()
            if ended is not None:
                return ended
            ended = _told_by_row(await self._run(run_id))

    async def _run(self, run_id: UUID) -> Record | None:
        return await self._database.fetchrow(SQL["run"], run_id)

    async def _abandon(self, run_id: UUID) -> None:
        """Let nobody work on a check that nobody awaits; a result on its way is recorded first."""
        for _ in range(SETTLE_MAX_LOOKS):
            async with self._database.transaction() as tx:
                now = self._clock.now()
                locked = await tx.fetch(SQL["lock_runs"], [run_id])
                state = RunState(locked[0]["state"]) if locked else RunState.CANCELLED
                if state is RunState.WAITING:
                    await tx.execute(SQL["end_runs"], [run_id], RunState.CANCELLED.value, now)
            if state is not RunState.DISPATCHED:
                return
            await self._clock.sleep(ANSWER_MARGIN_SECONDS / 2 / SETTLE_MAX_LOOKS)
        await self._database.execute(SQL["request_run_cancel"], [run_id], self._clock.now())
        await self._wakes.wake_all(Loop.CANCELS)
        _log.info("check abandoned", run_id=str(run_id))


def _told_by_row(run: Record | None) -> message_pb2.RunResult | None:
    """What the run's row tells of its end, or None while it has none."""
    if run is None or run["ended_at"] is None:
        return None
    result = message_pb2.RunResult(run_id=str(run["run_id"]), dispatch=run["dispatch"], run_ms=run["run_ms"])
    match RunState(run["state"]):
        case RunState.SUCCEEDED:
            result.success.SetInParent()
        case RunState.FAILED:
            result.failure.reason = run["failure_reason"]
            result.failure.user_text = run["failure_text"]
            result.failure.log_text = run["failure_log"]
        case RunState.REKEYED:
            result.hand_back.reason = "REVISION_CHANGED"
        case _ if run["failure_reason"] == DRAINING:
            # Jobs ends what comes back and no task waits for.
            result.hand_back.reason = DRAINING
        case _ if run["failure_reason"]:
            result.failure.reason = run["failure_reason"]
        case _:
            result.cancelled.SetInParent()
    return result


def _silent(pool: str, since: datetime) -> FailedPrecondition:
    return FailedPrecondition(
        "POOL_SILENT",
        f"pools/{pool} has had no live worker since {since:%Y-%m-%d %H:%M:%S} UTC. Start one, or see the log "
        "of its generator.",
        metadata={"pool": pool, "since": since.isoformat()},
    )


def _failed(pool: str, result: message_pb2.RunResult) -> FailedPrecondition:
    match result.WhichOneof("outcome"):
        case "failure":
            reason, text = result.failure.reason, result.failure.user_text
        case "hand_back":
            reason, text = result.hand_back.reason, "Its engine changed just now; check it again."
        case _:
            reason, text = "CANCELLED", "The check was cancelled."
    return FailedPrecondition(
        "POOL_CHECK_FAILED",
        f"pools/{pool} took the check and did not make it ({reason}): {text}",
        result.failure.log_text,
        metadata={"pool": pool, "reason": reason, "worker": result.worker},
    )


def _late(pool: str, run: Record | None, seconds: float) -> DeadlineExceeded:
    waits = run is not None and run["state"] == RunState.WAITING
    where = (
        "it still waits for the pool's window, which other work fills"
        if waits
        else "its order was sent and nothing came back"
    )
    return DeadlineExceeded(
        "POOL_CHECK_LATE",
        f"pools/{pool} did not finish the check within {seconds:.0f} s: {where}.",
        metadata={"pool": pool, "state": str(run["state"]) if run is not None else ""},
    )
