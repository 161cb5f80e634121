"""Where a call's file comes from: its own bytes, or an upload whose bytes are looked at anew each time."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol
from uuid import UUID

from filmstudio.uploads.v1 import uploads_pb2
from studio_jobs import convert
from studio_jobs.uploads.kinds import HEAD_BYTES, refused, require_format, word
from studio_jobs.uploads.records import Upload, Uploads
from studio_platform.errors import FailedPrecondition, InvalidInput
from studio_platform.objects import ObjectMissing, ObjectStore

FILES_AT_A_TIME_MAX = 4
"""So many files of at most 256 MiB each lie in the folder for temporary files."""


class Sourced(Protocol):
    """A request whose file is in it, or was uploaded."""

    @property
    def content(self) -> bytes:
        """The bytes."""

    @property
    def upload(self) -> str:
        """The name of an upload, else empty."""


class Sources:
    """Believes nothing that a client says of a file: whoever has its address may have replaced it."""

    def __init__(self, uploads: Uploads, objects: ObjectStore) -> None:
        self._uploads = uploads
        self._objects = objects
        self._turns = asyncio.Semaphore(FILES_AT_A_TIME_MAX)

    @asynccontextmanager
    async def open(
        self, workspace: UUID, request: Sourced, kind: uploads_pb2.UploadKind.ValueType
    ) -> AsyncIterator[bytes | Path]:
        """The bytes that came with a request, or the file of its upload while the block runs.

        Raises NotFound, FailedPrecondition for an upload that is not READY or whose bytes changed since,
        InvalidInput for one of another kind.
        """
        if not request.upload:
            yield request.content
            return
        upload = await self._uploads.get(workspace, convert.parse_name(request.upload, "uploads", "upload"))
        if not upload.is_ready:
            raise FailedPrecondition("UPLOAD_PENDING", f"{upload.name} was not completed yet.")
        if upload.announced.kind != kind:
            raise refused("upload", f"is of a {word(upload.announced.kind)}; this takes a {word(kind)}")
        async with self._downloaded(upload) as path:
            try:
                await asyncio.to_thread(_require_announced, upload, path)
            except InvalidInput as changed:
                raise _changed(upload) from changed
            yield path

    async def look(self, upload: Upload) -> None:
        """See that the bytes in the store are those that were announced.

        Raises InvalidInput for others, which are removed so that they can be sent again, FailedPrecondition
        where there are none.
        """
        try:
            async with self._downloaded(upload) as path:
                await asyncio.to_thread(_require_announced, upload, path)
        except InvalidInput:
            await self._objects.delete(upload.key)
            raise

    @asynccontextmanager
    async def _downloaded(self, upload: Upload) -> AsyncIterator[Path]:
        info = await self._objects.stat(upload.key)
        if info is None:
            raise FailedPrecondition("UPLOAD_MISSING", f"Nothing was sent to the address of {upload.name}.")
        if info.size_bytes != upload.announced.size_bytes:
            raise refused("size_bytes", f"is {upload.announced.size_bytes}; {info.size_bytes} came")
        async with self._turns:
            with tempfile.TemporaryDirectory(prefix="film-upload-") as folder:
                path = Path(folder) / "file"
                try:
                    await self._objects.download(upload.key, path)
                except ObjectMissing as missing:
                    raise _changed(upload) from missing
                yield path


def _require_announced(upload: Upload, path: Path) -> None:
    announced = upload.announced
    with path.open("rb") as file:
        require_format(announced.kind, file.read(HEAD_BYTES))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != announced.sha256:
        raise refused("sha256", "is not that of the bytes that came")


def _changed(upload: Upload) -> FailedPrecondition:
    return FailedPrecondition("UPLOAD_CHANGED", f"The bytes of {upload.name} changed; upload the file again.")
