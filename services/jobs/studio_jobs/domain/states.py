"""The state machine of a job as data: which state may follow which."""

from __future__ import annotations

import itertools
from enum import IntEnum, StrEnum


class JobState(StrEnum):
    """Where a job is; the names are the contract's without their prefix."""

    PENDING = "PENDING"
    VALIDATING = "VALIDATING"
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    GENERATING_IMAGES = "GENERATING_IMAGES"
    GENERATING_VIDEO = "GENERATING_VIDEO"
    GENERATING_AUDIO = "GENERATING_AUDIO"
    COMPOSING = "COMPOSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class TaskState(StrEnum):
    """Where a task is: BLOCKED by its inputs, WAITING for its pool, RUNNING, or at its end."""

    BLOCKED = "BLOCKED"
    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class RunState(StrEnum):
    """Where a run is; REKEYED means that its engine changed before it ran, so its tasks need a new key."""

    WAITING = "WAITING"
    DISPATCHED = "DISPATCHED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REKEYED = "REKEYED"


class Stage(IntEnum):
    """The stages that progress is counted in; the numbers are the contract's."""

    PLANNING = 1
    IMAGES = 2
    VIDEO = 3
    AUDIO = 4
    COMPOSITION = 5


class TaskKind(IntEnum):
    """What a task makes; the numbers are the contract's."""

    STILL = 1
    CLIP = 2
    SPEECH = 3
    MUSIC = 4
    EFFECTS = 5
    SEGMENT = 6
    FILM = 7
    READING = 8
    SHEET = 9
    LEVELS = 10
    MASTER = 11


WAY = (
    JobState.PENDING,
    JobState.VALIDATING,
    JobState.QUEUED,
    JobState.PROCESSING,
    JobState.GENERATING_IMAGES,
    JobState.GENERATING_VIDEO,
    JobState.GENERATING_AUDIO,
    JobState.COMPOSING,
    JobState.COMPLETED,
)
"""The nine states that every finished job passed, in order."""

TERMINAL = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    **{
        state: frozenset({after, JobState.FAILED, JobState.CANCELLED})
        for state, after in itertools.pairwise(WAY)
    },
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""From each state, the states that may follow. The database holds the same table (job_transitions)."""

STAGE_OF_KIND = {
    TaskKind.STILL: Stage.IMAGES,
    TaskKind.CLIP: Stage.VIDEO,
    TaskKind.SPEECH: Stage.AUDIO,
    TaskKind.MUSIC: Stage.AUDIO,
    TaskKind.EFFECTS: Stage.AUDIO,
    TaskKind.SEGMENT: Stage.COMPOSITION,
    TaskKind.FILM: Stage.COMPOSITION,
    TaskKind.READING: Stage.COMPOSITION,
    TaskKind.SHEET: Stage.COMPOSITION,
    TaskKind.LEVELS: Stage.COMPOSITION,
    TaskKind.MASTER: Stage.COMPOSITION,
}

STATE_OF_STAGE = {
    Stage.IMAGES: JobState.GENERATING_IMAGES,
    Stage.VIDEO: JobState.GENERATING_VIDEO,
    Stage.AUDIO: JobState.GENERATING_AUDIO,
    Stage.COMPOSITION: JobState.COMPOSING,
}

WORK_STAGES = (Stage.IMAGES, Stage.VIDEO, Stage.AUDIO, Stage.COMPOSITION)


class IllegalMoveError(Exception):
    """A move that the table does not hold: a fault of ours, never of a client."""


def require_legal(before: JobState, after: JobState) -> None:
    """Raise IllegalMoveError unless `after` may follow `before`."""
    if after not in TRANSITIONS[before]:
        raise IllegalMoveError(f"{before} -> {after}")


def way_between(before: JobState, after: JobState) -> tuple[JobState, ...]:
    """The states to pass from `before` up to and with `after` along the way; empty when already there.

    Raises IllegalMoveError when `after` lies behind or off the way.
    """
    if before == after:
        return ()
    try:
        start, end = WAY.index(before), WAY.index(after)
    except ValueError:
        raise IllegalMoveError(f"{before} -> {after}") from None
    if end < start or before in TERMINAL:
        raise IllegalMoveError(f"{before} -> {after}")
    return WAY[start + 1 : end + 1]
