"""Tasks whose inputs are finished: found in the store, or given a run to wait for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_jobs.bodies import Bodies, StoredBody
from studio_jobs.domain.graph import Uses
from studio_jobs.domain.states import RunState, TaskKind, TaskState
from studio_jobs.domain.timing import resolve
from studio_jobs.garbage.tombstones import Tombstones
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.changes import task_change
from studio_jobs.store.job_unit import JobUnit, LostRaceError
from studio_platform.ids import new_id
from studio_platform.keys import content_key_of

UNLOCK_BATCH_MAX = 500


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A task with its inputs resolved: its content key, and the body that a run of it would have."""

    row: rows.Record
    key: bytes
    body: message_pb2.RunBody


class Unlocking:
    """Decides about unlocked tasks in waves until none is left."""

    def __init__(self, bodies: Bodies, tombstones: Tombstones) -> None:
        self._bodies = bodies
        self._tombstones = tombstones

    async def unlock(self, unit: JobUnit) -> None:
        """Finish or start every unlocked task; a cached one may unlock the next."""
        while True:
            ready = await unit.tx.fetch(SQL["unlocked_tasks"], unit.job.job_id, UNLOCK_BATCH_MAX)
            if not ready:
                return
            any_finished = await self._decide(unit, [resolved_task(row) for row in ready])
            if not any_finished and len(ready) < UNLOCK_BATCH_MAX:
                return

    async def _decide(self, unit: JobUnit, unlocked: Sequence[Unlocked]) -> bool:
        """Finish or start these; whether any was finished, so that others may be unlocked now."""
        keys = sorted({task.key for task in unlocked})
        made = await self._artifact_keys(unit, keys)
        missing = {task.key: task for task in unlocked if task.key not in made}
        runs, finished = await self._runs_for(unit, missing)
        if len(made) + len(finished) + len(runs) < len(keys):
            raise LostRaceError(f"{unit.job.job_id}: a run ended without an artifact while it was joined")
        hits = [task for task in unlocked if task.key not in runs]
        unit.looked_up([task.row["kind"] for task in hits], "hit")
        await self._finish_keys(unit, [(task.row, task.key) for task in hits], cached=True)
        await self._attach(unit, [(task, runs[task.key]) for task in unlocked if task.key in runs])
        return bool(hits)

    @staticmethod
    async def _artifact_keys(unit: JobUnit, keys: Sequence[bytes]) -> set[bytes]:
        found = await unit.tx.fetch(SQL["artifacts_by_keys"], unit.job.workspace_id, keys)
        return {row["content_key"] for row in found}

    async def _runs_for(
        self, unit: JobUnit, missing: dict[bytes, Unlocked]
    ) -> tuple[dict[bytes, UUID], set[bytes]]:
        """Runs by key, shared with other jobs, and the keys that were finished meanwhile and need none."""
        if not missing:
            return {}, set()
        new = await self._insert_runs(unit, missing)
        shared = await self._share_runs(unit, missing.keys() - new.keys())
        runs = new | {row["content_key"]: row["run_id"] for row in shared}
        finished = await self._artifact_keys(unit, sorted(missing))
        needless = sorted(finished & new.keys())
        if needless:
            await unit.tx.execute(SQL["drop_new_runs"], [new[key] for key in needless])
        unfinished = {key: run_id for key, run_id in runs.items() if key not in finished}
        unit.looked_up([missing[key].row["kind"] for key in unfinished if key in new], "miss")
        unit.looked_up([missing[key].row["kind"] for key in unfinished if key not in new], "shared")
        at_work = [row["run_id"] for row in shared if row["state"] == RunState.DISPATCHED]
        if at_work:
            await unit.tx.execute(SQL["mark_due_if_dispatched"], unit.job.job_id, at_work)
        return unfinished, finished

    @staticmethod
    async def _share_runs(unit: JobUnit, keys: Set[bytes]) -> Sequence[rows.Record]:
        """Others' runs at work on these keys; a run of one's own is seen by nobody before the commit."""
        if not keys:
            return []
        found: Sequence[rows.Record] = await unit.tx.fetch(
            SQL["share_unfinished_runs"], unit.job.workspace_id, sorted(keys)
        )
        return found

    async def _insert_runs(self, unit: JobUnit, missing: dict[bytes, Unlocked]) -> dict[bytes, UUID]:
        keys = sorted(missing)
        bodies: list[StoredBody] = [
            await self._bodies.keep(unit.job.workspace_id, missing[key].body) for key in keys
        ]
        inserted = await unit.tx.fetch(
            SQL["insert_runs"],
            unit.job.workspace_id,
            [new_id() for _ in keys],
            keys,
            [missing[key].row["kind"] for key in keys],
            [missing[key].row["pool"] for key in keys],
            [body.inline for body in bodies],
            [body.sha256 for body in bodies],
            unit.now,
        )
        await self._require_bodies(unit, bodies)
        return {row["content_key"]: row["run_id"] for row in inserted}

    async def _require_bodies(self, unit: JobUnit, bodies: Sequence[StoredBody]) -> None:
        """Raises LostRaceError when a stored body was deleted while it was taken for stored."""
        stored = {
            (unit.job.workspace_id, bytes.fromhex(body.sha256)) for body in bodies if body.sha256 is not None
        }
        if await self._tombstones.lost(unit.tx, stored):
            raise LostRaceError(f"{unit.job.job_id}: a body was deleted while it was stored")

    @staticmethod
    async def _attach(unit: JobUnit, waiting: Sequence[tuple[Unlocked, UUID]]) -> None:
        if not waiting:
            return
        await unit.tx.execute(
            SQL["attach_tasks"],
            unit.job.job_id,
            [task.row["number"] for task, _ in waiting],
            [run_id for _, run_id in waiting],
            [task.key for task, _ in waiting],
        )
        for task, _ in waiting:
            unit.change(task_change(unit, task.row, TaskState.WAITING))

    async def finish(self, unit: JobUnit, done: Sequence[rows.Record], *, cached: bool) -> None:
        """Mark live tasks done whose runs succeeded."""
        await self._finish_keys(unit, [(row, row["content_key"]) for row in done], cached=cached)

    @staticmethod
    async def _finish_keys(unit: JobUnit, done: Sequence[tuple[rows.Record, bytes]], *, cached: bool) -> None:
        if not done:
            return
        # Plan keys of a rekeyed job no longer name what it makes.
        made = {} if unit.job.rekeyed else {row["plan_key"]: key for row, key in done}
        await unit.tx.execute(
            SQL["finish_tasks"],
            unit.job.job_id,
            [row["number"] for row, _ in done],
            [key for _, key in done],
            cached,
            unit.job.workspace_id,
            list(made),
            list(made.values()),
            unit.now,
        )
        for row, _ in done:
            was_running = row.get("state") == TaskState.RUNNING
            unit.count(TaskKind(row["kind"]), done=1, cached=int(cached), running=-int(was_running))
            unit.change(
                task_change(unit, row, TaskState.DONE, cached=cached, dispatch=row.get("dispatch") or 0)
            )

    @staticmethod
    async def reopen(unit: JobUnit, live: Sequence[rows.Record]) -> None:
        """Give tasks another run in place of theirs, which was cancelled for another job."""
        if not live:
            return
        await unit.tx.execute(SQL["reopen_tasks"], unit.job.job_id, [row["number"] for row in live])
        for row in live:
            unit.count(TaskKind(row["kind"]), running=-int(row["state"] == TaskState.RUNNING))
            unit.change(task_change(unit, row, TaskState.BLOCKED))

    @staticmethod
    async def rekey(unit: JobUnit, stale: Sequence[rows.Record]) -> None:
        """Give tasks the present engine of their pool, whose revision changed before they ran."""
        if not stale:
            return
        await unit.tx.execute(SQL["mark_rekeyed"], unit.job.job_id)
        engines = {row["pool"]: row["engine"] for row in await unit.tx.fetch(SQL["pools"])}
        for row in stale:
            spec = task_pb2.TaskSpec.FromString(
                await unit.tx.fetchval(SQL["task_spec"], unit.job.job_id, row["number"])
            )
            spec.engine.ParseFromString(engines[row["pool"]])
            await unit.tx.execute(SQL["rekey_task"], unit.job.job_id, row["number"], spec.SerializeToString())
            unit.count(TaskKind(row["kind"]), running=-int(row["state"] == TaskState.RUNNING))
            unit.change(task_change(unit, row, TaskState.BLOCKED))


def resolved_task(row: rows.Record) -> Unlocked:
    """The content key and body of a task whose inputs are finished: a row of `unlocked_tasks`."""
    roles: list[str] = row["roles"] or []
    lengths = dict(zip(roles, row["lengths_ms"] or [], strict=True))
    used = sorted(
        (role, manifest)
        for role, uses, manifest in zip(roles, row["uses"] or [], row["manifests"] or [], strict=True)
        if uses == Uses.CONTENT
    )
    body = message_pb2.RunBody(
        spec=resolve(task_pb2.TaskSpec.FromString(row["spec"]), lengths),
        inputs=[
            artifact_pb2.ResolvedInput(role=role, manifest=artifact_pb2.Manifest.FromString(manifest))
            for role, manifest in used
        ],
    )
    return Unlocked(row, content_key_of(body), body)
