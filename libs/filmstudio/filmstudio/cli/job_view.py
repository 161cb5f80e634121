"""What is known of a job that is watched: its state, its counters, what is at work, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from filmstudio.cli.estimate import Estimate
from filmstudio.cli.plain import plain
from filmstudio.job_calls import TERMINAL_STATES
from filmstudio.jobs.v1 import jobs_pb2

STAGE_WORDS = {
    jobs_pb2.STAGE_PLANNING: "plan",
    jobs_pb2.STAGE_IMAGES: "stills",
    jobs_pb2.STAGE_VIDEO: "clips",
    jobs_pb2.STAGE_AUDIO: "sound",
    jobs_pb2.STAGE_COMPOSITION: "cut",
}


@dataclass(slots=True)
class AtWork:
    """A dispatched task; `percent` is None until its engine has said how far it is."""

    display_name: str
    engine: str
    percent: int | None = None


class JobView:
    """Fed with a job's updates. `now` gives seconds of any clock; the job's own times are the studio's."""

    def __init__(self, title: str = "", now: Callable[[], float] = time.monotonic) -> None:
        self.title = plain(title)
        self.event = jobs_pb2.JobEvent()
        self.at_work: dict[str, AtWork] = {}
        self.away_seconds = 0.0
        self._now = now
        self._heard_at = now()
        self._began_at: float | None = None
        self._engines: dict[str, str] = {}
        self._estimate = Estimate({})

    @property
    def state(self) -> str:
        """Such as "GENERATING_IMAGES"; empty before the first event."""
        return state_name(self.event.state) if self.event.sequence else ""

    @property
    def is_over(self) -> bool:
        """Whether the job has ended."""
        return self.event.state in TERMINAL_STATES

    @property
    def needs_tasks(self) -> bool:
        """Whether the plan is known to the studio and not yet to this view: `learn` it."""
        return bool(self.event.stages) and not self._engines

    def learn(self, tasks: Sequence[jobs_pb2.Task]) -> None:
        """The tasks of the plan, for engines and the time left."""
        self._engines = {task.name: plain(task.engine) for task in tasks}
        self._estimate = Estimate({task.name: task.kind for task in tasks})
        for task in tasks:
            self._estimate.change(task.name, task.state, self.time)
        for name, work in self.at_work.items():
            work.engine = self._engines.get(name, "")

    def apply(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Take an update in."""
        self.away_seconds = 0.0
        if update.HasField("event"):
            self._apply_event(update.event)
        else:
            self._apply_progress(update.progress)

    @property
    def time(self) -> float:
        """Now, by the studio's clock, Unix seconds; it stands still when the job has ended."""
        since = 0.0 if self.is_over else self._now() - self._heard_at
        return _seconds(self.event.time) + since

    @property
    def elapsed_seconds(self) -> float:
        """Since the job was accepted."""
        return self.time - self._began_at if self._began_at is not None else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The expected time; None when nothing can be said."""
        return None if self.is_over else self._estimate.seconds_left(self.time)

    def summary(self) -> str:
        """Counters in one line: "stills 12/14  clips 3/14 ..."; empty before the plan."""
        return "  ".join(
            f"{STAGE_WORDS[stage.stage]} {stage.done}/{stage.total}" for stage in self.event.stages
        )

    def notes(self) -> list[str]:
        """What a person should know besides: a lost studio, a cancel, a pool without a worker."""
        notes: list[str] = []
        if self.is_over:
            return notes
        if self.away_seconds:
            notes.append(f"the studio has not answered for {self.away_seconds:.0f} s; asking again")
        if self.event.cancel_requested:
            notes.append("cancel requested; waiting for what runs")
        for wait in self.event.waiting_for_capacity:
            seconds = max(0.0, self.time - _seconds(wait.since_time))
            notes.append(f"{wait.pool} has had no worker for {seconds:.0f} s")
        return notes

    def _apply_event(self, event: jobs_pb2.JobEvent) -> None:
        self.event, self._heard_at = event, self._now()
        at = _seconds(event.time)
        if self._began_at is None:
            self._began_at = at
        for change in event.tasks:
            self._estimate.change(change.task, change.state, at)
            if change.state == jobs_pb2.TASK_STATE_RUNNING:
                engine = self._engines.get(change.task, "")
                self.at_work[change.task] = AtWork(plain(change.display_name), engine)
            else:
                self.at_work.pop(change.task, None)

    def _apply_progress(self, progress: jobs_pb2.TaskProgress) -> None:
        self._estimate.progress(progress.task, progress.percent, self.time)
        work = self.at_work.get(progress.task)
        if work is not None:
            work.percent = progress.percent


def state_name(number: int) -> str:
    """The state's name without its prefix."""
    return jobs_pb2.JobState.Name(jobs_pb2.JobState.ValueType(number)).removeprefix("JOB_STATE_")


def _seconds(moment: object) -> float:
    return float(moment.ToNanoseconds()) / 1e9  # type: ignore[attr-defined]  # a Timestamp
