"""What the loops of the job service count, in one registry; only what was committed is counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram

from studio_jobs.domain.states import JobState
from studio_jobs.store.job_unit import JobUnit
from studio_platform.telemetry import HANDOFF_BUCKETS_SECONDS, Reasons

_JOB_BUCKETS_SECONDS = (1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200)


class Meters:
    """One a process. Labels are bounded: states, kinds, pools, and a bounded number of reasons."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._reasons = Reasons()
        self._transitions = Counter(
            "film_job_transitions",
            "Moves of jobs from one state to the next.",
            ["from_state", "to_state"],
            registry=registry,
        )
        self._job_seconds = Histogram(
            "film_job_seconds",
            "Seconds from a job's submission to its end, by its last state.",
            ["state"],
            buckets=_JOB_BUCKETS_SECONDS,
            registry=registry,
        )
        self._job_failures = Counter(
            "film_job_failures", "Jobs that failed, by reason.", ["reason"], registry=registry
        )
        self._lookups = Counter(
            "film_cache_lookups",
            "Content keys of unlocked tasks by what was found: an artifact (hit), a run at work (shared), "
            "nothing (miss).",
            ["kind", "outcome"],
            registry=registry,
        )
        self._unlock_seconds = Histogram(
            "film_unlock_handoff_seconds",
            "Seconds from the end of a run until its job was advanced and what waited for it was unlocked.",
            buckets=HANDOFF_BUCKETS_SECONDS,
            registry=registry,
        )
        self._dispatch_seconds = Histogram(
            "film_dispatch_handoff_seconds",
            "Seconds from a run's unlocking, or its next try's time, to its dispatch; a full window counts.",
            ["pool"],
            buckets=HANDOFF_BUCKETS_SECONDS,
            registry=registry,
        )
        self._redispatches = Counter(
            "film_redispatches", "Dispatches of runs after their first.", ["pool"], registry=registry
        )
        self._retries = Counter(
            "film_run_retries",
            "Runs put back to wait for another dispatch, by the reason of the failure or hand-back.",
            ["pool", "reason"],
            registry=registry,
        )
        self._run_failures = Counter(
            "film_run_failures", "Runs given up for good, by reason.", ["pool", "reason"], registry=registry
        )
        self._republished = Counter(
            "film_sweeper_republished",
            "Orders that had vanished from the broker and were published again.",
            registry=registry,
        )

        self._collected = Counter(
            "film_garbage_artifacts", "Artifacts that were collected.", registry=registry
        )
        self._blobs = Counter(
            "film_garbage_blobs", "Blobs that were deleted from the store.", registry=registry
        )
        self._bytes = Counter(
            "film_garbage_bytes", "Bytes of the blobs that were deleted from the store.", registry=registry
        )

    def collected(self, artifacts: int) -> None:
        """Count artifacts that were collected."""
        self._collected.inc(artifacts)

    def blobs_deleted(self, blobs: int, size_bytes: int) -> None:
        """Count blobs that were deleted from the store."""
        self._blobs.inc(blobs)
        self._bytes.inc(size_bytes)

    def advanced(self, unit: JobUnit) -> None:
        """Count what a committed transaction did to a job."""
        for before, after in unit.moves:
            self._transitions.labels(before.value, after.value).inc()
            if after in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED):
                seconds = (unit.now - unit.job.created_at).total_seconds()
                self._job_seconds.labels(after.value).observe(seconds)
        if unit.failure_reason:
            self._job_failures.labels(unit.failure_reason).inc()
        for (kind, outcome), count in unit.lookups.items():
            self._lookups.labels(kind.name.lower(), outcome).inc(count)
        for ended_at in unit.absorbed_ends:
            self._unlock_seconds.observe(max(0.0, (unit.now - ended_at).total_seconds()))

    def dispatched(self, pool: str, now: datetime, ready_at: Iterable[datetime], again: int) -> None:
        """Count runs that were dispatched `now`, `again` of them not for the first time."""
        for ready in ready_at:
            self._dispatch_seconds.labels(pool).observe(max(0.0, (now - ready).total_seconds()))
        if again:
            self._redispatches.labels(pool).inc(again)

    def retried(self, pool: str, reason: str) -> None:
        """Count a run that waits for another dispatch."""
        self._retries.labels(pool, self._reasons.bounded(reason)).inc()

    def given_up(self, pool: str, reason: str) -> None:
        """Count a run that failed for good."""
        self._run_failures.labels(pool, self._reasons.bounded(reason)).inc()

    def republished(self, orders: int) -> None:
        """Count orders that the sweeper published again."""
        self._republished.inc(orders)
