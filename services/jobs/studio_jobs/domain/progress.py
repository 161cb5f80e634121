"""Counters of a job's stages, and the state that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from studio_jobs.domain.states import STATE_OF_STAGE, WORK_STAGES, JobState, Stage


@dataclass(frozen=True, slots=True)
class StageCount:
    """Tasks of one stage: `done` holds the cached ones too."""

    total: int = 0
    done: int = 0
    running: int = 0
    cached: int = 0

    @property
    def is_open(self) -> bool:
        """Whether a task of the stage is not finished."""
        return self.done < self.total

    def moved(self, *, done: int = 0, running: int = 0, cached: int = 0) -> StageCount:
        """The counters after these differences."""
        return replace(
            self, done=self.done + done, running=self.running + running, cached=self.cached + cached
        )


Counts = Mapping[Stage, StageCount]


def earliest_open_state(counts: Counts) -> JobState:
    """The state of the earliest stage that isn't finished; COMPLETED when all are."""
    for stage in WORK_STAGES:
        if counts.get(stage, StageCount()).is_open:
            return STATE_OF_STAGE[stage]
    return JobState.COMPLETED


def state_after(current: JobState, counts: Counts, *, any_dispatched: bool) -> JobState:
    """The state that a planned job should be in.

    A queued job stays QUEUED until its first run is dispatched or nothing is left to run. The state
    never goes back, even when an earlier stage opened again.
    """
    target = earliest_open_state(counts)
    if current is JobState.QUEUED and not any_dispatched and target is not JobState.COMPLETED:
        return current
    order = list(JobState)
    return target if order.index(target) > order.index(current) else current
