"""Records what workers report: set-based on runs, then marks the jobs concerned due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from google.protobuf.message import DecodeError

from filmstudio.generation.v1 import artifact_pb2, message_pb2
from studio_jobs.domain.retries import GiveUp, RetryAfter, decide
from studio_jobs.domain.states import RunState
from studio_jobs.garbage.tombstones import Artifact, Tombstones, artifact_of, columns
from studio_jobs.meters import Meters
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_jobs.wake import Loop, Wakes
from studio_platform.broker import Broker, Delivery
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database
from studio_platform.faults import Faults
from studio_platform.topology import RESULTS_CONSUMER

_log = structlog.get_logger(__name__)

RESULTS_BATCH_MAX = 256
FETCH_WAIT_SECONDS = 1.0
REVISION_CHANGED = "REVISION_CHANGED"
TEXT_MAX_CHARS = 2000
UNFINISHED = (RunState.WAITING, RunState.DISPATCHED)


@dataclass(slots=True)
class Verdicts:
    """What a batch of results does to the runs, sorted by kind of change."""

    failed: list[tuple[UUID, str, str, str]] = field(default_factory=list)
    retried: list[tuple[UUID, datetime, int, str]] = field(default_factory=list)
    cancelled: list[UUID] = field(default_factory=list)
    regenerated: list[UUID] = field(default_factory=list)
    rekeyed: list[UUID] = field(default_factory=list)
    ended: set[UUID] = field(default_factory=set)

    @property
    def waiting_again(self) -> list[UUID]:
        """Runs that go back to wait, unless they were to stop or nobody waits for them any more."""
        return [run_id for run_id, *_ in self.retried] + self.regenerated


class RefusedSuccessError(Exception):
    """Successes whose artifacts are gone from the store; the transaction is made again without them."""

    def __init__(self, artifacts: set[Artifact]) -> None:
        super().__init__(f"{len(artifacts)} artifacts are gone")
        self.artifacts = artifacts


class Results:
    """Consumes STUDIO_RESULTS; a result is acknowledged once its effect is committed."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        tombstones: Tombstones,
        wakes: Wakes,
        clock: Clock,
        faults: Faults,
        meters: Meters,
    ) -> None:
        self._database = database
        self._broker = broker
        self._tombstones = tombstones
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._meters = meters

    async def step(self) -> bool:
        """Record one batch; always True: fetching waits by itself."""
        deliveries = await self._broker.fetch(RESULTS_CONSUMER, RESULTS_BATCH_MAX, FETCH_WAIT_SECONDS)
        if not deliveries:
            return True
        results = [result for result in map(_decode, deliveries) if result is not None]
        self._faults.hit("jobs.results.fetched")
        await self.record(results)
        self._faults.hit("jobs.results.before_ack")
        await self._wakes.wake_all(Loop.ADVANCER, Loop.DISPATCHER)
        await asyncio.gather(*(delivery.ack() for delivery in deliveries))
        self._faults.hit("jobs.results.acked")
        return True

    async def record(self, results: Sequence[message_pb2.RunResult]) -> None:
        """Apply results to runs in one transaction and mark jobs due."""
        refused: set[Artifact] = set()
        while True:
            try:
                return await self._record(results, refused)
            except RefusedSuccessError as gone:
                refused |= gone.artifacts

    async def _record(self, results: Sequence[message_pb2.RunResult], refused: Set[Artifact]) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            ids = sorted({UUID(result.run_id) for result in results})
            locked = {row["run_id"]: row for row in await tx.fetch(SQL["lock_runs"], ids)}
            succeeded = [r for r in results if _is_success(r, refused)]
            await self._apply_successes(tx, succeeded, locked, now)
            verdicts = judge(results, locked, now, refused)
            await self._apply(tx, verdicts, now)
            self._faults.hit("jobs.results.before_commit")
        self._count(verdicts, locked)

    def _count(self, verdicts: Verdicts, locked: dict[UUID, Record]) -> None:
        for run_id, reason, *_ in verdicts.failed:
            self._meters.given_up(locked[run_id]["pool"], reason)
        for run_id, _, _, reason in verdicts.retried:
            self._meters.retried(locked[run_id]["pool"], reason)

    async def _apply_successes(
        self,
        tx: Connection,
        results: Sequence[message_pb2.RunResult],
        locked: dict[UUID, Record],
        now: datetime,
    ) -> None:
        """A success counts from any dispatch: the key names the content, not the attempt.

        Raises RefusedSuccessError for artifacts that the collector removed meanwhile.
        """
        if not results:
            return
        made = [result.success for result in results]
        kept = await tx.fetch(
            SQL["succeed_runs"],
            [UUID(result.run_id) for result in results],
            [result.run_ms for result in results],
            now,
            [UUID(manifest.workspace_id) for manifest in made],
            [bytes.fromhex(manifest.content_key) for manifest in made],
            [int(manifest.kind) for manifest in made],
            [manifest.generation for manifest in made],
            [manifest.digest for manifest in made],
            [manifest.SerializeToString() for manifest in made],
            [manifest.length_ms for manifest in made],
            [manifest.frames for manifest in made],
            *columns(_parts(made), 4),
        )
        refused = await self._tombstones.refused(tx, kept, _collectable(results, locked))
        if refused:
            raise RefusedSuccessError(refused)

    @staticmethod
    async def _apply(tx: Connection, verdicts: Verdicts, now: datetime) -> None:
        if verdicts.failed:
            columns = [list(column) for column in zip(*verdicts.failed, strict=True)]
            await tx.execute(SQL["fail_runs"], *columns, now)
        if verdicts.retried:
            columns = [list(column) for column in zip(*verdicts.retried, strict=True)]
            await tx.execute(SQL["retry_runs"], *columns)
        if verdicts.cancelled:
            await tx.execute(SQL["end_runs"], verdicts.cancelled, RunState.CANCELLED.value, now)
        if verdicts.regenerated:
            await tx.execute(SQL["regenerate_runs"], verdicts.regenerated, now)
        if verdicts.waiting_again:
            await tx.execute(SQL["end_unwanted_runs"], verdicts.waiting_again, now)
        if verdicts.rekeyed:
            await tx.execute(SQL["end_runs"], verdicts.rekeyed, RunState.REKEYED.value, now)
        if verdicts.ended:
            await tx.execute(SQL["mark_due_by_runs"], sorted(verdicts.ended))


