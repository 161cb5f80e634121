"""What is shown of a running job where nobody looks at a screen: lines for logs, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from google.protobuf import json_format

from filmstudio.cli.durations import about, clock
from filmstudio.cli.job_view import JobView
from filmstudio.jobs.v1 import jobs_pb2

LINES_APART_MIN_SECONDS = 5.0
LINES_APART_MAX_SECONDS = 60.0
LINES_OF_A_JOB = 20


class Display(Protocol):
    """Shows one job; the view has taken each update in before it is shown."""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """An update came."""

    def tick(self) -> None:
        """Time has passed."""

    def close(self) -> None:
        """Leave the screen as it is; `show` opens it again."""


class JsonDisplay:
    """One JSON object a line on standard output."""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Print the update as JSON."""
        print(json.dumps(json_format.MessageToDict(update)), flush=True)

    def tick(self) -> None:
        """Time says nothing."""

    def close(self) -> None:
        """Nothing is open."""


class LineDisplay:
    """A line when the state changes, and now and then when counters do: the longer it takes, the rarer."""

    def __init__(
        self, view: JobView, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._view = view
        self._stream = stream or sys.stderr
        self._now = now
        self._began_at = self._said_at = now()
        self._state = self._summary = self._notes = ""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Print a line for a new state, or when the last one is old."""
        del update
        self.tick()

    def tick(self) -> None:
        """Print a line when there is news and the last one is old."""
        view = self._view
        is_new = view.state != self._state
        # Seconds pass in the notes without being news.
        notes = "; ".join(view.notes())
        news = (view.summary(), bool(notes)) != (self._summary, bool(self._notes))
        if not is_new and not (news and self._now() - self._said_at >= self._apart_seconds()):
            return
        self._state, self._summary, self._notes = view.state, view.summary(), notes
        self._said_at = self._now()
        print(self._line(notes), file=self._stream, flush=True)

    def _line(self, notes: str) -> str:
        left = self._view.seconds_left
        parts = [
            f"{clock(self._view.elapsed_seconds):>5}  {self._view.state:<17}",
            self._view.summary(),
            f"{about(left)} left" if left is not None else "",
            notes,
        ]
        return "  ".join(part for part in parts if part).rstrip()

    def _apart_seconds(self) -> float:
        running = self._now() - self._began_at
        return min(max(running / LINES_OF_A_JOB, LINES_APART_MIN_SECONDS), LINES_APART_MAX_SECONDS)

    def close(self) -> None:
        """Nothing is open."""
