"""What the web studio costs in a browser, on a studio of its own with the engines of the settings.

    python -m bench.web [--shots 100] [--rounds 5] [--null]

In each round a storyboard of so many shots is drawn while a page follows it: how long after its commit an
event that moves a bar shows there, and has come to a watcher over gRPC. Then the board is opened anew and
scrolled down and up twice: its longest task, by the clock and of the processor, and the layouts that
scripts forced, as the browser's trace has them. The processor isn't slowed down; as root, the browser is
served before the studio, as one on a machine of its own. --null: engines that draw nothing, so that drawing
doesn't take the processor from what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import time
from contextlib import aclosing

from bench.edge.latencies import percentile_ms
from bench.plan_render import script_of
from bench.studio import NULL_ENGINES, Studio, studio_of, until_pools
from bench.web.arrivals import WATCH, Arrivals, arrivals_of, commits
from bench.web.browsing import Visit, visiting
from bench.web.scrolling import scroll
from bench.web.traces import Drawn
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.embedded.ports import free_ports
from studio_platform.embedded.postgres import plan_postgres, sql_command

DRAWN = jobs_pb2.RenderOptions(target=jobs_pb2.TARGET_STORYBOARD)
EMPTY = "No film yet"
# As a link within the studio goes: nothing is loaded anew.
FOLLOW = "address => history.pushState(null, '', address)"
TASK_MS_MAX = 50.0
EVENT_MS_MAX = 200.0
UNLIMITED = {name: value for name, value in NULL_ENGINES.items() if name.startswith("FILM_LIMIT_")}


async def main(studio: Studio, shots: int, rounds: int) -> None:
    """Draw boards while a page follows, then scroll them."""
    drawn, arrived = [], []
    async with studio.client() as client, visiting(studio) as visit:
        await until_pools(client)
        for number in range(rounds):
            project, arrivals = await followed(studio, client, visit, f"Board {number + 1}", shots)
            arrived.append(arrivals)
            drawn.append(await scroll(visit, project, shots))
            print(f"{shown_late(arrivals)}\n{shown_drawn(drawn[-1])}", flush=True)
    late = statistics.median(percentile_ms(each.page_seconds, 50) for each in arrived)
    longest = statistics.median(each.longest_cpu_ms() for each in drawn)
    forced = sum(len(each.forced) for each in drawn)
    print(f"medians: an event after {late:.0f} ms, wanted {EVENT_MS_MAX:.0f}")
    print(f"the longest task {longest:.0f} ms of the processor, wanted {TASK_MS_MAX:.0f}; {forced} forced")


async def followed(
    studio: Studio, client: FilmStudio, visit: Visit, name: str, shots: int
) -> tuple[str, Arrivals]:
    """Draw a board while a page follows; the project's name, and how late its events were."""
    project = (await client.project_called(name)).name
    revision = await client.import_screenplay(project, script_of(shots))
    await visit.page.goto(f"/{project}/film")
    await visit.page.get_by_role("heading", name=EMPTY).wait_for()
    await visit.page.evaluate(WATCH)
    job = await client.create_job(project, revision.name, DRAWN)
    await visit.page.evaluate(FOLLOW, f"/{project}/film?job={job.name.removeprefix('jobs/')}")
    watched: dict[int, float] = {}
    async with aclosing(client.watch(job.name)) as updates:
        async for update in updates:
            watched.setdefault(update.event.sequence, time.time())
    async with studio.database() as database:
        told = await commits(database, job.name)
    return project, await arrivals_of(visit.page, told, watched)


def shown_late(arrivals: Arrivals) -> str:
    """A line on the delays of events."""
    page, watcher = (
        ", ".join(f"p{share} {percentile_ms(delays, share):.0f}" for share in (50, 90, 99))
        for delays in (arrivals.page_seconds, arrivals.watcher_seconds)
    )
    return f"{len(arrivals.page_seconds)} events, ms after their commits: page {page}; watcher {watcher}"


def shown_drawn(drawn: Drawn) -> str:
    """A line on a board that was scrolled."""
    over = f"{drawn.over(TASK_MS_MAX)} over {TASK_MS_MAX:.0f} ms, the longest {drawn.longest_ms():.0f} ms"
    cpu = f"{drawn.over_cpu(TASK_MS_MAX)} of them, the longest {drawn.longest_cpu_ms():.0f} ms"
    forced = f"{len(drawn.forced)} forced layouts"
    return f"{len(drawn.tasks)} tasks by the clock {over}; of the processor {cpu}; {forced}"


def keep_commit_times(studio: Studio) -> None:
    """Have Postgres note when each transaction was committed; the studio starts anew for that."""
    state = studio.state
    server = plan_postgres(
        studio.home / "postgres", state["ports"]["postgres"], state["secrets"]["postgres-admin"]
    )
    asked = sql_command(server, "alter system set track_commit_timestamp = on")
    subprocess.run(asked.argv, input=asked.standard_input, env=asked.environment, check=True)
    studio.film("down")
    studio.film("up")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--null", action="store_true")
    given = parser.parse_args()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FILM_")}
    engines = NULL_ENGINES if given.null else {}
    with studio_of({**inherited, **UNLIMITED, **engines}, "--port", str(free_ports(1)[0])) as running:
        keep_commit_times(running)
        asyncio.run(main(running, given.shots, given.rounds))
