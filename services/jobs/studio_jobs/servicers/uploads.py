"""UploadsService."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from filmstudio.uploads.v1 import uploads_pb2, uploads_pb2_grpc
from studio_jobs import convert
from studio_jobs.downloads import URL_LIFE_SECONDS
from studio_jobs.owner import current_author, current_workspace
from studio_jobs.uploads.kinds import require_size
from studio_jobs.uploads.records import Announced, Upload, Uploads
from studio_jobs.uploads.sources import Sources
from studio_platform.clock import Clock
from studio_platform.objects import ObjectStore


class UploadsServicer(uploads_pb2_grpc.UploadsServiceServicer):
    """Uploads of the caller's workspace."""

    def __init__(self, uploads: Uploads, sources: Sources, objects: ObjectStore, clock: Clock) -> None:
        self._uploads = uploads
        self._sources = sources
        self._objects = objects
        self._clock = clock

    async def CreateUpload(
        self, request: uploads_pb2.CreateUploadRequest, context: Any
    ) -> uploads_pb2.Upload:
        require_size(request.kind, request.size_bytes)
        wanted = Announced(request.kind, request.size_bytes, request.media_type, request.sha256)
        request_id = UUID(request.request_id) if request.request_id else None
        made = await self._uploads.create(current_workspace(), current_author(), wanted, request_id)
        return await self._message(made)

    async def GetUpload(self, request: uploads_pb2.GetUploadRequest, context: Any) -> uploads_pb2.Upload:
        return await self._message(await self._upload(request.name))

    async def CompleteUpload(
        self, request: uploads_pb2.CompleteUploadRequest, context: Any
    ) -> uploads_pb2.Upload:
        upload = await self._upload(request.name)
        if not upload.is_ready:
            await self._sources.look(upload)
            upload = await self._uploads.complete(upload)
        return await self._message(upload)

    async def _upload(self, name: str) -> Upload:
        upload_id = convert.parse_name(name, "uploads", "name")
        return await self._uploads.get(current_workspace(), upload_id)

    async def _message(self, upload: Upload) -> uploads_pb2.Upload:
        announced = upload.announced
        message = uploads_pb2.Upload(
            name=upload.name,
            kind=announced.kind,
            size_bytes=announced.size_bytes,
            media_type=announced.media_type,
            sha256=announced.sha256,
            state=uploads_pb2.UPLOAD_STATE_READY if upload.is_ready else uploads_pb2.UPLOAD_STATE_PENDING,
            expire_time=convert.timestamp(upload.expires_at),
        )
        if not upload.is_ready:
            signed = await self._objects.presigned_put(
                upload.key,
                expires_seconds=URL_LIFE_SECONDS,
                size_bytes=announced.size_bytes,
                media_type=announced.media_type,
            )
            message.put_url = signed.url
            message.put_headers.extend(
                uploads_pb2.UploadHeader(name=name, value=value) for name, value in signed.headers.items()
            )
            end = self._clock.now() + timedelta(seconds=URL_LIFE_SECONDS)
            message.put_expire_time.CopyFrom(convert.timestamp(end))
        return message
