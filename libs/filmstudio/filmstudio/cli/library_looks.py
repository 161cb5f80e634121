"""film library caption-style, brand-kit and music: what films have as a whole, in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filmstudio.cli.exits import Exit
from filmstudio.cli.library import named_entry, save
from filmstudio.cli.replacing import give_file
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.uploads.v1 import uploads_pb2

FILE_KINDS = {
    "logo": library_pb2.LIBRARY_FILE_KIND_LOGO,
    "title_font": library_pb2.LIBRARY_FILE_KIND_FONT,
    "text_font": library_pb2.LIBRARY_FILE_KIND_FONT,
    "file": library_pb2.LIBRARY_FILE_KIND_MUSIC,
}
UPLOAD_KINDS = {
    library_pb2.LIBRARY_FILE_KIND_LOGO: uploads_pb2.UPLOAD_KIND_LOGO,
    library_pb2.LIBRARY_FILE_KIND_FONT: uploads_pb2.UPLOAD_KIND_FONT,
    library_pb2.LIBRARY_FILE_KIND_MUSIC: uploads_pb2.UPLOAD_KIND_MUSIC,
}


@dataclass(frozen=True, slots=True)
class Whose:
    """Who made brought files, and what one may do with them."""

    creator: str
    source: str
    licence: str
    consent: str = ""
    shows_people: bool = False


async def add_look(
    studio: FilmStudio,
    name: str,
    kind: str,
    fields: Mapping[str, Any],
    files: Mapping[str, Path],
    whose: Whose,
    *,
    without: Sequence[str] = (),
    as_json: bool,
) -> Exit:
    """Make an entry, or a version of it; fields and files that are not given stay as its newest has them.

    `without` are fields to take out. Raises FilmStudioError.
    """
    content = library_pb2.LibraryContent()
    found = await named_entry(studio, name)
    if found is not None:
        content.CopyFrom(found.content)
        if content.WhichOneof("content") != kind:
            told = str(content.WhichOneof("content")).replace("_", " ")
            raise RefusedError(f"{found.display_name} is a {told}; take another name")
    part = getattr(content, kind)
    for field in without:
        if field not in part.DESCRIPTOR.fields_by_name:
            known = ", ".join(name.replace("_", "-") for name in part.DESCRIPTOR.fields_by_name)
            raise RefusedError(f"--without {field.replace('_', '-')} is nothing; it may be {known}")
        part.ClearField(field)
    for field, value in fields.items():
        setattr(part, field, value)
    for field, file in files.items():
        getattr(part, field).CopyFrom(await _brought(studio, field, file, whose))
    part.SetInParent()
    return await save(studio, name, content, as_json=as_json)


async def _brought(studio: FilmStudio, field: str, file: Path, whose: Whose) -> library_pb2.LibraryFile:
    request = library_pb2.BringLibraryFileRequest(
        kind=FILE_KINDS[field],
        credit=timeline_pb2.Credit(
            creator=whose.creator, source=whose.source, licence=whose.licence, consent=whose.consent
        ),
        shows_people=whose.shows_people,
    )
    await give_file(studio, request, UPLOAD_KINDS[request.kind], file)
    return await studio.library.bring(request)


def position_of(written: str) -> task_pb2.CaptionPosition.ValueType:
    """The position of a word such as "top"."""
    return task_pb2.CaptionPosition.Value(f"CAPTION_POSITION_{written.upper()}")


def corner_of(written: str) -> task_pb2.Corner.ValueType:
    """The corner of words such as "top-right"; of "none" no corner."""
    if written == "none":
        return task_pb2.CORNER_UNSPECIFIED
    return task_pb2.Corner.Value(f"CORNER_{written.upper().replace('-', '_')}")
