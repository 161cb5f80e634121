"""Files that people bring: decoded, stored, and known to plans by their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2, task_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.domain.keys import given_key
from studio_jobs.domain.states import TaskKind
from studio_jobs.media.formats import MediaKind
from studio_jobs.media.ingest import BroughtMedia, Ingest
from studio_jobs.store.editing import Editing
from studio_jobs.store.kept_artifacts import keep_artifacts
from studio_jobs.timeline.locks import BROUGHT_ENGINE
from studio_platform.database import Database
from studio_platform.manifests import artifact_digest, blob_key
from studio_platform.objects import ObjectStore

KINDS = {
    MediaKind.STILL: TaskKind.STILL,
    MediaKind.CLIP: TaskKind.CLIP,
    MediaKind.LINE: TaskKind.SPEECH,
    MediaKind.MUSIC: TaskKind.MUSIC,
    MediaKind.AMBIENCE: TaskKind.EFFECTS,
    MediaKind.LOGO: TaskKind.STILL,
    MediaKind.FONT: TaskKind.STILL,
    MediaKind.PORTRAIT: TaskKind.STILL,
}
"""The task that a file takes the place of."""

_BY_HAND = task_pb2.EngineRef(engine=BROUGHT_ENGINE, revision="1")


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that is kept: what it became, the size of a picture, and what a font calls itself."""

    artifact: timeline_pb2.KeptArtifact
    size: task_pb2.Size
    family: str


class BroughtFiles:
    """Brings files into the house form and keeps them."""

    def __init__(self, objects: ObjectStore, ingest: Ingest) -> None:
        self._objects = objects
        self._ingest = ingest

    async def take(
        self, workspace: UUID, kind: MediaKind, content: bytes | Path
    ) -> tuple[artifact_pb2.Manifest, task_pb2.Size]:
        """Decode a file and store its bytes; its manifest, and the size of a picture.

        Raises InvalidInput for a file that can't be used, Unavailable, StoreFull.
        """
        manifest, brought = await self._take(workspace, kind, content)
        return manifest, _size(brought)

    async def take_for_library(
        self, workspace: UUID, kind: MediaKind, content: bytes | Path, database: Database, now: datetime
    ) -> BroughtFile:
        """Decode a file, store and keep it, so that an entry can hold it. Raises as `take` and `hold`."""
        manifest, brought = await self._take(workspace, kind, content)
        async with database.transaction() as tx:
            await keep_artifacts(tx, workspace, [manifest], now)
        return BroughtFile(_kept(manifest), _size(brought), brought.facts["family"])

    async def _take(
        self, workspace: UUID, kind: MediaKind, content: bytes | Path
    ) -> tuple[artifact_pb2.Manifest, BroughtMedia]:
        brought = await self._ingest.bring(workspace, kind, content)
        sha256 = hashlib.sha256(brought.data).hexdigest()
        await self._objects.put_if_absent(
            blob_key(str(workspace), sha256), data=brought.data, media_type=brought.facts["media_type"]
        )
        return _manifest(workspace, kind, brought, sha256), brought

    async def hold(self, editing: Editing, manifest: artifact_pb2.Manifest) -> timeline_pb2.KeptArtifact:
        """Keep a stored file for the project, under the key by which it is given.

        Raises Unavailable when the collector is taking its bytes at this moment.
        """
        await editing.hold(await keep_artifacts(editing.tx, editing.workspace_id, [manifest], editing.now))
        return _kept(manifest)


def replacement_key(replacement: timeline_pb2.Replacement) -> bytes:
    """The content key under which a brought file is given to plans."""
    kind = KINDS[MediaKind(replacement.target.WhichOneof("target") or "")]
    return given_key(kind, replacement.artifact.engine, replacement.artifact.digest)


def _kept(manifest: artifact_pb2.Manifest) -> timeline_pb2.KeptArtifact:
    return timeline_pb2.KeptArtifact(
        digest=manifest.digest, engine=manifest.engine, length_ms=manifest.length_ms
    )


def _manifest(workspace: UUID, kind: MediaKind, brought: BroughtMedia, sha256: str) -> artifact_pb2.Manifest:
    facts = brought.facts
    part = artifact_pb2.ManifestPart(
        role=facts["role"], media_type=facts["media_type"], sha256=sha256, size_bytes=len(brought.data)
    )
    digest = artifact_digest([part])
    task_kind = KINDS[kind]
    return artifact_pb2.Manifest(
        workspace_id=str(workspace),
        kind=task_pb2.TaskKind.ValueType(int(task_kind)),
        content_key=given_key(task_kind, _BY_HAND, digest).hex(),
        parts=[part],
        digest=digest,
        length_ms=facts["length_ms"],
        frames=facts["frames"],
        engine=_BY_HAND,
    )


def _size(brought: BroughtMedia) -> task_pb2.Size:
    return task_pb2.Size(width_px=brought.facts["width_px"], height_px=brought.facts["height_px"])
