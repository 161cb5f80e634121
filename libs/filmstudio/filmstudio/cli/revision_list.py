"""film revisions: the texts of a project."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing

from filmstudio.cli.durations import age
from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.screenplay.v1 import screenplay_pb2

COLUMNS = (
    Column("REVISION", right=True),
    Column("FORMAT"),
    Column("BYTES", right=True),
    Column("AGE", right=True),
    Column("SHA-256"),
    Column(""),
)
DIGEST_CHARS = 12
NOTHING_YET = "No text yet; bring one with: film render SCRIPT"


async def list_revisions(studio: FilmStudio, project: str, limit: int, *, as_json: bool) -> Exit:
    """The newest revisions of a project. Raises FilmStudioError."""
    meant = await named_project(studio, project)
    found = await newest_revisions(studio, meant.name, limit)
    if as_json:
        print_json(found)
    elif found:
        print_table(COLUMNS, [_row(revision, meant.latest_revision) for revision in found])
    else:
        print(NOTHING_YET)
    return Exit.OK


async def newest_revisions(
    studio: FilmStudio, project: str, most: int
) -> list[screenplay_pb2.ScreenplayRevision]:
    """At most so many, the newest first. Raises FilmStudioError."""
    found: list[screenplay_pb2.ScreenplayRevision] = []
    async with aclosing(studio.revisions(project)) as revisions:
        async for revision in revisions:
            found.append(revision)
            if len(found) == most:
                break
    return found


def number_of(name: str) -> int:
    """The number of "projects/{uuid}/revisions/{number}"."""
    return int(name.rpartition("/")[2])


def _row(revision: screenplay_pb2.ScreenplayRevision, latest: str) -> Sequence[str]:
    form = screenplay_pb2.ScreenplayFormat.Name(revision.format).removeprefix("SCREENPLAY_FORMAT_")
    return (
        str(number_of(revision.name)),
        "auto" if form == "UNSPECIFIED" else form.lower().replace("_", " "),
        f"{revision.size_bytes:,}",
        age(time.time() - revision.create_time.ToSeconds()),
        revision.sha256[:DIGEST_CHARS],
        "rendered next" if revision.name == latest else "",
    )
