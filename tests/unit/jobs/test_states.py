"""The state machine as data."""

from __future__ import annotations

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import (
    TERMINAL,
    TRANSITIONS,
    WAY,
    IllegalMoveError,
    JobState,
    Stage,
    TaskKind,
    TaskState,
    require_legal,
    way_between,
)


def test_every_state_that_is_not_terminal_may_fail_and_be_cancelled() -> None:
    for state in JobState:
        if state not in TERMINAL:
            assert {JobState.FAILED, JobState.CANCELLED} <= TRANSITIONS[state]


def test_a_terminal_state_leads_nowhere() -> None:
    assert all(not TRANSITIONS[state] for state in TERMINAL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (JobState.PENDING, JobState.QUEUED),
        (JobState.COMPOSING, JobState.GENERATING_IMAGES),
        (JobState.COMPLETED, JobState.FAILED),
        (JobState.CANCELLED, JobState.PENDING),
    ],
)
def test_a_move_that_the_table_does_not_hold_is_refused(before: JobState, after: JobState) -> None:
    with pytest.raises(IllegalMoveError):
        require_legal(before, after)


def test_the_way_from_queued_to_completed_passes_every_stage() -> None:
    assert way_between(JobState.QUEUED, JobState.COMPLETED) == WAY[3:]


def test_the_way_never_leads_back() -> None:
    with pytest.raises(IllegalMoveError):
        way_between(JobState.COMPOSING, JobState.PROCESSING)


def test_domain_enums_equal_the_contract() -> None:
    assert {f"JOB_STATE_{state.value}" for state in JobState} | {"JOB_STATE_UNSPECIFIED"} == set(
        jobs_pb2.JobState.keys()
    )
    assert {f"TASK_STATE_{state.value}" for state in TaskState} | {"TASK_STATE_UNSPECIFIED"} == set(
        jobs_pb2.TaskState.keys()
    )
    assert {stage.value for stage in Stage} | {0} == set(jobs_pb2.Stage.values())
    assert {kind.value for kind in TaskKind} | {0} == set(range(12))
