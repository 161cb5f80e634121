"""Files that come by way of the object store: what is believed of them, and when they go."""

from __future__ import annotations

import asyncio
import hashlib
import io
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import urllib3

from filmstudio.library.v1 import library_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.uploads.v1 import uploads_pb2
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_jobs.servicers.uploads import UploadsServicer
from studio_jobs.uploads.expiry import GRACE, LAP, STRAY_GRACE, Expiry
from studio_jobs.uploads.records import OPEN_MAX, PENDING_LIFE, READY_LIFE, Uploads
from studio_jobs.uploads.sources import Sources
from studio_platform.clock import ManualClock
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound, ResourceExhausted
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects import ObjectStore
from studio_platform.s3 import open_objects
from studio_platform.testing.buckets import Bucket
from tests.integration.jobs.cutting_room import library_servicer
from tests.integration.jobs.stage import Stage

CREDIT = timeline_pb2.Credit(creator="J. Doe", source="own", licence="CC0-1.0")
CONCAT = b"ffconcat version 1.0\nfile '/etc/passwd'\n"
PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
MUSIC, CLIP, STILL = (
    uploads_pb2.UPLOAD_KIND_MUSIC,
    uploads_pb2.UPLOAD_KIND_CLIP,
    uploads_pb2.UPLOAD_KIND_STILL,
)


def tone(seconds: int) -> bytes:
    """A WAV of 48 kHz: 192,000 bytes a second."""
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(range(192)) * 1_000 * seconds)
    return memory.getvalue()


