"""Counters and the state that follows."""

from __future__ import annotations

from studio_jobs.domain.progress import StageCount, state_after
from studio_jobs.domain.states import WORK_STAGES, JobState, Stage


def counts(**done: int) -> dict[Stage, StageCount]:
    return {stage: StageCount(total=2, done=done.get(stage.name.lower(), 0)) for stage in WORK_STAGES}


def test_a_queued_job_waits_for_its_first_dispatch() -> None:
    assert state_after(JobState.QUEUED, counts(), any_dispatched=False) is JobState.QUEUED


def test_the_first_dispatch_opens_the_earliest_stage() -> None:
    assert state_after(JobState.QUEUED, counts(), any_dispatched=True) is JobState.GENERATING_IMAGES


def test_the_state_names_the_earliest_open_stage_whatever_ran_ahead() -> None:
    ahead = counts(video=2, audio=2)

    assert state_after(JobState.PROCESSING, ahead, any_dispatched=True) is JobState.GENERATING_IMAGES


def test_nothing_left_to_run_completes_a_queued_job() -> None:
    finished = counts(images=2, video=2, audio=2, composition=2)

    assert state_after(JobState.QUEUED, finished, any_dispatched=False) is JobState.COMPLETED


def test_the_state_never_goes_back() -> None:
    assert state_after(JobState.COMPOSING, counts(), any_dispatched=True) is JobState.COMPOSING


def test_an_empty_stage_is_not_open() -> None:
    assert not StageCount().is_open