def judge(
    results: Sequence[message_pb2.RunResult],
    locked: dict[UUID, Record],
    now: datetime,
    refused: Set[Artifact] = frozenset(),
) -> Verdicts:
    """What the results that are no success, or a refused one, do.

    Only the present dispatch of a dispatched run counts, and a refused success of a waiting run's generation.
    """
    verdicts = Verdicts()
    succeeded = {UUID(r.run_id) for r in results if _is_success(r, refused)}
    for result in results:
        run = locked.get(UUID(result.run_id))
        outcome = result.WhichOneof("outcome")
        if run is None or run["run_id"] in succeeded | verdicts.ended:
            continue
        if outcome == "success" and _spoils(result, run):
            verdicts.regenerated.append(run["run_id"])
            verdicts.ended.add(run["run_id"])
            continue
        if run["state"] != RunState.DISPATCHED or result.dispatch != run["dispatch"]:
            _log.info("late result ignored", run_id=result.run_id, dispatch=result.dispatch, outcome=outcome)
            continue
        _judge_one(verdicts, run, result, now)
    return verdicts


def _is_success(result: message_pb2.RunResult, refused: Set[Artifact]) -> bool:
    return result.WhichOneof("outcome") == "success" and artifact_of(result.success) not in refused


def _spoils(result: message_pb2.RunResult, run: Record) -> bool:
    """Whether nothing better than this refused success can come of a run's generation."""
    is_present = run["state"] == RunState.DISPATCHED and result.dispatch == run["dispatch"]
    of_generation = bool(result.success.generation == run["generation"])
    return is_present or (run["state"] == RunState.WAITING and of_generation)


def _collectable(results: Sequence[message_pb2.RunResult], locked: dict[UUID, Record]) -> set[Artifact]:
    """What of these successes the collector may take away: no unfinished run that we hold is of it."""
    held = {_artifact_of_run(run) for run in locked.values() if run["state"] in UNFINISHED}
    return {artifact_of(result.success) for result in results} - held


def _artifact_of_run(run: Record) -> Artifact:
    return run["workspace_id"], run["content_key"], run["generation"]


def _parts(made: Sequence[artifact_pb2.Manifest]) -> list[tuple[object, ...]]:
    """Workspace, content key, digest and size of every part."""
    return [
        (*artifact_of(manifest)[:2], bytes.fromhex(part.sha256), part.size_bytes)
        for manifest in made
        for part in manifest.parts
    ]


def _judge_one(verdicts: Verdicts, run: Record, result: message_pb2.RunResult, now: datetime) -> None:
    verdicts.ended.add(run["run_id"])
    match result.WhichOneof("outcome"):
        case "cancelled":
            verdicts.cancelled.append(run["run_id"])
        case "hand_back" if result.hand_back.reason == REVISION_CHANGED:
            verdicts.rekeyed.append(run["run_id"])
        case "hand_back":
            verdicts.retried.append((run["run_id"], now, 0, result.hand_back.reason))
        case _:
            _judge_failure(verdicts, run, result.failure, now)


def _judge_failure(verdicts: Verdicts, run: Record, failure: message_pb2.RunFailure, now: datetime) -> None:
    _log.warning(
        "run failed",
        run_id=str(run["run_id"]),
        reason=failure.reason,
        text=failure.log_text,
        dispatch=run["dispatch"],
        failures=run["failures"] + 1,
        permanent=failure.permanent,
    )
    match decide(failure.reason, permanent=failure.permanent, failures=run["failures"] + 1):
        case GiveUp():
            texts = (failure.user_text[:TEXT_MAX_CHARS], failure.log_text[:TEXT_MAX_CHARS])
            verdicts.failed.append((run["run_id"], failure.reason, *texts))
        case RetryAfter(pause):
            verdicts.retried.append((run["run_id"], now + pause, 1, failure.reason))


def _decode(delivery: Delivery) -> message_pb2.RunResult | None:
    """The result, or None for bytes that are none; those are acknowledged away, for nobody can read them."""
    try:
        result = message_pb2.RunResult.FromString(delivery.payload)
        UUID(result.run_id)
    except (DecodeError, ValueError):
        _log.error("result cannot be read, dropped", subject=delivery.subject, size=len(delivery.payload))
        return None
    return result
