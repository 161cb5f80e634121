"""Signed addresses of files that people brought."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.downloads import SUFFIXES, URL_LIFE_SECONDS, plain
from studio_jobs.sql import SQL
from studio_platform.database import Database
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

_SUFFIXES = {**SUFFIXES, "font/sfnt": ".ttf"}


class KeptFiles:
    """Signs addresses of one workspace's files."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects

    async def signed(self, workspace: UUID, names: Mapping[bytes, str]) -> dict[bytes, timeline_pb2.KeptFile]:
        """The files of content keys, with what to call each; without those that are gone."""
        rows = await self._database.fetch(SQL["manifests_by_keys"], workspace, list(names)) if names else []
        found = {}
        for row in rows:
            key = bytes(row["content_key"])
            part = artifact_pb2.Manifest.FromString(row["manifest"]).parts[0]
            found[key] = await self._file(workspace, part, names[key])
        return found

    async def _file(
        self, workspace: UUID, part: artifact_pb2.ManifestPart, name: str
    ) -> timeline_pb2.KeptFile:
        filename = (plain(name) or "file") + _SUFFIXES.get(part.media_type, "")
        url = await self._objects.presigned_get(
            blob_key(str(workspace), part.sha256),
            expires_seconds=URL_LIFE_SECONDS,
            filename=filename,
            media_type=part.media_type,
        )
        return timeline_pb2.KeptFile(
            url=url, media_type=part.media_type, size_bytes=part.size_bytes, filename=filename
        )
