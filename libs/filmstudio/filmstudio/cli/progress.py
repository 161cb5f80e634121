"""What a person sees of a running job: a line for each change, or a live table in a terminal."""

from __future__ import annotations

import json
import sys
import time
from typing import Protocol

from google.protobuf import json_format

from filmstudio.jobs.v1 import jobs_pb2

_STAGES = {
    jobs_pb2.STAGE_IMAGES: "stills",
    jobs_pb2.STAGE_VIDEO: "clips",
    jobs_pb2.STAGE_AUDIO: "sound",
    jobs_pb2.STAGE_COMPOSITION: "cut",
}


class Display(Protocol):
    """Shows updates of one job."""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Show one update."""

    def close(self) -> None:
        """Leave the screen as it is."""


class JsonDisplay:
    """One JSON object a line, for programs."""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Print the update as JSON."""
        print(json.dumps(json_format.MessageToDict(update)), flush=True)

    def close(self) -> None:
        """Nothing is open."""


class LineDisplay:
    """A line when the state or a stage's counters change, for logs."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Print what changed."""
        if not update.HasField("event"):
            return
        line = summary(update.event)
        if line != self._last:
            self._last = line
            print(line, flush=True)

    def close(self) -> None:
        """Nothing is open."""


class LiveDisplay:
    """One line that is drawn over and over, with the expected time left."""

    def __init__(self) -> None:
        self._started_at = time.monotonic()
        self._event = jobs_pb2.JobEvent()
        self._running: dict[str, int] = {}

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Draw the line anew."""
        if update.HasField("event"):
            self._event = update.event
            for change in update.event.tasks:
                if change.state != jobs_pb2.TASK_STATE_RUNNING:
                    self._running.pop(change.display_name, None)
                else:
                    self._running.setdefault(change.display_name, 0)
        else:
            self._running[update.progress.display_name] = update.progress.percent
        sys.stderr.write(f"\r\x1b[2K{self._line()}")
        sys.stderr.flush()

    def _line(self) -> str:
        at_work = ", ".join(f"{name} {percent}%" for name, percent in list(self._running.items())[:2])
        return f"{summary(self._event)}{self._left()}{'  ' + at_work if at_work else ''}"[:158]

    def _left(self) -> str:
        """The time left when the rest goes as fast as what was rendered so far."""
        rendered = sum(stage.done - stage.cached for stage in self._event.stages)
        left = sum(stage.total - stage.done for stage in self._event.stages)
        if not rendered or not left:
            return ""
        seconds = (time.monotonic() - self._started_at) / rendered * left
        return f"  about {seconds:.0f} s left"

    def close(self) -> None:
        """End the line."""
        sys.stderr.write("\n")


def display(*, as_json: bool) -> Display:
    """The display that fits where the output goes."""
    if as_json:
        return JsonDisplay()
    return LiveDisplay() if sys.stderr.isatty() else LineDisplay()


def summary(event: jobs_pb2.JobEvent) -> str:
    """State and counters in one line: "COMPOSING  stills 14/14  clips 14/14 ..."."""
    state = jobs_pb2.JobState.Name(event.state).removeprefix("JOB_STATE_")
    counters = "  ".join(f"{_STAGES[stage.stage]} {stage.done}/{stage.total}" for stage in event.stages)
    waiting = "  cancel requested" if event.cancel_requested else ""
    return f"{state:<18} {counters}{waiting}".rstrip()
