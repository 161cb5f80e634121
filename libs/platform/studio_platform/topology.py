"""Streams, subjects and consumers, declared in one place (DESIGN §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

DUPLICATE_WINDOW_SECONDS = 120.0
EVENTS_AGE_MAX_SECONDS = 7 * 24 * 3600.0
TASKS_MAX_MESSAGES = 1_000_000
RESULTS_MAX_MESSAGES = 1_000_000
EVENTS_MAX_BYTES = 2 * 1024**3
WORK_MAX_BYTES = 8 * 1024**3
RESULTS_LEASE_SECONDS = 2.0
"""So long do results wait that a job service took and died with; recorded twice, they change nothing."""

ACK_PENDING_MAX = 20_000
CANCELS_LIFE_SECONDS = 3600.0

TASKS_STREAM = "STUDIO_TASKS"
RESULTS_STREAM = "STUDIO_RESULTS"
EVENTS_STREAM = "STUDIO_EVENTS"
CANCELS_BUCKET = "STUDIO_CANCELS"

ANNOUNCE_SUBJECT = "studio.pools.announce"


class Retention(Enum):
    """How long a stream keeps a message: until somebody acknowledged it, or within its limits."""

    WORK_QUEUE = "work queue"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream. `one_per_subject`: while a message waits or runs, a second one of its subject is refused.

    A work queue that is full refuses; a stream with limits drops its oldest. An id published again within the
    window is a duplicate.
    """

    name: str
    subjects: str
    retention: Retention
    bytes_max: int
    messages_max: int = -1
    age_max_seconds: float = 0.0
    one_per_subject: bool = False
    duplicate_window_seconds: float = DUPLICATE_WINDOW_SECONDS

    def takes(self, subject: str) -> bool:
        """Whether what is published to a subject is for this stream."""
        return subject.startswith(self.subjects.removesuffix(">"))


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable pull consumer of a work queue, with explicit acknowledgements and no limit of deliveries."""

    stream: str
    name: str
    subjects: str
    lease_seconds: float


STREAMS = (
    Stream(
        TASKS_STREAM,
        "studio.tasks.>",
        Retention.WORK_QUEUE,
        WORK_MAX_BYTES,
        messages_max=TASKS_MAX_MESSAGES,
        one_per_subject=True,
    ),
    Stream(
        RESULTS_STREAM,
        "studio.results.>",
        Retention.WORK_QUEUE,
        WORK_MAX_BYTES,
        messages_max=RESULTS_MAX_MESSAGES,
    ),
    Stream(
        EVENTS_STREAM,
        "studio.events.>",
        Retention.LIMITS,
        EVENTS_MAX_BYTES,
        age_max_seconds=EVENTS_AGE_MAX_SECONDS,
    ),
)

RESULTS_CONSUMER = Consumer(RESULTS_STREAM, "jobs", "studio.results.>", RESULTS_LEASE_SECONDS)


def task_subject(kind: str, pool: str, run_id: str, dispatch: int) -> str:
    """Where one dispatch of a run is published; `kind` in lower case."""
    return f"studio.tasks.{kind}.{pool}.{run_id}.{dispatch}"


def result_subject(kind: str) -> str:
    """Where results of a kind are published; `kind` in lower case."""
    return f"studio.results.{kind}"


def progress_subject(workspace_id: str, run_id: str) -> str:
    """Where a run's progress is told, over core NATS."""
    return f"studio.progress.{workspace_id}.{run_id}"


def event_subject(workspace_id: str, job_id: str) -> str:
    """Where a job's events are published."""
    return f"studio.events.{workspace_id}.{job_id}"


def pool_consumer(pool: str, lease_seconds: float = 30.0, kind: str = "*") -> Consumer:
    """The consumer that all workers of a pool share; `lease_seconds` is a delivery's life without a sign."""
    return Consumer(TASKS_STREAM, f"pool-{pool}", f"studio.tasks.{kind}.{pool}.>", lease_seconds)
