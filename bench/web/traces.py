"""What a browser's trace says of a page's thread: its long tasks, and layouts that a script forced."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel")
MAIN_THREAD = "CrRendererMain"
TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
LAYOUTS = ("Layout", "UpdateLayoutTree")
# A layout within one of these was asked for by the script that ran; one by itself is the page's own frame.
SCRIPTS = ("FunctionCall", "EvaluateScript", "v8.run", "RunMicrotasks", "v8.callFunction")


@dataclass(frozen=True, slots=True)
class Span:
    """Something that a thread did; microseconds by the clock, and of the processor."""

    name: str
    start_us: float
    wall_us: float
    cpu_us: float

    def holds(self, other: Span) -> bool:
        """Whether the other lies within."""
        return self.start_us <= other.start_us and other.end_us <= self.end_us

    @property
    def end_us(self) -> float:
        """When it ended."""
        return self.start_us + self.wall_us


@dataclass(frozen=True, slots=True)
class Drawn:
    """The tasks of the page's thread, and the layouts that scripts forced."""

    tasks: tuple[Span, ...]
    forced: tuple[Span, ...]

    def longest_ms(self) -> float:
        """Of a task, by the clock."""
        return max((task.wall_us for task in self.tasks), default=0.0) / 1000

    def longest_cpu_ms(self) -> float:
        """Of a task, of the processor: what another process took of the core is not in it."""
        return max((task.cpu_us for task in self.tasks), default=0.0) / 1000

    def over_cpu(self, ms: float) -> int:
        """How many tasks took longer of the processor."""
        return sum(task.cpu_us > ms * 1000 for task in self.tasks)

    def over(self, ms: float) -> int:
        """How many tasks took longer by the clock."""
        return sum(task.wall_us > ms * 1000 for task in self.tasks)


def read_trace(trace: bytes) -> Drawn:
    """The page's thread is the one that lays out most. Raises ValueError for a trace without one."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == MAIN_THREAD
    }
    if not mains:
        raise ValueError("the trace names no thread of a page")
    threads = {main: list(spans(events, *main)) for main in mains}
    shown = max(threads.values(), key=lambda found: sum(span.name in LAYOUTS for span in found))
    tasks = tuple(span for span in shown if span.name in TASKS)
    return Drawn(tasks, tuple(forced_layouts(shown)))


def spans(events: Sequence[dict[str, Any]], process: int, thread: int) -> Iterator[Span]:
    """What a thread did, whole events alone."""
    for each in events:
        if each["ph"] == "X" and (each["pid"], each["tid"]) == (process, thread):
            yield Span(each["name"], each["ts"], each.get("dur", 0), each.get("tdur", 0))


def forced_layouts(found: Sequence[Span]) -> Iterator[Span]:
    """Layouts within a script's run."""
    scripts = sorted((span for span in found if span.name in SCRIPTS), key=lambda span: span.start_us)
    for layout in (span for span in found if span.name in LAYOUTS):
        if any(script.holds(layout) for script in scripts):
            yield layout
