"""An unchanged film rendered again, and one with a changed line: what runs, and how long it takes.

    python -m bench.second_render [--shots 100] [--rounds 5] [--engines]

A studio of its own with null engines (--engines: those of the settings). Prints seconds from submit to end by
the clock of the studio, runs by kind, and what the plan had said.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
from collections import Counter

from bench.plan_render import script_of
from bench.renders import render
from bench.studio import NULL_ENGINES, Studio, studio_of, until_pools
from filmstudio.client import FilmStudio
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.embedded.ports import free_ports

LIMIT_SECONDS = 1.5
OPTIONS = jobs_pb2.RenderOptions(narrate=False)


async def rendered(studio: FilmStudio, project: str, content: bytes, title: str) -> float:
    """Render a text and print what ran; seconds from submit to end."""
    plan = await studio.plan_render(project, OPTIONS, content=content)
    made = await render(studio, project, content, OPTIONS)
    runs: Counter[str] = Counter()
    for task in await studio.tasks(made.job.name):
        if not task.cached:
            runs[task_pb2.TaskKind.Name(task.kind).removeprefix("TASK_KIND_").lower()] += 1
    said = f"{plan.total.runs} to run, {plan.total.runs_unless_equal} unless equal"
    ran = ", ".join(f"{count} {kind}" for kind, count in runs.items()) or "none"
    print(f"{title:<18} {made.seconds:7.2f} s   runs: {ran}   (plan: {said})", flush=True)
    return made.seconds


async def main(studio: Studio, shots: int, rounds: int) -> None:
    """Render once, some times again, and with a changed line."""
    async with studio.client() as client:
        await until_pools(client)
        project = (await client.project_called("Second render")).name
        first = await rendered(client, project, script_of(shots), "first")
        again = [await rendered(client, project, script_of(shots), "unchanged") for _ in range(rounds)]
        changed = await rendered(
            client, project, script_of(shots, changed=shots // 2 | 1), "one line changed"
        )
    median = statistics.median(again)
    print(f"\nunchanged: {median:.2f} s in the median, {median / LIMIT_SECONDS:.2f} of {LIMIT_SECONDS} s")
    print(f"one line changed: 1/{first / changed:.0f} of the first render")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engines", action="store_true")
    chosen = parser.parse_args()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    settings = inherited if chosen.engines else {**inherited, **NULL_ENGINES}
    with studio_of(settings, "--port", str(free_ports(1)[0])) as running:
        asyncio.run(main(running, chosen.shots, chosen.rounds))
