"""The calls by which large files are brought."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from pathlib import Path
from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.errors import RefusedError
from filmstudio.uploads.v1 import uploads_pb2, uploads_pb2_grpc

LOOK_TIMEOUT_SECONDS = 120.0
FILE_MAX_BYTES = 256 * 1024 * 1024
ANY_MEDIA_TYPE = "application/octet-stream"


class Uploads:
    """Uploads of one account's workspace; each call raises FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller, ca_file: Path | None = None) -> None:
        self._stub = uploads_pb2_grpc.UploadsServiceStub(channel)
        self._caller = caller
        self._ca_file = ca_file

    async def send(self, kind: uploads_pb2.UploadKind.ValueType, file: Path) -> uploads_pb2.Upload:
        """Bring a file by way of the object store: announced, sent and looked at.

        Raises RefusedError for one that can't be read, UploadError when the store does not take it.
        """
        # Its imports are heavy, and most calls send nothing.
        from filmstudio.puts import put

        size_bytes, sha256 = await asyncio.to_thread(_facts, file)
        media_type = mimetypes.guess_type(file.name)[0] or ANY_MEDIA_TYPE
        announced = await self.create(kind, size_bytes, media_type, sha256)
        await put(announced, file, self._ca_file)
        return await self.complete(announced.name)

    async def create(
        self, kind: uploads_pb2.UploadKind.ValueType, size_bytes: int, media_type: str, sha256: str
    ) -> uploads_pb2.Upload:
        """Say what shall come; sent twice by a lost answer, it is still one."""
        request = uploads_pb2.CreateUploadRequest(
            kind=kind, size_bytes=size_bytes, media_type=media_type, sha256=sha256, request_id=str(uuid4())
        )
        return await self._caller.unary(self._stub.CreateUpload, request)

    async def of(self, name: str) -> uploads_pb2.Upload:
        """An upload, with a fresh address while it is awaited."""
        return await self._caller.unary(self._stub.GetUpload, uploads_pb2.GetUploadRequest(name=name))

    async def complete(self, name: str) -> uploads_pb2.Upload:
        """Let the studio look at what came."""
        request = uploads_pb2.CompleteUploadRequest(name=name)
        return await self._caller.unary(self._stub.CompleteUpload, request, LOOK_TIMEOUT_SECONDS)


def _facts(file: Path) -> tuple[int, str]:
    """Size and SHA-256. Raises RefusedError."""
    try:
        size_bytes = file.stat().st_size
        if size_bytes > FILE_MAX_BYTES:
            raise RefusedError(f"{file} has {size_bytes:,} bytes; a file may have {FILE_MAX_BYTES:,}")
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            return content.tell(), digest
    except OSError as fault:
        raise RefusedError(f"{file} can't be read: {fault.strerror}") from fault
