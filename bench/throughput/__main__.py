"""Film Studio beside a Celery + Redis pipeline of the same graph, hand-offs, recovery and memory.

    python -m bench.throughput [--parts crowd handoff recovery memory] [--jobs 60] [--shots 20] [--json]

On a machine that others use, read the ratios and the CPU seconds, not the seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bench.peer.environment import PeerPlan, install
from bench.throughput import report
from bench.throughput.handoff import handoffs
from bench.throughput.memory import memory_trend
from bench.throughput.recovery import generator_killed, jobs_killed
from bench.throughput.sides import Load, celery, film_studio

Printed = tuple[str, dict[str, Any]]


def crowd(options: argparse.Namespace) -> Printed:
    """Both sides' tasks a second and lone films."""
    load = Load(options.jobs, options.shots, options.lone)
    install()
    ours, sizes = asyncio.run(film_studio(load, _lanes(options)))
    theirs = [
        celery(load, sizes, PeerPlan(options.celery_processes, options.celery_prefetch, in_bucket))
        for in_bucket in (False, True)
    ]
    figures = {side.name: asdict(side) for side in (ours, *theirs)}
    return report.crowd(load, ours, theirs), {"load": asdict(load), **figures}


def handoff(options: argparse.Namespace) -> Printed:
    """From a dependency's result to the order of what waited for it."""
    found = asyncio.run(handoffs(options.rate, options.handoff_seconds, _lanes(options)))
    return report.handoff(found), asdict(found)


def recovery(options: argparse.Namespace) -> Printed:
    """Work that stands still after kills."""
    generator = asyncio.run(generator_killed(options.shots))
    jobs = asyncio.run(jobs_killed(options.shots))
    return report.recovery(generator, jobs), {"generator": asdict(generator), "jobs": asdict(jobs)}


def memory(options: argparse.Namespace) -> Printed:
    """The job service's memory over many jobs."""
    trend = asyncio.run(memory_trend(options.memory_jobs))
    return report.memory(trend), {**asdict(trend), "slope_bytes_per_job": trend.slope_bytes_per_job}


PARTS: dict[str, Callable[[argparse.Namespace], Printed]] = {
    "crowd": crowd,
    "handoff": handoff,
    "recovery": recovery,
    "memory": memory,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts one after another and print each when it is done."""
    options = _parser().parse_args(arguments)
    for part in options.parts:
        text, figures = PARTS[part](options)
        print(json.dumps({part: figures}) if options.json else f"{text}\n", flush=True)


def _lanes(options: argparse.Namespace) -> dict[str, str]:
    return {"FILM_IMAGEGEN_LANES": str(options.lanes), "FILM_VIDEOGEN_LANES": str(options.lanes)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput")
    add = parser.add_argument
    add("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    add("--jobs", type=int, default=60, help="films submitted at once")
    add("--shots", type=int, default=20, help="shots of a film")
    add("--lone", type=int, default=7, help="lone films before the crowd")
    add("--lanes", type=int, default=8, help="orders that imagegen and videogen work on at a time")
    add("--celery-processes", type=int, default=os.cpu_count(), help="worker processes")
    add("--celery-prefetch", type=int, default=4, help="messages that a worker process takes ahead")
    add("--rate", type=float, default=200.0, help="tasks a second while hand-offs are measured")
    add("--handoff-seconds", type=float, default=15.0, help="for how long")
    add("--memory-jobs", type=int, default=500, help="films of one shot while memory is watched")
    add("--json", action="store_true", help="one JSON object a part")
    return parser


if __name__ == "__main__":
    main()
