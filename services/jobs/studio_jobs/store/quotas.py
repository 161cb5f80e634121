"""Quotas of workspaces in Postgres: what may be rendered, and what is used of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from studio_jobs.production import SHOTS_MAX
from studio_jobs.store.rows import Record, present
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import ResourceExhausted

QUOTAS = Queries.load("studio_jobs.sql", "quotas.sql")
"""Statements of quotas; no loop uses them."""

COUNTED_MAX = 100_000
MS_PER_SECOND = 1000
RETRY_AFTER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be rendered; `gpu_seconds_max` 0: no limit."""

    unfinished_jobs_max: int = 1_000
    shots_per_film_max: int = SHOTS_MAX
    gpu_seconds_max: int = 0


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """What an administrator gave a workspace; None: nothing."""

    unfinished_jobs_max: int | None = None
    shots_per_film_max: int | None = None
    gpu_seconds_max: int | None = None

    def over(self, defaults: Limits) -> Limits:
        """These, and for what is not given the studio's."""
        return Limits(
            defaults.unfinished_jobs_max if self.unfinished_jobs_max is None else self.unfinished_jobs_max,
            defaults.shots_per_film_max if self.shots_per_film_max is None else self.shots_per_film_max,
            defaults.gpu_seconds_max if self.gpu_seconds_max is None else self.gpu_seconds_max,
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """A workspace's limits and what is used of them; `gpu_seconds` are this month's, back at `resets_at`."""

    workspace_id: UUID
    limits: Limits
    own: OwnLimits
    unfinished_jobs: int
    gpu_seconds: int
    resets_at: datetime

    def require_place(self) -> None:
        """Raises ResourceExhausted that names limit, use and cure where one more job has no place."""
        most = self.limits.unfinished_jobs_max
        if self.unfinished_jobs >= most:
            raise ResourceExhausted(
                "TOO_MANY_JOBS",
                f"This workspace has {most} unfinished jobs, the most it may have; wait for some or cancel "
                "some.",
                metadata={"field": "unfinished_jobs", "limit": str(most)},
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
        seconds = self.limits.gpu_seconds_max
        if seconds and self.gpu_seconds >= seconds:
            raise ResourceExhausted(
                "GPU_SECONDS_USED_UP",
                f"This workspace has used {self.gpu_seconds} of its {seconds} GPU seconds of this month. A "
                f"new month begins on {self.resets_at:%Y-%m-%d} (UTC); an administrator can raise the limit.",
                metadata={
                    "field": "gpu_seconds",
                    "limit": str(seconds),
                    "used": str(self.gpu_seconds),
                    "reset_time": self.resets_at.isoformat(),
                },
            )


class Quotas:
    """Each method is one statement; `defaults` hold where a workspace has no limit of its own."""

    def __init__(self, database: Database, clock: Clock, defaults: Limits) -> None:
        self._database = database
        self._clock = clock
        self._defaults = defaults

    async def of(self, workspace: UUID) -> Quota:
        """A workspace's quota as it stands."""
        return await self._read(self._database, workspace)

    async def require_place(self, tx: Any, workspace: UUID) -> None:
        """Lets a transaction make one more job, and no other until it ends. Raises ResourceExhausted."""
        await tx.execute(QUOTAS["lock_quota"], workspace)
        (await self._read(tx, workspace)).require_place()

    async def shots_max(self, workspace: UUID) -> int:
        """How many shots a film of a workspace may have."""
        return (await self.of(workspace)).limits.shots_per_film_max

    async def give(self, workspace: UUID, own: OwnLimits, *, to_defaults: bool) -> Quota:
        """Gives a workspace limits of its own, beside those that it has or instead of them."""
        if to_defaults or own != OwnLimits():
            await self._database.execute(
                QUOTAS["set_quota"],
                workspace,
                own.unfinished_jobs_max,
                own.shots_per_film_max,
                own.gpu_seconds_max,
                self._clock.now(),
                to_defaults,
            )
        return await self.of(workspace)

    async def _read(self, source: Any, workspace: UUID) -> Quota:
        month = month_of(self._clock.now())
        row: Record = present(await source.fetchrow(QUOTAS["quota"], workspace, month, COUNTED_MAX))
        own = OwnLimits(row["unfinished_jobs_max"], row["shots_per_film_max"], row["gpu_seconds_max"])
        return Quota(
            workspace,
            own.over(self._defaults),
            own,
            row["unfinished_jobs"],
            row["run_ms"] // MS_PER_SECOND,
            next_month(month),
        )


def month_of(now: datetime) -> date:
    """The first day of a time's month in UTC."""
    return now.astimezone(UTC).date().replace(day=1)


def next_month(month: date) -> datetime:
    """When the month after begins, in UTC."""
    year, number = divmod(month.year * 12 + month.month, 12)
    return datetime(year, number + 1, 1, tzinfo=UTC)
