"""film projects and film delete."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing

from filmstudio.cli.durations import age
from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.projects.v1 import projects_pb2

COLUMNS = (
    Column("PROJECT", yields=True),
    Column("REVISION", right=True),
    Column("STORED", right=True),
    Column("CHANGED", right=True),
    Column("ID"),
)
MEGABYTE_BYTES = 1_000_000
NOTHING_YET = "No projects yet; make a film with: film render SCRIPT"


async def list_projects(studio: FilmStudio, limit: int, *, as_json: bool) -> Exit:
    """The newest projects. Raises FilmStudioError."""
    found: list[projects_pb2.Project] = []
    async with aclosing(studio.projects()) as projects:
        async for project in projects:
            found.append(project)
            if len(found) == limit:
                break
    if as_json:
        print_json(found)
    elif found:
        print_table(COLUMNS, map(_row, found))
    else:
        print(NOTHING_YET)
    return Exit.OK


async def delete_project(studio: FilmStudio, written: str, *, asked: bool) -> Exit:
    """Delete a project, after asking whoever is there. Raises FilmStudioError."""
    project = await named_project(studio, written)
    if asked and not await asyncio.to_thread(_agreed, project):
        print("Nothing was deleted.")
        return Exit.OK
    await studio.transfers.delete_project(project.name)
    print(f"Deleted {project.display_name}.")
    return Exit.OK


def _agreed(project: projects_pb2.Project) -> bool:
    """Raises RefusedError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise RefusedError("nobody can be asked here; say --yes to delete without a question")
    answer = input(f"Delete {project.display_name} ({project.name}) with its jobs and films? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


def _row(project: projects_pb2.Project) -> Sequence[str]:
    return (
        project.display_name,
        project.latest_revision.rpartition("/")[2],
        _size(project.stored_bytes),
        age(time.time() - project.update_time.ToSeconds()),
        project.name.removeprefix("projects/"),
    )


def _size(size_bytes: int) -> str:
    """Megabytes; empty before it was measured."""
    return f"{size_bytes / MEGABYTE_BYTES:.1f} MB" if size_bytes else ""
