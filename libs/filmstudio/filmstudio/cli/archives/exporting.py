"""film export: a project into one file."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

from google.protobuf import json_format

from filmstudio.cli.archives.container import ArchiveWriter
from filmstudio.cli.archives.edits import (
    cast_documents,
    left_out,
    location_documents,
    shot_documents,
    timeline_document,
)
from filmstudio.cli.archives.keys import keys_document
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.project_names import named_project
from filmstudio.cli.revision_list import number_of
from filmstudio.client import FilmStudio
from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.timeline.v1 import timeline_pb2


async def export(studio: FilmStudio, wanted: str, output: Path, *, as_json: bool) -> Exit:
    """Write a project, named or by its title, whole or not at all. Raises FilmStudioError, OSError."""
    project = await named_project(studio, wanted)
    part = output.with_name(f".{output.name}.part")
    try:
        with ArchiveWriter(part) as archive:
            texts = await _fill(studio, project, archive)
            timeline = await studio.timelines.of(project.name) if texts else timeline_pb2.Timeline()
            if texts:
                archive.add_json("timeline.json", timeline_document(timeline))
        size_bytes = (await asyncio.to_thread(part.stat)).st_size
        await asyncio.to_thread(part.replace, output)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if as_json:
        said = {"project": project.name, "path": str(output), "bytes": size_bytes}
        print(json.dumps({**said, "leftOut": left_out(timeline)}))
        return Exit.OK
    counted = "1 text" if texts == 1 else f"{texts} texts"
    print(plain(f"{output}: {project.display_name}, {counted}, {size_bytes:,} bytes"))
    for what, count in left_out(timeline).items():
        print(f"  without its {what} ({count}): an import makes what the studio makes there")
    return Exit.OK


async def _fill(studio: FilmStudio, project: projects_pb2.Project, archive: ArchiveWriter) -> int:
    """Every file of an archive; how many texts the project has. One text at a time is held in memory."""
    async with aclosing(studio.revisions(project.name)) as revisions:
        numbers = [number_of(entry.name) async for entry in revisions]
    for number in sorted(numbers):
        revision = f"{project.name}/revisions/{number}"
        name = f"revisions/{number:04}"
        await asyncio.to_thread(archive.add, f"{name}.text", (await studio.revision(revision)).content)
        document = _revision_document(await studio.transfers.identities(revision))
        await asyncio.to_thread(archive.add_json, f"{name}.json", document)
    described = {
        "displayName": project.display_name,
        "seedOrigin": project.seed_origin,
        "latestRevision": number_of(project.latest_revision) if project.latest_revision else 0,
    }
    archive.add_json("project.json", described)
    archive.add_json("cast.json", await cast_documents(studio, project.name))
    archive.add_json("locations.json", await location_documents(studio, project.name))
    archive.add_json("shots.json", await shot_documents(studio, project.name))
    archive.add_json("keys.json", await keys_document(studio, project.name))
    return len(numbers)


def _revision_document(revision: screenplay_pb2.ScreenplayRevision) -> dict[str, object]:
    kept = screenplay_pb2.ScreenplayRevision(format=revision.format, identities=revision.identities)
    document: dict[str, object] = json_format.MessageToDict(kept)
    return document
