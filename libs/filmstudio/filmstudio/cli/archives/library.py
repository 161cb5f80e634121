"""What a project uses of a library as documents, and used again out of the library of another workspace."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format

from filmstudio.client import FilmStudio
from filmstudio.library.v1 import library_pb2

NAME_MAX_CHARACTERS = 100


async def use_documents(studio: FilmStudio, project: str) -> list[Mapping[str, Any]]:
    """Who or what uses which content; of an entry that was deleted only the values are left, in the cast."""
    known: dict[str, library_pb2.LibraryContent] = {}
    documents: list[Mapping[str, Any]] = []
    for use in await studio.library.uses(project):
        if not use.entry_name:
            continue
        if use.version not in known:
            versions = await studio.library.versions(use.version.partition("/versions/")[0])
            known |= {version.name: version.content for version in versions}
        documents.append(
            {
                "subject": use.subject.removeprefix(project),
                "entry": use.entry_name,
                "content": json_format.MessageToDict(known[use.version]),
            }
        )
    return documents


async def use_library(
    studio: FilmStudio,
    project: str,
    title: str,
    documents: Sequence[Mapping[str, Any]],
    *,
    with_files: bool,
) -> None:
    """Use the same contents; an entry that has another content stays as it is, and one is made beside it.

    Raises FilmStudioError, KeyError, TypeError and ParseError for malformed documents.
    """
    for document in documents:
        content = json_format.ParseDict(dict(document["content"]), library_pb2.LibraryContent())
        name = str(document["entry"])
        if _has_files(content) and not with_files:
            print(
                f"film: without {name!r} of the library, whose files are not in the archive", file=sys.stderr
            )
            continue
        version = await _version_of(studio, (name, f"{name} ({title})"[:NAME_MAX_CHARACTERS]), content)
        await studio.library.use(project, version, f"{project}{document['subject']}")


async def _version_of(studio: FilmStudio, names: Sequence[str], content: library_pb2.LibraryContent) -> str:
    """A version of this content, of the first of these names that has it or is free; else of the last."""
    entries = {entry.display_name: entry for entry in await studio.library.entries()}
    for name in names:
        if name not in entries:
            return (await studio.library.create(name, content)).latest_version
        for version in await studio.library.versions(entries[name].name):
            if version.content == content:
                return version.name
    added = await studio.library.add_version(entries[names[-1]].name, content)
    return added.latest_version


def _has_files(content: library_pb2.LibraryContent) -> bool:
    kit = content.brand_kit
    return content.HasField("music") or any(
        kit.HasField(file) for file in ("logo", "title_font", "text_font")
    )
