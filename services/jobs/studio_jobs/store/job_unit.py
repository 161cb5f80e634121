"""One locked job within one transaction: its moves, its tasks' changes, its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from filmstudio.events.v1 import events_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.progress import StageCount
from studio_jobs.domain.states import STAGE_OF_KIND, WORK_STAGES, JobState, Stage, TaskKind, require_legal
from studio_jobs.sql import SQL
from studio_jobs.store.rows import Job, JobFailure
from studio_jobs.webhooks.news import news_of
from studio_platform.database import Connection
from studio_platform.ids import new_id
from studio_platform.topology import event_subject


class LostRaceError(Exception):
    """Somebody else moved the job first; the transaction is rolled back and the job looked at again."""


@dataclass(slots=True)
class JobUnit:
    """A job whose row this transaction holds.

    Moves and task changes are gathered; `flush` writes counters and events, numbered without gaps
    because the row is locked. `moves`, `failure_reason`, `lookups` and `absorbed_ends` are for the meters.
    """

    tx: Connection
    job: Job
    now: datetime
    state: JobState = field(init=False)
    version: int = field(init=False)
    counts: dict[Stage, StageCount] = field(init=False)
    cancel_requested: bool = field(init=False)
    moves: list[tuple[JobState, JobState]] = field(default_factory=list, init=False)
    failure_reason: str = field(default="", init=False)
    lookups: Counter[tuple[TaskKind, str]] = field(default_factory=Counter, init=False)
    absorbed_ends: list[datetime] = field(default_factory=list, init=False)
    _events: list[jobs_pb2.JobEvent] = field(default_factory=list, init=False)
    _changes: list[jobs_pb2.TaskChange] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.state = self.job.state
        self.version = self.job.version
        self.counts = dict(self.job.counts)
        self.cancel_requested = self.job.cancel_requested

    def count(self, kind: TaskKind, *, done: int = 0, running: int = 0, cached: int = 0) -> None:
        """Change the counters of a kind's stage by these differences."""
        stage = STAGE_OF_KIND[kind]
        self.counts[stage] = self.counts[stage].moved(done=done, running=running, cached=cached)

    def looked_up(self, kinds: Iterable[int], outcome: str) -> None:
        """Note what was found for the keys of unlocked tasks of these kinds."""
        self.lookups.update((TaskKind(kind), outcome) for kind in kinds)

    def change(self, change: jobs_pb2.TaskChange) -> None:
        """Tell of a task's new state in the next event."""
        self._changes.append(change)

    async def move(
        self, after: JobState, *, skipped: bool = False, failure: JobFailure | None = None
    ) -> None:
        """Move the job and tell of it. Raises IllegalMoveError, LostRaceError if the row is not as read."""
        require_legal(self.state, after)
        version = await self.tx.fetchval(
            SQL["move_job"],
            self.job.job_id,
            self.state.value,
            self.version,
            after.value,
            self.now,
            *_failure_columns(failure),
        )
        if version is None:
            raise LostRaceError(str(self.job.job_id))
        before, self.state, self.version = self.state, after, version
        self.moves.append((before, after))
        if failure is not None:
            reason = jobs_pb2.FailureReason.Name(jobs_pb2.FailureReason.ValueType(failure.reason))
            self.failure_reason = reason.removeprefix("FAILURE_REASON_")
        self._tell(before, skipped=skipped, failure=failure)

    async def request_cancel(self) -> None:
        """Note that the job shall stop, and tell of it."""
        await self.tx.execute(SQL["request_cancel"], self.job.job_id, self.now)
        self.version += 1
        self.cancel_requested = True
        self._tell(self.state)

    def announce(self) -> None:
        """Tell of the job as it is: the first event of a new one."""
        self._tell(self.state)

    def note_changes(self) -> None:
        """Tell of gathered task changes that no move has carried."""
        if self._changes:
            self._tell(self.state)

    def _tell(self, before: JobState, *, skipped: bool = False, failure: JobFailure | None = None) -> None:
        event = jobs_pb2.JobEvent(
            job=convert.job_name(self.job.job_id),
            time=convert.timestamp(self.now),
            state=convert.state_number(self.state),
            previous_state=convert.state_number(before),
            stages=convert.stages(self.counts),
            tasks=self._changes,
            cancel_requested=self.cancel_requested,
            skipped=skipped,
        )
        if failure is not None:
            event.failure.CopyFrom(convert.failure(failure))
        self._changes = []
        self._events.append(event)

    async def flush(self) -> bool:
        """Write counters and events, once a unit; whether there was an event.

        Raises LostRaceError if the row is not as read.
        """
        self.note_changes()
        if not self._events and self.counts == self.job.counts:
            return False
        for number, event in enumerate(self._events, start=self.job.sequence + 1):
            event.sequence = number
        workspace = str(self.job.workspace_id)
        envelopes = [
            events_pb2.JobEventEnvelope(workspace_id=workspace, event=event) for event in self._events
        ]
        last = await self.tx.fetchval(
            SQL["save_progress"],
            self.job.job_id,
            *_count_columns([self.counts[stage] for stage in WORK_STAGES]),
            self.now,
            self.job.sequence,
            [event.SerializeToString() for event in self._events],
            [new_id() for _ in envelopes],
            event_subject(workspace, str(self.job.job_id)),
            [envelope.SerializeToString() for envelope in envelopes],
        )
        if last is None:
            raise LostRaceError(f"{self.job.job_id}: events were numbered from a row that was not locked")
        await self._tell_webhooks()
        return bool(self._events)

    async def _tell_webhooks(self) -> None:
        """Leave messages with the events that they tell of."""
        news = news_of(convert.project_name(self.job.project_id), self._events)
        if news:
            await self.tx.execute(
                SQL["insert_deliveries"],
                self.job.workspace_id,
                self.job.job_id,
                [each.message_id for each in news],
                [each.event_type for each in news],
                [each.body for each in news],
                self.now,
            )


def _failure_columns(failure: JobFailure | None) -> tuple[object, ...]:
    if failure is None:
        return (0, 0, "", "", "", 0, "")
    return (
        failure.reason,
        int(failure.stage),
        failure.text,
        failure.log_text,
        failure.field,
        failure.line,
        failure.shot_id,
    )


def _count_columns(counts: Sequence[StageCount]) -> tuple[list[int], ...]:
    return (
        [count.total for count in counts],
        [count.done for count in counts],
        [count.running for count in counts],
        [count.cached for count in counts],
    )
