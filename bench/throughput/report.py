"""The figures for people."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bench.throughput.handoff import Handoffs
from bench.throughput.memory import MemoryTrend
from bench.throughput.recovery import GeneratorKilled, JobsKilled
from bench.throughput.sides import Figures, Load


def crowd(load: Load, ours: Figures, theirs: Sequence[Figures]) -> str:
    """All sides, the ratios to each peer, and where the CPU seconds went."""
    lines = [
        f"{load.jobs} films of {load.shots} shots at once, {load.tasks} tasks; {load.lone_jobs} lone films; "
        f"{os.cpu_count()} cores",
        "",
        "                          tasks/s   crowd s    lone s  CPU ms a task  others' CPU s",
        *(_line(load, side) for side in (ours, *theirs)),
        "",
    ]
    for peer in theirs:
        rate, lone = peer.crowd_seconds / ours.crowd_seconds, ours.lone_seconds / peer.lone_seconds
        lines.append(
            f"  beside {peer.name}: {rate:.2f} of its tasks/s, a lone film in {lone:.2f} of its time"
        )
    for side in (ours, *theirs):
        by_cost = sorted(side.cpu_seconds.items(), key=lambda entry: -entry[1])
        costs = ", ".join(f"{name} {1000 * seconds / load.tasks:.2f}" for name, seconds in by_cost)
        lines.append(f"  {side.name}, CPU ms a task: {costs}")
    return "\n".join(lines)


def _line(load: Load, side: Figures) -> str:
    cpu_ms = 1000 * sum(side.cpu_seconds.values()) / load.tasks
    rate = load.tasks / side.crowd_seconds
    return (
        f"  {side.name:22} {rate:8.0f} {side.crowd_seconds:9.2f} {side.lone_seconds:9.3f} {cpu_ms:14.2f} "
        f"{side.others_cpu_seconds:14.1f}"
    )


def handoff(found: Handoffs) -> str:
    """One line."""
    return (
        f"hand-off of a dependency to what waited for it: p50 {found.p50_ms:.1f} ms, "
        f"p99 {found.p99_ms:.1f} ms, {found.count} hand-offs at {found.tasks_per_second:.0f} tasks/s"
    )


def recovery(generator: GeneratorKilled, jobs: JobsKilled) -> str:
    """Two lines."""
    return (
        f"a generator killed in a task: its pool's next run ended after {generator.next_run_seconds:.1f} s, "
        f"the task itself after {generator.killed_run_seconds:.1f} s (lease: {generator.lease_seconds:.0f})\n"
        f"one of two job services killed: the longest pause of a job was {jobs.pause_seconds:.1f} s "
        f"({jobs.usual_pause_seconds:.1f} s before)"
    )


def memory(trend: MemoryTrend) -> str:
    """The samples and the slope."""
    samples = ", ".join(f"{kb / 1024:.0f}" for kb in trend.resident_kb)
    return (
        f"memory of the job service over {trend.jobs[-1]} films of one shot, MB: {samples}\n"
        f"slope of the second half: {trend.slope_bytes_per_job:.0f} bytes a job"
    )
