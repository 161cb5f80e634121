"""What is read of a browser's trace."""

from __future__ import annotations

import json

from bench.web.traces import read_trace


def event(name: str, start_ms: float, wall_ms: float, thread: int = 1) -> dict[str, object]:
    times = {"ts": start_ms * 1000, "dur": wall_ms * 1000, "tdur": wall_ms * 500}
    return {"name": name, "ph": "X", "pid": 7, "tid": thread, **times}


def trace_of(*events: dict[str, object]) -> bytes:
    names = [
        {"name": "thread_name", "ph": "M", "pid": 7, "tid": thread, "args": {"name": name}}
        for thread, name in ((1, "CrRendererMain"), (2, "Compositor"))
    ]
    return json.dumps({"traceEvents": [*names, *events]}).encode()


def test_a_layout_within_a_script_is_forced_and_one_of_the_frame_is_not() -> None:
    trace = trace_of(event("FunctionCall", 0, 10), event("Layout", 2, 3), event("Layout", 20, 3))

    forced = read_trace(trace).forced

    assert [layout.start_us for layout in forced] == [2000]


def test_the_longest_task_is_told_by_the_clock_and_of_the_processor() -> None:
    trace = trace_of(event("RunTask", 0, 60), event("RunTask", 70, 10), event("RunTask", 0, 500, thread=2))

    drawn = read_trace(trace)

    assert (drawn.longest_ms(), drawn.longest_cpu_ms(), drawn.over(50)) == (60, 30, 1)
