"""How long a job still takes, from how fast each kind of work went so far: a clip is not a still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

Kind: TypeAlias = task_pb2.TaskKind.ValueType
State: TypeAlias = jobs_pb2.TaskState.ValueType

# Seconds of a kind's pool for one task, with the embedded engines on two cores; for a segment and the film,
# for each of their shots. It is assumed before anything is known, and weighs as much as PRIOR_TASKS tasks.
PRIOR_SECONDS: Mapping[Kind, float] = {
    task_pb2.TASK_KIND_STILL: 0.4,
    task_pb2.TASK_KIND_CLIP: 1.2,
    task_pb2.TASK_KIND_SPEECH: 2.0,
    task_pb2.TASK_KIND_MUSIC: 1.0,
    task_pb2.TASK_KIND_EFFECTS: 1.2,
    task_pb2.TASK_KIND_SEGMENT: 0.3,
    task_pb2.TASK_KIND_FILM: 0.1,
    task_pb2.TASK_KIND_READING: 0.1,
    task_pb2.TASK_KIND_SHEET: 0.05,
    task_pb2.TASK_KIND_LEVELS: 0.01,
    task_pb2.TASK_KIND_MASTER: 0.1,
}
PRIOR_TASKS = 0.5
# A machine that is slow at what was seen is so at the rest; one that waits for a GPU elsewhere is not.
SLOWNESS_MIN, SLOWNESS_MAX = 0.25, 8.0
SILENT_PART_MAX = 0.9
# These are made side by side, in pools of their own; then come the segments, then the film.
SIDE_BY_SIDE = (
    task_pb2.TASK_KIND_STILL,
    task_pb2.TASK_KIND_CLIP,
    task_pb2.TASK_KIND_SPEECH,
    task_pb2.TASK_KIND_MUSIC,
    task_pb2.TASK_KIND_EFFECTS,
)
# One of these ends a job.
WHOLES = (task_pb2.TASK_KIND_FILM, task_pb2.TASK_KIND_READING, task_pb2.TASK_KIND_SHEET)
AFTER_SCENES = (task_pb2.TASK_KIND_LEVELS, task_pb2.TASK_KIND_MASTER, *WHOLES)
ENDED = frozenset({jobs_pb2.TASK_STATE_DONE, jobs_pb2.TASK_STATE_FAILED, jobs_pb2.TASK_STATE_CANCELLED})


@dataclass(slots=True)
class _Pace:
    """One kind's work: what is open, what was made, and for how long its pool was busy with it, seconds.

    `told_seconds` is how long it had been busy at the last sign of how far it is.
    """

    prior_seconds: float
    open: set[str] = field(default_factory=set)
    running: dict[str, float] = field(default_factory=dict)
    made: int = 0
    busy_before_seconds: float = 0.0
    busy_since: float = 0.0
    told_seconds: float = 0.0

    def start(self, task: str, at: float) -> None:
        if not self.running:
            self.busy_since = at
        self.running.setdefault(task, 0.0)

    def progress(self, task: str, part: float, at: float) -> None:
        if task in self.running:
            self.running[task] = part
            self.told_seconds = self.busy_seconds(at)

    def end(self, task: str, at: float, *, is_made: bool) -> None:
        self.open.discard(task)
        self.pause(task, at)
        self.made += is_made
        self.told_seconds = self.busy_seconds(at)

    def pause(self, task: str, at: float) -> None:
        if self.running.pop(task, None) is not None and not self.running:
            self.busy_before_seconds += at - self.busy_since

    def busy_seconds(self, at: float) -> float:
        return self.busy_before_seconds + (at - self.busy_since if self.running else 0.0)

    def seen(self) -> float:
        """How many were made, a part for each that runs."""
        return self.made + sum(self.running.values())

    def seconds_of_one(self, at: float, slowness: float) -> float:
        known = (self.prior_seconds * slowness * PRIOR_TASKS + self.told_seconds) / (
            PRIOR_TASKS + self.seen()
        )
        return max(known, self.busy_seconds(at) - self.told_seconds)

    def left(self, at: float, seconds_of_one: float) -> float:
        """How many are to be made yet; what runs is thought to go on as it went, though never to its end."""
        told_parts = sum(self.running.values())
        silent_parts = (self.busy_seconds(at) - self.told_seconds) / seconds_of_one if self.running else 0.0
        return (
            len(self.open)
            - told_parts
            - min(silent_parts, SILENT_PART_MAX * (len(self.running) - told_parts))
        )


class Estimate:
    """Fed with the changes of a job's tasks; times are seconds of one clock."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        """`kinds`: all tasks of the job by name."""
        counts = Counter(kinds.values())
        self._paces = {kind: _Pace(seconds * _shots(kind, counts)) for kind, seconds in PRIOR_SECONDS.items()}
        self._pace_of = {task: self._paces[kind] for task, kind in kinds.items()}
        for task, pace in self._pace_of.items():
            pace.open.add(task)

    def change(self, task: str, state: State, at: float) -> None:
        """A task has a new state; one that was not running when it was done had been made before."""
        pace = self._pace_of.get(task)
        if pace is None:
            return
        if state == jobs_pb2.TASK_STATE_RUNNING:
            pace.start(task, at)
        elif state in ENDED:
            pace.end(task, at, is_made=state == jobs_pb2.TASK_STATE_DONE and task in pace.running)
        else:
            pace.pause(task, at)

    def progress(self, task: str, percent: int, at: float) -> None:
        """A running task is so far."""
        if task in self._pace_of:
            self._pace_of[task].progress(task, percent / 100, at)

    def seconds_left(self, at: float) -> float | None:
        """The expected time; None while nothing was made yet, and when nothing is left."""
        slowness = self._slowness()
        if slowness is None:
            return None
        each = {kind: pace.seconds_of_one(at, slowness) for kind, pace in self._paces.items()}
        all_of = {kind: pace.left(at, each[kind]) * each[kind] for kind, pace in self._paces.items()}
        segments = task_pb2.TASK_KIND_SEGMENT
        last_segment = min(each[segments], all_of[segments])
        side_by_side = max(all_of[segments] - last_segment, *(all_of[kind] for kind in SIDE_BY_SIDE))
        left = side_by_side + last_segment + sum(all_of[kind] for kind in AFTER_SCENES)
        return left if left > 0 else None

    def _slowness(self) -> float | None:
        """How much slower it went so far than assumed; None while nothing was made."""
        seen = [pace for pace in self._paces.values() if pace.seen()]
        if not seen:
            return None
        assumed = sum(pace.prior_seconds * pace.seen() for pace in seen)
        slowness = sum(pace.told_seconds for pace in seen) / assumed
        return min(max(slowness, SLOWNESS_MIN), SLOWNESS_MAX)


def _shots(kind: Kind, counts: Mapping[Kind, int]) -> float:
    """How many shots a task of the kind has, on average."""
    if kind in (task_pb2.TASK_KIND_SEGMENT, *AFTER_SCENES):
        shots = counts.get(task_pb2.TASK_KIND_STILL) or counts.get(task_pb2.TASK_KIND_SPEECH, 1)
        return shots / max(1, counts.get(kind, 1))
    return 1.0
