"""Film Studio beside a Celery + Redis pipeline of the same graph: tasks a second, and a lone film.

    python -m bench.throughput [--jobs 60] [--shots 20] [--lone 7] [--json]

On a machine that others use, read the ratios and the CPU seconds, not the seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from bench.peer.environment import install
from bench.throughput.sides import Figures, Load, celery, film_studio


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both sides once and print."""
    options = _parser().parse_args(arguments)
    load = Load(options.jobs, options.shots, options.lone)
    install()
    ours, sizes = asyncio.run(film_studio(load, {}))
    theirs = celery(load, sizes, options.celery_processes, options.celery_prefetch)
    if options.json:
        print(json.dumps({"load": asdict(load), "ours": asdict(ours), "theirs": asdict(theirs)}))
    else:
        print(table(load, ours, theirs))


def table(load: Load, ours: Figures, theirs: Figures) -> str:
    """Both sides for people."""
    rate = theirs.crowd_seconds / ours.crowd_seconds
    lone = ours.lone_seconds / theirs.lone_seconds
    lines = [
        f"{load.jobs} films of {load.shots} shots at once, {load.tasks} tasks; {load.lone_jobs} lone films; "
        f"{os.cpu_count()} cores",
        "",
        "                   tasks/s   crowd s    lone s  CPU ms a task  others' CPU s",
        *(_line(load, side) for side in (ours, theirs)),
        "",
        f"  tasks/s {rate:.2f} of Celery's; a lone film takes {lone:.2f} of Celery's time",
    ]
    for side in (ours, theirs):
        lines += ["", f"  {side.name}, CPU s of the crowd"]
        by_cost = sorted(side.cpu_seconds.items(), key=lambda entry: -entry[1])
        lines += [f"    {name:12} {seconds:6.2f}" for name, seconds in by_cost]
    return "\n".join(lines)


def _line(load: Load, side: Figures) -> str:
    cpu_ms = 1000 * sum(side.cpu_seconds.values()) / load.tasks
    rate = load.tasks / side.crowd_seconds
    return (
        f"  {side.name:15} {rate:8.0f} {side.crowd_seconds:9.2f} {side.lone_seconds:9.3f} {cpu_ms:14.2f} "
        f"{side.others_cpu_seconds:14.1f}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.throughput", description=__doc__.partition("\n")[0] if __doc__ else None
    )
    parser.add_argument("--jobs", type=int, default=60, help="films submitted at once")
    parser.add_argument("--shots", type=int, default=20, help="shots of a film")
    parser.add_argument("--lone", type=int, default=7, help="lone films before the crowd")
    parser.add_argument("--celery-processes", type=int, default=os.cpu_count(), help="worker processes")
    parser.add_argument("--celery-prefetch", type=int, default=4, help="messages a process takes ahead")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    main()
