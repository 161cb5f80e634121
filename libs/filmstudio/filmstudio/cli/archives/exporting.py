"""film export: a project into one file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from filmstudio.cli.archives.comments import comment_documents
from filmstudio.cli.archives.container import ArchiveWriter
from filmstudio.cli.archives.edits import (
    cast_documents,
    left_out,
    location_documents,
    shot_documents,
    timeline_document,
)
from filmstudio.cli.archives.keys import keys_document
from filmstudio.cli.archives.library import use_documents
from filmstudio.cli.archives.media import pack_media
from filmstudio.cli.archives.translations import translation_documents
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.project_names import named_project
from filmstudio.cli.revision_list import number_of
from filmstudio.client import FilmStudio
from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.timeline.v1 import timeline_pb2


async def export(
    studio: FilmStudio, wanted: str, output: Path, *, as_json: bool, with_media: bool = False
) -> Exit:
    """Write a project, named or by its title, whole or not at all. Raises FilmStudioError, OSError."""
    project = await named_project(studio, wanted)
    part = output.with_name(f".{output.name}.part")
    try:
        with ArchiveWriter(part) as archive:
            texts, options = await _fill(studio, project, archive)
            timeline = await studio.timelines.of(project.name) if texts else timeline_pb2.Timeline()
            if texts:
                archive.add_json("timeline.json", timeline_document(timeline))
                await _add_translations(studio, project.name, archive)
            files = await pack_media(studio, project.name, options, archive) if with_media and texts else 0
        size_bytes = (await asyncio.to_thread(part.stat)).st_size
        await asyncio.to_thread(part.replace, output)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    lost = {} if with_media else left_out(timeline)
    if as_json:
        said = {"project": project.name, "path": str(output), "bytes": size_bytes, "files": files}
        print(json.dumps({**said, "leftOut": lost}))
        return Exit.OK
    counted = "1 text" if texts == 1 else f"{texts} texts"
    media = f", {files} media files" if files else ""
    print(plain(f"{output}: {project.display_name}, {counted}{media}, {size_bytes:,} bytes"))
    for what, count in lost.items():
        print(f"  without its {what} ({count}), for which there is --media")
    return Exit.OK


async def _fill(
    studio: FilmStudio, project: projects_pb2.Project, archive: ArchiveWriter
) -> tuple[int, Mapping[str, Any]]:
    """Texts and documents; how many texts the project has, and its film's options.

    One text at a time is held in memory.
    """
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
    archive.add_json("library.json", await use_documents(studio, project.name))
    archive.add_json("comments.json", await comment_documents(studio, project.name))
    keys = await keys_document(studio, project.name)
    archive.add_json("keys.json", keys)
    return len(numbers), keys["options"]


async def _add_translations(studio: FilmStudio, project: str, archive: ArchiveWriter) -> None:
    """What is translated, if anything is."""
    translated = await translation_documents(studio, project)
    if translated:
        archive.add_json("translations.json", translated)


def _revision_document(revision: screenplay_pb2.ScreenplayRevision) -> dict[str, object]:
    kept = screenplay_pb2.ScreenplayRevision(format=revision.format, identities=revision.identities)
    document: dict[str, object] = json_format.MessageToDict(kept)
    return document
