"""The net under everything that may be lost: the broker's disk, a wake-up, a result."""

from __future__ import annotations

from datetime import timedelta

import structlog

from studio_jobs.dispatcher import order_runs, subject_of
from studio_jobs.meters import Meters
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Record
from studio_jobs.wake import Loop, Wakes
from studio_platform.broker import Broker
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.topology import TASKS_STREAM

_log = structlog.get_logger(__name__)

DISPATCH_GRACE = timedelta(seconds=5)
"""A younger dispatch is not looked at: it may still be in the outbox."""

MISSING_GRACE = timedelta(seconds=5)
"""How long a result may be on its way after its order was acknowledged."""

STALE_JOB_AGE = timedelta(seconds=30)
SWEEP_BATCH_MAX = 500


class Sweeper:
    """Publishes a dispatch again, with the same number, only when the broker does not hold it
    and no result came within a grace; never because of age."""

    def __init__(
        self, database: Database, broker: Broker, wakes: Wakes, clock: Clock, faults: Faults, meters: Meters
    ) -> None:
        self._database = database
        self._broker = broker
        self._wakes = wakes
        self._clock = clock
        self._faults = faults
        self._meters = meters

    async def step(self) -> bool:
        """One round; always False."""
        now = self._clock.now()
        await self._database.execute(SQL["mark_stale_jobs_due"], now - STALE_JOB_AGE)
        old = await self._database.fetch(SQL["runs_to_sweep"], now - DISPATCH_GRACE, SWEEP_BATCH_MAX)
        missing, held = await self._sort(old)
        await self._note(missing, held)
        lost = [run for run in missing if run["missing_since"] and run["missing_since"] + MISSING_GRACE < now]
        if lost:
            await self._publish_again(lost)
        self._wakes.wake(Loop.ADVANCER)
        return False

    async def _sort(self, runs: list[Record]) -> tuple[list[Record], list[Record]]:
        """The runs that neither the broker nor the outbox holds, and those that one does."""
        waiting = await self._database.fetch(SQL["outbox_holds"], [subject_of(run) for run in runs])
        in_outbox = {row["subject"] for row in waiting}
        missing: list[Record] = []
        held: list[Record] = []
        for run in runs:
            subject = subject_of(run)
            is_held = subject in in_outbox or await self._broker.subject_waits(TASKS_STREAM, subject)
            (held if is_held else missing).append(run)
        return missing, held

    async def _note(self, missing: list[Record], held: list[Record]) -> None:
        newly = [run["run_id"] for run in missing if run["missing_since"] is None]
        found = [run["run_id"] for run in held if run["missing_since"] is not None]
        if newly:
            await self._database.execute(SQL["note_missing"], newly, self._clock.now())
        if found:
            await self._database.execute(SQL["note_missing"], found, None)

    async def _publish_again(self, lost: list[Record]) -> None:
        now = self._clock.now()
        _log.warning("orders vanished from the broker, publishing again", runs=len(lost))
        async with self._database.transaction() as tx:
            locked = await tx.fetch(SQL["lock_runs"], sorted(run["run_id"] for run in lost))
            present = {(row["run_id"], row["dispatch"]) for row in locked if row["state"] == "DISPATCHED"}
            still = [run for run in lost if (run["run_id"], run["dispatch"]) in present]
            await order_runs(tx, still, now)
            await tx.execute(SQL["touch_dispatched"], [run["run_id"] for run in still], now)
            self._faults.hit("jobs.sweeper.before_commit")
        self._faults.hit("jobs.sweeper.after_commit")
        self._meters.republished(len(still))
        await self._wakes.wake_all(Loop.RELAY)
