"""film replace: somebody's own file in place of a still, a clip, a line, a scene's music or a portrait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from filmstudio.cli.casting import member_of
from filmstudio.cli.exits import Exit
from filmstudio.cli.replacements import replaced, replacement_words
from filmstudio.cli.tables import print_json
from filmstudio.cli.timeline import Sound, id_of, scene_of, shot_of, timeline_of
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.uploads.v1 import uploads_pb2

MESSAGE_FILE_MAX_BYTES = 3_000_000
"""Larger files go by way of the object store."""

UPLOAD_KINDS = {
    "still": uploads_pb2.UPLOAD_KIND_STILL,
    "clip": uploads_pb2.UPLOAD_KIND_CLIP,
    "line": uploads_pb2.UPLOAD_KIND_LINE,
    "music": uploads_pb2.UPLOAD_KIND_MUSIC,
    "ambience": uploads_pb2.UPLOAD_KIND_AMBIENCE,
    "portrait": uploads_pb2.UPLOAD_KIND_STILL,
}

BringingRequest = timeline_pb2.ReplaceMediaRequest | library_pb2.BringLibraryFileRequest


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that somebody brings, and whose it is."""

    file: Path
    creator: str
    source: str
    licence: str
    consent: str = ""
    shows_people: bool = False


async def replace_media(
    studio: FilmStudio, project: str, sound: Sound, brought: Brought, *, as_json: bool
) -> Exit:
    """Put a file in place of what the studio makes. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    request = timeline_pb2.ReplaceMediaRequest(
        project=timeline.project,
        target=await _target(studio, timeline, sound),
        credit=timeline_pb2.Credit(
            creator=brought.creator, source=brought.source, licence=brought.licence, consent=brought.consent
        ),
        shows_people=brought.shows_people,
    )
    kind = UPLOAD_KINDS[request.target.WhichOneof("target") or ""]
    await give_file(studio, request, kind, brought.file)
    replacement = await studio.timelines.replace_media(request)
    if as_json:
        print_json([replacement])
    else:
        print(f"{sound.of} {replaced(replacement.target)}: {replacement_words(replacement)}")
    return Exit.OK


async def restore_media(studio: FilmStudio, project: str, sound: Sound) -> Exit:
    """Let the studio make it again. Raises FilmStudioError."""
    timeline = await timeline_of(studio, project)
    target = await _target(studio, timeline, sound)
    await studio.timelines.restore_media(timeline.project, target)
    return Exit.OK


async def give_file(
    studio: FilmStudio, request: BringingRequest, kind: uploads_pb2.UploadKind.ValueType, file: Path
) -> None:
    """Put a file's bytes into a request, or the name of its upload where they are too many.

    Raises FilmStudioError, for one that can't be read, too.
    """
    try:
        size_bytes = (await asyncio.to_thread(file.stat)).st_size
        if size_bytes <= MESSAGE_FILE_MAX_BYTES:
            request.content = await asyncio.to_thread(file.read_bytes)
            return
    except OSError as fault:
        raise RefusedError(f"{file} can't be read: {fault.strerror}") from fault
    request.upload = (await studio.uploads.send(kind, file)).name


async def _target(
    studio: FilmStudio, timeline: timeline_pb2.Timeline, sound: Sound
) -> timeline_pb2.MediaTarget:
    if sound.stem == "portrait":
        member = member_of(await studio.cast_members(timeline.project), sound.of, timeline.project)
        return timeline_pb2.MediaTarget(portrait=member.name.rsplit("/", 1)[-1])
    if sound.stem in ("music", "ambience"):
        scene_id = scene_of(timeline, sound.of).name.rsplit("/", 1)[-1]
        if sound.stem == "music":
            return timeline_pb2.MediaTarget(music=scene_id)
        return timeline_pb2.MediaTarget(ambience=scene_id)
    shot_id = id_of(shot_of(timeline, sound.of))
    if sound.line:
        return timeline_pb2.MediaTarget(line=timeline_pb2.LineTarget(shot=shot_id, line=sound.line))
    if sound.stem == "clip":
        return timeline_pb2.MediaTarget(clip=shot_id)
    return timeline_pb2.MediaTarget(still=shot_id)
