"""film import: a project out of a file, and how its film compares with that of the export."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from filmstudio.cli.archives.comments import make_comments
from filmstudio.cli.archives.container import ArchiveReader
from filmstudio.cli.archives.edits import edit_cast, edit_locations, edit_shots, edit_timeline
from filmstudio.cli.archives.keys import Compared, compared
from filmstudio.cli.archives.library import use_library
from filmstudio.cli.archives.media import MEDIA, bring_files, use_files
from filmstudio.cli.archives.translations import bring_translations
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.client import FilmStudio
from filmstudio.errors import FilmStudioError, RefusedError
from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2

UNDO_MAX_SECONDS = 20.0
TITLE_MAX_CHARS = 200


async def import_project(studio: FilmStudio, path: Path, title: str, *, as_json: bool) -> Exit:
    """Make the project of a file, under its own title or another; whole or not at all.

    Raises RefusedError for a file that can't be taken and a title that is there, FilmStudioError, OSError.
    """
    reader = await asyncio.to_thread(ArchiveReader, path)
    with reader as archive:
        try:
            document = archive.read_json("project.json")
            name, origin = (
                title or str(document["displayName"])[:TITLE_MAX_CHARS],
                str(document["seedOrigin"]),
            )
            if await studio.find_project(name) is not None:
                raise RefusedError(
                    f"there is a project {name!r} already; import it under another: --project NAME"
                )
            async with _new_project(studio, name, origin) as project:
                await _fill(studio, project.name, name, archive, int(document["latestRevision"]))
            found = await _compared(studio, project.name, archive)
        except (KeyError, TypeError, ValueError, AttributeError, json_format.ParseError) as error:
            raise RefusedError(f"{path}: what is in it can't be read: {error!r}") from error
    _tell(path, project, found, as_json=as_json)
    return Exit.OK


@asynccontextmanager
async def _new_project(studio: FilmStudio, name: str, origin: str) -> AsyncIterator[projects_pb2.Project]:
    """A project that is deleted again when what fills it fails."""
    project = await studio.transfers.make_project(name, origin)
    try:
        yield project
    except BaseException:
        try:
            async with asyncio.timeout(UNDO_MAX_SECONDS):
                await studio.transfers.delete_project(project.name)
        except (FilmStudioError, TimeoutError) as error:
            print(f"film: a part of {name!r} was imported and stays: {error}", file=sys.stderr)
        raise


async def _fill(studio: FilmStudio, project: str, title: str, archive: ArchiveReader, latest: int) -> None:
    """Texts first: edits are of what they hold; the library before the cast, whose edits came after."""
    names = [name.removesuffix(".text") for name in archive.names if name.endswith(".text")]
    for name in names:
        await _import(studio, project, archive, name)
    newest = f"revisions/{latest:04}"
    if names and newest != names[-1]:
        # An older text was taken up again: that it is the newest is said by importing it again.
        await _import(studio, project, archive, newest)
    has_media = MEDIA in archive.names
    artifacts = await bring_files(studio, project, archive) if has_media else []
    if "library.json" in archive.names:
        uses = archive.read_json("library.json")
        await use_library(studio, project, title, uses, with_files=has_media)
    await edit_cast(studio, project, archive.read_json("cast.json"))
    await edit_locations(studio, project, archive.read_json("locations.json"))
    await edit_shots(studio, project, archive.read_json("shots.json"))
    if "timeline.json" in archive.names:
        await edit_timeline(studio, project, archive.read_json("timeline.json"))
    if "translations.json" in archive.names:
        await bring_translations(studio, project, archive.read_json("translations.json"))
    if "comments.json" in archive.names:
        await make_comments(studio, project, archive.read_json("comments.json"))
    if has_media:
        options = archive.read_json("keys.json")["options"]
        await use_files(studio, project, options, archive, artifacts)


async def _import(studio: FilmStudio, project: str, archive: ArchiveReader, name: str) -> None:
    document: Any = archive.read_json(f"{name}.json")
    revision = json_format.ParseDict(document, screenplay_pb2.ScreenplayRevision())
    revision.content = await asyncio.to_thread(archive.read, f"{name}.text")
    await studio.transfers.import_revision(project, revision)


async def _compared(studio: FilmStudio, project: str, archive: ArchiveReader) -> Compared | None:
    """None where there is nothing to compare."""
    document = archive.read_json("keys.json")
    if not document["tasks"]:
        return None
    try:
        return await compared(studio, project, document)
    except RefusedError as refused:
        print(f"film: its film can't be planned here: {refused}", file=sys.stderr)
        return None


def _tell(path: Path, project: projects_pb2.Project, found: Compared | None, *, as_json: bool) -> None:
    if as_json:
        keys = {} if found is None else {"keys": found.exported, "equal": found.equal, "there": found.there}
        print(json.dumps({"project": project.name, "title": project.display_name, **keys}))
        return
    print(plain(f"{project.display_name}: imported from {path}"))
    if found is not None:
        print(
            f"  {found.equal} of {found.exported} parts have the keys of the export, {found.there} are there"
        )