class Desk:
    """Who uploads into a real store, at a clock that the test moves."""

    def __init__(self, stage: Stage, objects: ObjectStore) -> None:
        self.clock = ManualClock(datetime.now(UTC))
        self.stage, self.objects = stage, objects
        self.uploads = Uploads(stage.database, self.clock)
        self.sources = Sources(self.uploads, objects)
        self.calls = UploadsServicer(self.uploads, self.sources, objects, self.clock)
        self.expiry = Expiry(stage.database, objects, self.clock)

    async def announce(
        self, kind: uploads_pb2.UploadKind.ValueType, content: bytes, **said: Any
    ) -> uploads_pb2.Upload:
        facts: dict[str, Any] = {
            "size_bytes": len(content),
            "media_type": "application/octet-stream",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        return await self.calls.CreateUpload(
            uploads_pb2.CreateUploadRequest(kind=kind, **(facts | said)), None
        )

    async def complete(self, upload: uploads_pb2.Upload) -> uploads_pb2.Upload:
        return await self.calls.CompleteUpload(uploads_pb2.CompleteUploadRequest(name=upload.name), None)

    async def bring(self, kind: uploads_pb2.UploadKind.ValueType, content: bytes) -> uploads_pb2.Upload:
        upload = await self.announce(kind, content)
        assert await put(upload, content) == 200
        return await self.complete(upload)

    async def stored(self) -> list[str]:
        return [one.key for one in await self.objects.list("uploads/")]


async def put(upload: uploads_pb2.Upload, content: bytes) -> int:
    """The status that the store answers."""
    headers = {header.name: header.value for header in upload.put_headers}
    answer = await asyncio.to_thread(
        urllib3.request, "PUT", upload.put_url, body=content, headers=headers, timeout=30, retries=False
    )
    return answer.status


@pytest.fixture
async def desk(stage: Stage, s3_bucket: Bucket) -> AsyncIterator[Desk]:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    async with open_objects(s3_bucket.settings()) as objects:
        yield Desk(stage, objects)


async def test_music_too_large_for_a_message_is_uploaded_and_brought(desk: Desk) -> None:
    content = tone(seconds=40)
    upload = await desk.bring(MUSIC, content)
    request = library_pb2.BringLibraryFileRequest(
        kind=library_pb2.LIBRARY_FILE_KIND_MUSIC, upload=upload.name, credit=CREDIT
    )
    library = library_servicer(desk.stage, desk.objects, desk.sources)

    brought = await library.BringLibraryFile(request, None)

    assert len(content) > 3_000_000
    assert upload.state == uploads_pb2.UPLOAD_STATE_READY
    assert brought.artifact.length_ms == 40_000


async def test_a_screenplay_is_imported_by_its_uploads_name(desk: Desk) -> None:
    upload = await desk.bring(uploads_pb2.UPLOAD_KIND_SCREENPLAY, b"INT. PIER - NIGHT\n\nRain.\n")
    project = await desk.stage.projects.create(desk.stage.workspace, "Ferry", None)
    request = screenplay_pb2.ImportScreenplayRequest(
        project=f"projects/{project.project_id}", upload=upload.name
    )

    revision = await ScreenplayServicer(desk.stage.projects, desk.sources).ImportScreenplay(request, None)

    assert revision.content == b"INT. PIER - NIGHT\n\nRain.\n"


async def test_completing_again_and_creating_by_the_same_request_id_are_one(desk: Desk) -> None:
    content, request_id = tone(1), str(uuid4())
    first = await desk.announce(MUSIC, content, request_id=request_id)
    again = await desk.announce(MUSIC, content, request_id=request_id)
    await put(first, content)

    ready, still_ready = await desk.complete(first), await desk.complete(again)

    assert first.name == again.name
    assert (ready, ready.put_url) == (still_ready, "")


@pytest.mark.parametrize(
    ("kind", "content"),
    [(CLIP, CONCAT), (CLIP, PLAYLIST), (STILL, SVG), (MUSIC, PLAYLIST), (STILL, CONCAT), (CLIP, tone(1))],
)
async def test_a_file_is_what_its_bytes_say_and_is_removed_when_it_is_something_else(
    desk: Desk, kind: uploads_pb2.UploadKind.ValueType, content: bytes
) -> None:
    upload = await desk.announce(kind, content, media_type="video/mp4")
    await put(upload, content)

    with pytest.raises(InvalidInput, match="this file is"):
        await desk.complete(upload)

    assert await desk.stored() == []


async def test_other_bytes_of_the_same_length_are_refused_and_can_be_sent_again(desk: Desk) -> None:
    content = tone(1)
    upload = await desk.announce(MUSIC, content)
    await put(upload, content[:-1] + b"?")

    with pytest.raises(InvalidInput, match="sha256 is not that of the bytes"):
        await desk.complete(upload)
    await put(upload, content)

    assert (await desk.complete(upload)).state == uploads_pb2.UPLOAD_STATE_READY


async def test_bytes_that_were_replaced_after_they_were_looked_at_are_not_used(desk: Desk) -> None:
    content = tone(1)
    upload = await desk.announce(MUSIC, content)
    await put(upload, content)
    await desk.complete(upload)
    await put(upload, CONCAT.ljust(len(content)))
    request = library_pb2.BringLibraryFileRequest(
        kind=library_pb2.LIBRARY_FILE_KIND_MUSIC, upload=upload.name, credit=CREDIT
    )

    with pytest.raises(FailedPrecondition, match="changed; upload the file again"):
        await library_servicer(desk.stage, desk.objects, desk.sources).BringLibraryFile(request, None)


async def test_an_upload_is_used_only_as_what_it_was_announced_and_once_it_is_ready(desk: Desk) -> None:
    library = library_servicer(desk.stage, desk.objects, desk.sources)
    font = library_pb2.BringLibraryFileRequest(kind=library_pb2.LIBRARY_FILE_KIND_FONT, credit=CREDIT)

    font.upload = (await desk.announce(MUSIC, tone(1))).name
    with pytest.raises(FailedPrecondition, match="not completed"):
        await library.BringLibraryFile(font, None)
    font.upload = (await desk.bring(MUSIC, tone(1))).name
    with pytest.raises(InvalidInput, match="is of a music; this takes a font"):
        await library.BringLibraryFile(font, None)


async def test_nothing_sent_is_not_complete(desk: Desk) -> None:
    with pytest.raises(FailedPrecondition, match="Nothing was sent"):
        await desk.complete(await desk.announce(MUSIC, tone(1)))


async def test_a_kind_has_a_limit_and_a_workspace_too(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="of a screenplay is at most 2,097,152"):
        await desk.announce(uploads_pb2.UPLOAD_KIND_SCREENPLAY, b"", size_bytes=2_097_153)
    for _ in range(OPEN_MAX):
        await desk.announce(MUSIC, b"1")

    with pytest.raises(ResourceExhausted, match="100 uploads"):
        await desk.announce(MUSIC, b"1")


async def test_another_workspace_sees_no_upload(desk: Desk) -> None:
    upload = await desk.bring(MUSIC, tone(1))

    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))

    with pytest.raises(NotFound):
        await desk.calls.GetUpload(uploads_pb2.GetUploadRequest(name=upload.name), None)
    with pytest.raises(NotFound):
        await desk.complete(upload)


async def test_uploads_end_by_themselves_with_their_bytes(desk: Desk) -> None:
    abandoned = await desk.announce(MUSIC, tone(1))
    await put(abandoned, tone(1))
    ready = await desk.bring(MUSIC, tone(2))

    await desk.clock.advance((PENDING_LIFE + GRACE + timedelta(seconds=1)).total_seconds())
    await desk.expiry.step()
    kept = await desk.stored()
    await desk.clock.advance(READY_LIFE.total_seconds())
    await desk.expiry.step()

    assert [UUID(key.split("/")[2]) for key in kept] == [UUID(ready.name.split("/")[1])]
    assert await desk.stored() == []
    with pytest.raises(NotFound):
        await desk.complete(abandoned)


async def test_abandoned_chunks_and_bytes_without_an_upload_are_collected(desk: Desk) -> None:
    prefix = f"uploads/{desk.stage.workspace}"
    for key in (f"{prefix}/{'a' * 64}/00000000", f"{prefix}/{uuid4()}/file"):
        await desk.objects.put_if_absent(key, data=b"left", media_type="application/octet-stream")

    await desk.expiry.step()
    young = await desk.stored()
    await desk.clock.advance((STRAY_GRACE + LAP).total_seconds())
    while await desk.expiry.step():
        pass

    assert len(young) == 2
    assert await desk.stored() == []
