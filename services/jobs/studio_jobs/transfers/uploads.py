"""Files that come in by chunks, looked at by a child and kept as they are."""

from __future__ import annotations

import asyncio
import hashlib
import json
from uuid import UUID

from filmstudio.transfers.v1 import transfers_pb2
from studio_jobs.media.ingest import Ingest
from studio_platform.errors import FailedPrecondition, FieldViolation, InvalidInput
from studio_platform.manifests import UPLOADS_PREFIX, blob_key
from studio_platform.objects import ObjectMissing, ObjectStore

CHUNK_BYTES = 3_000_000
DOCUMENT_MAX_BYTES = 1024 * 1024
DOCUMENT_MEDIA_TYPE = "application/json"
CHUNK_MEDIA_TYPE = "application/octet-stream"


class Uploads:
    """Chunks wait under a prefix of their own until the last one comes."""

    def __init__(self, objects: ObjectStore, ingest: Ingest) -> None:
        self._objects = objects
        self._ingest = ingest

    async def is_stored(self, workspace: UUID, sha256: str, size_bytes: int) -> bool:
        """Whether a file of these bytes is in the workspace."""
        info = await self._objects.stat(blob_key(str(workspace), sha256))
        return info is not None and info.size_bytes == size_bytes

    async def take(self, workspace: UUID, request: transfers_pb2.UploadMediaRequest) -> bool:
        """Keep a chunk, and with the last one the file; whether the file is there.

        Raises InvalidInput for what is no chunk of it or can't be used, FailedPrecondition where an earlier
        chunk is missing, Unavailable, StoreFull.
        """
        if await self.is_stored(workspace, request.sha256, request.size_bytes):
            return True
        if not request.content:
            return False
        left = request.size_bytes - request.offset
        if request.offset % CHUNK_BYTES or len(request.content) != min(left, CHUNK_BYTES):
            raise _refused("offset", f"must be a multiple of {CHUNK_BYTES}, with as many bytes or the rest")
        if left > CHUNK_BYTES:
            await self._keep_chunk(workspace, request)
            return False
        await self._finish(workspace, request)
        return True

    async def _keep_chunk(self, workspace: UUID, request: transfers_pb2.UploadMediaRequest) -> None:
        key = _chunk_key(workspace, request.sha256, request.offset)
        if await self._objects.put_if_absent(key, data=request.content, media_type=CHUNK_MEDIA_TYPE):
            return
        if await self._objects.get(key) != request.content:
            # Somebody's earlier try was of other bytes; only the last one can tell whose were right.
            await self._objects.delete(key)
            await self._objects.put_if_absent(key, data=request.content, media_type=CHUNK_MEDIA_TYPE)

    async def _look(self, workspace: UUID, media_type: str, content: bytes) -> None:
        if media_type == DOCUMENT_MEDIA_TYPE:
            await asyncio.to_thread(_require_document, content)
        else:
            await self._ingest.inspect(workspace, media_type, content)

    async def _finish(self, workspace: UUID, request: transfers_pb2.UploadMediaRequest) -> None:
        keys = [
            _chunk_key(workspace, request.sha256, offset) for offset in range(0, request.offset, CHUNK_BYTES)
        ]
        try:
            chunks = [await self._objects.get(key) for key in keys]
        except ObjectMissing as missing:
            raise FailedPrecondition(
                "CHUNK_MISSING", "An earlier chunk of the file is missing; send it from the start."
            ) from missing
        content = b"".join([*chunks, request.content])
        if hashlib.sha256(content).hexdigest() != request.sha256:
            for key in keys:
                await self._objects.delete(key)
            raise _refused("sha256", "is not that of the bytes that came")
        await self._look(workspace, request.media_type, content)
        await self._objects.put_if_absent(
            blob_key(str(workspace), request.sha256), data=content, media_type=request.media_type
        )
        for key in keys:
            await self._objects.delete(key)


def _require_document(content: bytes) -> None:
    """Raises InvalidInput for what is no JSON; word times and bundles of stills are a few kilobytes."""
    if len(content) > DOCUMENT_MAX_BYTES:
        raise _refused("size_bytes", f"of a document is at most {DOCUMENT_MAX_BYTES}")
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _refused("content", "can't be read as application/json") from error


def _chunk_key(workspace: UUID, sha256: str, offset: int) -> str:
    return f"{UPLOADS_PREFIX}{workspace}/{sha256}/{offset:08}"


def _refused(field: str, text: str) -> InvalidInput:
    return InvalidInput("MEDIA_REFUSED", f"{field} {text}", violations=(FieldViolation(field, text),))
