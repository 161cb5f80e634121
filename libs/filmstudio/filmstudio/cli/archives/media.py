"""The files behind a project: packed by their digests, and brought into another with what rests on them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf import json_format

from filmstudio.cli.archives.container import ArchiveReader, ArchiveWriter
from filmstudio.cli.archives.keys import exported_options
from filmstudio.client import FilmStudio
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfer_calls import CHUNK_BYTES
from filmstudio.transfers.v1 import transfers_pb2

MEDIA = "media.json"
ADOPTED_AT_ONCE_MAX = 200

T = TypeVar("T")


async def pack_media(
    studio: FilmStudio, project: str, options: Mapping[str, Any], archive: ArchiveWriter
) -> int:
    """Write every file once, and what they are; how many files. Raises FilmStudioError, OSError.

    One file at a time is on the disk beside the archive.
    """
    asked = exported_options(options)
    artifacts: list[Any] = []
    packed: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        async with aclosing(studio.transfers.media(project, asked)) as found:
            async for artifact in found:
                for part in artifact.parts:
                    if part.sha256 not in packed:
                        packed.add(part.sha256)
                        path = await studio.transfers.save_part(part, Path(folder) / "part")
                        await asyncio.to_thread(archive.add_file, f"media/{part.sha256}", path)
                    part.ClearField("url")
                artifacts.append(json_format.MessageToDict(artifact))
    timeline = await studio.timelines.of(project)
    archive.add_json(MEDIA, {"artifacts": artifacts, **_edits(timeline)})
    return len(packed)


def _edits(timeline: timeline_pb2.Timeline) -> Mapping[str, Any]:
    shots = [shot for scene in timeline.scenes for shot in scene.shots if shot.HasField("lock")]
    gone = {stray.name.rpartition("/")[2] for stray in timeline.strays}
    return {
        "replacements": [
            json_format.MessageToDict(replacement)
            for replacement in timeline.replacements
            if _subject(replacement.target) not in gone
        ],
        "locks": [
            json_format.MessageToDict(
                transfers_pb2.MediaLock(shot=shot.name.rpartition("/")[2], lock=shot.lock)
            )
            for shot in shots
        ],
    }


def _subject(target: timeline_pb2.MediaTarget) -> str:
    return target.line.shot or target.clip or target.still or target.music or target.ambience


async def bring_files(
    studio: FilmStudio, project: str, archive: ArchiveReader
) -> Sequence[transfers_pb2.MediaArtifact]:
    """Upload the files that are not there, and keep their artifacts, on which edits may rest then.

    Raises FilmStudioError, KeyError, TypeError and ParseError for malformed documents.
    """
    artifacts = [
        json_format.ParseDict(entry, transfers_pb2.MediaArtifact())
        for entry in archive.read_json(MEDIA)["artifacts"]
    ]
    types = {part.sha256: part.media_type for artifact in artifacts for part in artifact.parts}
    for sha256, media_type in types.items():
        await _upload(studio, project, sha256, media_type, archive)
    for some in _batches([_unplanned(artifact) for artifact in artifacts]):
        await studio.transfers.adopt(transfers_pb2.AdoptMediaRequest(project=project, artifacts=some))
    return artifacts


async def use_files(
    studio: FilmStudio,
    project: str,
    options: Mapping[str, Any],
    archive: ArchiveReader,
    artifacts: Sequence[transfers_pb2.MediaArtifact],
) -> None:
    """Bring back brought files and locks, and then, when all else is edited, what the film's tasks find.

    Raises as `bring_files`.
    """
    for request in _edit_requests(project, archive.read_json(MEDIA)):
        await studio.transfers.adopt(request)
    asked = exported_options(options)
    for some in _batches([artifact for artifact in artifacts if artifact.plan_key]):
        await studio.transfers.adopt(
            transfers_pb2.AdoptMediaRequest(project=project, options=asked, artifacts=some)
        )


async def _upload(
    studio: FilmStudio, project: str, sha256: str, media_type: str, archive: ArchiveReader
) -> None:
    name = f"media/{sha256}"
    request = transfers_pb2.UploadMediaRequest(
        project=project, sha256=sha256, size_bytes=archive.size_bytes(name), media_type=media_type
    )
    if await studio.transfers.upload_chunk(request):
        return
    chunks = archive.chunks(name, CHUNK_BYTES)
    while (chunk := await asyncio.to_thread(next, chunks, b"")) and len(chunk):
        request.content = chunk
        await studio.transfers.upload_chunk(request)
        request.offset += len(chunk)


def _unplanned(artifact: transfers_pb2.MediaArtifact) -> transfers_pb2.MediaArtifact:
    kept = transfers_pb2.MediaArtifact()
    kept.CopyFrom(artifact)
    kept.ClearField("plan_key")
    return kept


def _edit_requests(project: str, document: Mapping[str, Any]) -> Iterator[transfers_pb2.AdoptMediaRequest]:
    for some in _batches(document["replacements"]):
        brought = [json_format.ParseDict(entry, timeline_pb2.Replacement()) for entry in some]
        yield transfers_pb2.AdoptMediaRequest(project=project, replacements=brought)
    for some in _batches(document["locks"]):
        locks = [json_format.ParseDict(entry, transfers_pb2.MediaLock()) for entry in some]
        yield transfers_pb2.AdoptMediaRequest(project=project, locks=locks)


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, ADOPTED_AT_ONCE_MAX)):
        yield some
