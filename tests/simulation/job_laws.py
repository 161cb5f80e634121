"""The laws of one job's rows: legal moves, gapless events that tell the state, counters that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.states import STAGE_OF_KIND, TRANSITIONS, WORK_STAGES, JobState, TaskKind
from tests.simulation.postgres.rows import Row
from tests.simulation.postgres.server import Change
from tests.simulation.servers import Stores

_OF_JOBS = frozenset({"jobs", "tasks", "job_events"})
_STATES = {convert.state_number(state): state for state in JobState}


@dataclass(slots=True)
class _Told:
    """The last event of a job."""

    sequence: int = 0
    state: JobState = JobState.PENDING


@dataclass(slots=True)
class JobLaws:
    """Checks every job that a commit touched."""

    _servers: Stores
    _breach: Callable[[str, str], None]
    _told: dict[UUID, _Told] = field(default_factory=dict)

    def committed(self, changes: Sequence[Change]) -> None:
        """Look at the jobs of a commit."""
        touched: dict[UUID, list[jobs_pb2.JobEvent]] = {}
        for table, before, after in changes:
            if table.name in _OF_JOBS and after is not None:
                events = touched.setdefault(after["job_id"], [])
                if table.name == "jobs" and before is not None:
                    self._check_move(before, after)
                if table.name == "tasks" and after["state"] == "DONE" and not self._is_made(after):
                    self._breach("a task is done only with its artifact", after["display_name"])
                if table.name == "job_events":
                    events.append(jobs_pb2.JobEvent.FromString(after["payload"]))
        for job_id, events in touched.items():
            self._check_events(job_id, sorted(events, key=lambda event: event.sequence))
            self._check_job(job_id)

    def _is_made(self, task: Row) -> bool:
        slot = self._servers.postgres.tables.artifacts.slots.get((task["workspace_id"], task["content_key"]))
        return slot is not None and slot.committed is not None

    def _check_move(self, before: Row, after: Row) -> None:
        if before["version"] > after["version"]:
            self._breach("a job's version never falls", str(after["job_id"]))
        if before["ended_at"] is not None and before["state"] != after["state"]:
            self._breach("a terminal job never moves", f"{before['state']} -> {after['state']}")

    def _check_events(self, job_id: UUID, events: Sequence[jobs_pb2.JobEvent]) -> None:
        told = self._told.setdefault(job_id, _Told())
        for event in events:
            if event.sequence != told.sequence + 1:
                self._breach("events are numbered without a gap", f"{told.sequence}, then {event.sequence}")
            state, before = _STATES[event.state], _STATES[event.previous_state]
            if before is not told.state or (state is not before and state not in TRANSITIONS[before]):
                self._breach("events tell legal moves", f"{told.state}: {before} -> {state}")
            told.sequence, told.state = event.sequence, state

    def _check_job(self, job_id: UUID) -> None:
        tables = self._servers.postgres.tables
        job = tables.jobs.slots[job_id,].committed
        if job is None:
            return
        told = self._told[job_id]
        if (job["sequence"], job["state"]) != (told.sequence, told.state.value):
            self._breach(
                "the last event tells the job's state",
                f"{job['state']} {job['sequence']}, told {told.state} {told.sequence}",
            )
        tasks = tables.tasks.committed_of(job_id)
        if tasks:
            self._check_counts(job, tasks)
            self._check_inputs(job_id, tasks)
        if job["ended_at"] is None and not job["cancel_requested"]:
            lost = [task["display_name"] for task in tasks if task["state"] in ("CANCELLED", "FAILED")]
            if lost:
                self._breach("a job that goes on loses no task", f"{job_id}: {lost}")
        if job["state"] == "COMPLETED" and any(task["state"] != "DONE" for task in tasks):
            self._breach("nothing shows a false completed", str(job_id))

    def _check_counts(self, job: Row, tasks: Sequence[Row]) -> None:
        counted: Counter[tuple[str, int]] = Counter()
        for task in tasks:
            place = WORK_STAGES.index(STAGE_OF_KIND[TaskKind(task["kind"])])
            counted["total", place] += 1
            counted["done", place] += task["state"] == "DONE"
            counted["running", place] += task["state"] == "RUNNING"
            counted["cached", place] += task["state"] == "DONE" and task["cached"]
        for name in ("total", "done", "running", "cached"):
            numbers = [counted[name, place] for place in range(len(WORK_STAGES))]
            if list(job[f"stage_{name}"]) != numbers:
                self._breach("stage counters add up", f"{name} {job[f'stage_{name}']}, counted {numbers}")

    def _check_inputs(self, job_id: UUID, tasks: Sequence[Row]) -> None:
        done = {task["number"] for task in tasks if task["state"] == "DONE"}
        edges = self._servers.postgres.tables.task_inputs.committed_of(job_id)
        waiting = Counter(edge["number"] for edge in edges if edge["producer"] not in done)
        for task in tasks:
            if task["open_inputs"] != waiting[task["number"]]:
                self._breach(
                    "a task waits for exactly its unfinished inputs",
                    f"{task['display_name']}: {task['open_inputs']}, counted {waiting[task['number']]}",
                )
