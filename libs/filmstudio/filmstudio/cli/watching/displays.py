"""Where a watch shows its job: in the terminal, on the page, and to who waits for its first steps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from filmstudio.cli.displays import Display
from filmstudio.cli.job_view import JobView
from filmstudio.cli.watching.board import Board
from filmstudio.jobs.v1 import jobs_pb2

BEFORE_RUNS = frozenset(
    {jobs_pb2.JOB_STATE_PENDING, jobs_pb2.JOB_STATE_VALIDATING, jobs_pb2.JOB_STATE_QUEUED}
)


class PageDisplay:
    """Keeps the page's progress."""

    def __init__(self, view: JobView, board: Board) -> None:
        self._view = view
        self._board = board
        self._elapsed_seconds = -1

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Show the view as it is now."""
        del update
        self._board.progresses(self._view)

    def tick(self) -> None:
        """Show it each second."""
        if int(self._view.elapsed_seconds) != self._elapsed_seconds:
            self._elapsed_seconds = int(self._view.elapsed_seconds)
            self._board.progresses(self._view)

    def close(self) -> None:
        """The page stays."""


class RunsTaken:
    """Sets `event` when a job has taken what it needs of the runs that were under way."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Look at the update."""
        if update.HasField("event") and (update.event.tasks or update.event.state not in BEFORE_RUNS):
            self.event.set()

    def tick(self) -> None:
        """Time says nothing."""

    def close(self) -> None:
        """Nothing is open."""


class Displays:
    """Several displays as one."""

    def __init__(self, displays: Sequence[Display]) -> None:
        self._displays = displays

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Show it in each."""
        for display in self._displays:
            display.show(update)

    def tick(self) -> None:
        """Pass it on to each."""
        for display in self._displays:
            display.tick()

    def close(self) -> None:
        """Close each."""
        for display in self._displays:
            display.close()
