"""What an event says of a task's new state."""

from __future__ import annotations

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs import convert
from studio_jobs.domain.states import TaskState
from studio_jobs.store.job_unit import JobUnit
from studio_jobs.store.rows import Record


def task_change(
    unit: JobUnit, row: Record, state: TaskState, *, cached: bool = False, dispatch: int = 0
) -> jobs_pb2.TaskChange:
    """The event's word on a task's new state; `row` has number, kind and display_name."""
    return jobs_pb2.TaskChange(
        task=convert.task_name(unit.job.job_id, row["number"]),
        kind=row["kind"],
        display_name=row["display_name"],
        state=convert.task_state_number(state),
        cached=cached,
        dispatch=dispatch,
    )
