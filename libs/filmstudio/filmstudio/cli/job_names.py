"""Jobs as people name them: jobs/UUID, the UUID, or as much of its start as is unique."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from filmstudio.errors import RefusedError

if TYPE_CHECKING:
    from filmstudio.client import FilmStudio

SHORT_CHARS = 13
"""The id's time in milliseconds: two jobs of one workspace seldom have the same."""

SEARCHED_MAX = 2_000
NAMED_MAX = 5

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_START = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


def short(job: str) -> str:
    """The start of a job's id, long enough to name it."""
    return job.removeprefix("jobs/")[:SHORT_CHARS]


async def full_name(studio: FilmStudio, written: str) -> str:
    """The job's name, "jobs/UUID". Raises RefusedError for what names no job, or several."""
    start = written.strip().lower().removeprefix("jobs/")
    if _ID.fullmatch(start):
        return f"jobs/{start}"
    if not _START.fullmatch(start):
        raise RefusedError(f"{written!r} names no job; film jobs lists them")
    found = await _starting_with(studio, start)
    if not found:
        raise RefusedError(f"no job starts with {start}; film jobs lists them")
    if len(found) > 1:
        listed = ", ".join(name.removeprefix("jobs/") for name in found[:NAMED_MAX])
        raise RefusedError(f"{start} names several jobs: {listed}; give more of it")
    return found[0]


async def _starting_with(studio: FilmStudio, start: str) -> list[str]:
    """Ids rise with time and the newest come first: what lies before the start ends the search."""
    found, seen = [], 0
    async with aclosing(studio.jobs(page_size=200)) as jobs:
        async for job in jobs:
            seen += 1
            identifier = job.name.removeprefix("jobs/")
            if identifier.startswith(start):
                found.append(job.name)
            elif identifier < start or seen >= SEARCHED_MAX:
                break
    return found
