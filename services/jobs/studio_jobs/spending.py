"""What a job's runs took and cost."""

from __future__ import annotations

from collections.abc import Iterable

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_platform.database import Database

_MS_PER_SECOND = 1000


def spent_on(made: Iterable[rows.Record]) -> rows.Spent:
    """The sum over rows of the statement `tasks_made`; a run that two tasks share counts once."""
    runs = {row["run_id"]: row for row in made if row["run_id"] is not None}
    return rows.Spent(
        len(runs),
        sum(row["run_ms"] for row in runs.values()),
        sum(
            -(-row["run_ms"] * row["price_micros_per_second"] // _MS_PER_SECOND)
            + row["price_micros_per_call"]
            for row in runs.values()
        ),
    )


class Spending:
    """As counted when the job had ended; at present prices until that is done, seconds later."""

    def __init__(self, database: Database, currency: str) -> None:
        self.currency = currency
        self._database = database

    async def of(self, job: rows.Job) -> jobs_pb2.Spending:
        """What an ended job took."""
        spent = job.spent or spent_on(await self._database.fetch(SQL["tasks_made"], job.job_id))
        return jobs_pb2.Spending(
            runs=spent.runs, run_ms=spent.run_ms, cost_micros=spent.micros, currency=self.currency
        )
