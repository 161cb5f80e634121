"""Films submitted at a steady pace, so that a studio works at a rate that it can keep up."""

from __future__ import annotations

import asyncio
import time

from bench.throughput.films import SMALL, ended_at, prepared, tasks_of
from filmstudio.client import FilmStudio


async def paced(client: FilmStudio, shots: int, tasks_per_second: float, seconds: float) -> float:
    """Submit films for so long at so many tasks a second and await them; the rate that was reached."""
    interval_seconds = tasks_of(shots) / tasks_per_second
    films = max(1, round(seconds / interval_seconds))
    ready = [await prepared(client, shots) for _ in range(films)]
    began, began_at = time.monotonic(), time.time()
    submitted: set[str] = set()
    for number, (project, revision) in enumerate(ready):
        await asyncio.sleep(max(0.0, began + number * interval_seconds - time.monotonic()))
        submitted.add((await client.create_job(project, revision, SMALL)).name)
    ends = await ended_at(client, submitted)
    return films * tasks_of(shots) / (max(ends) - began_at)
