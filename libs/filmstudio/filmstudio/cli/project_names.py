"""Projects as people name them: by their name, projects/UUID, or as much of the UUID as is unique."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

from filmstudio.errors import RefusedError

if TYPE_CHECKING:
    from filmstudio.client import FilmStudio
    from filmstudio.projects.v1 import projects_pb2

SEARCHED_MAX = 2_000
NAMED_MAX = 5

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_START = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


async def named_project(studio: FilmStudio, written: str) -> projects_pb2.Project:
    """The project that is meant; of several with one name the newest.

    Raises RefusedError for what names none, or several.
    """
    start = written.strip().lower().removeprefix("projects/")
    if _ID.fullmatch(start):
        return await studio.project(f"projects/{start}")
    found = await _fitting(studio, written.strip(), start if _START.fullmatch(start) else "")
    if not found:
        raise RefusedError(
            f"there is no project {written!r} among the newest {SEARCHED_MAX:,}; film projects lists them"
        )
    if len(found) > 1:
        listed = ", ".join(project.name for project in found[:NAMED_MAX])
        raise RefusedError(f"{written} names several projects: {listed}; give more of it")
    return found[0]


async def _fitting(studio: FilmStudio, called: str, start: str) -> list[projects_pb2.Project]:
    """The newest project that is called so, or else all whose ids start so."""
    starting, seen = [], 0
    async with aclosing(studio.projects()) as projects:
        async for project in projects:
            seen += 1
            if project.display_name == called:
                return [project]
            if start and project.name.removeprefix("projects/").startswith(start):
                starting.append(project)
            if seen >= SEARCHED_MAX:
                break
    return starting
