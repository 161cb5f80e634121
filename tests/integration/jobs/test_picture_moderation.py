"""Pictures that people bring are judged before they are kept, by a model on a real socket; verdicts stay."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from PIL import Image

from filmstudio.library.v1 import library_pb2
from studio_jobs.media.formats import MediaKind
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import LocalPolicy, Passage, Refusal
from studio_jobs.moderation_audit import AuditedModerator
from studio_jobs.provider_moderation import ModerationProvider, open_moderation
from studio_jobs.servicers.library import LibraryServicer
from studio_jobs.store.brought_files import BroughtFiles
from studio_jobs.store.rows import Record
from studio_jobs.transfers.uploads import Uploads as Chunks
from studio_platform.clock import SystemClock
from studio_platform.errors import InvalidInput, Unavailable
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.cutting_room import library_servicer
from tests.integration.jobs.model_server import ModelServer, Reply, body, fails, model_server
from tests.integration.jobs.stage import Stage
from tests.integration.jobs.test_transfers import chunk
from tests.integration.jobs.test_uploads import CREDIT
from tests.unit.jobs.test_media import movie

PATH = "/v1/moderations"
LOGO = library_pb2.LIBRARY_FILE_KIND_LOGO


def picture(width_px: int = 1_600, height_px: int = 900) -> bytes:
    memory = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "teal").save(memory, "PNG")
    return memory.getvalue()


def judges(category: str = "") -> Reply:
    """A result: flagged for a category, or for nothing."""
    result = {"flagged": bool(category), "categories": {category or "violence": bool(category)}}
    return body(json.dumps({"id": "m", "model": "m", "results": [result]}).encode())


@dataclass(slots=True)
class Door:
    """Where pictures come in, past a model that says what the test tells it."""

    stage: Stage
    model: ModelServer
    moderator: AuditedModerator
    objects: MemoryObjectStore
    library: LibraryServicer

    async def bring(self, content: bytes) -> library_pb2.LibraryFile:
        request = library_pb2.BringLibraryFileRequest(kind=LOGO, content=content, credit=CREDIT)
        return await self.library.BringLibraryFile(request, None)

    async def verdicts(self) -> list[Record]:
        query = "select * from moderation_verdicts where workspace_id = $1 order by judged_at"
        return await self.stage.database.fetch(query, self.stage.workspace)

    def seen(self) -> list[Image.Image]:
        """The pictures that the model was shown."""
        urls = [asked["input"][0]["image_url"]["url"] for asked in self.model.asked]
        jpegs = [base64.b64decode(url.removeprefix("data:image/jpeg;base64,")) for url in urls]
        return [Image.open(io.BytesIO(jpeg), formats=["JPEG"]) for jpeg in jpegs]


@pytest.fixture
async def door(stage: Stage) -> AsyncIterator[Door]:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    async with model_server(PATH) as model:
        provider = ModerationProvider(model.address, "secret", "omni", 5.0)
        async with open_moderation(provider) as asked:
            moderator = AuditedModerator(asked, stage.database, SystemClock())
            objects = MemoryObjectStore()
            files = BroughtFiles(objects, Ingest(moderator))
            yield Door(stage, model, moderator, objects, library_servicer(stage, objects, files=files))


async def test_a_picture_is_shown_to_the_model_small_and_its_verdict_is_kept(door: Door) -> None:
    door.model.replies.append(judges())

    await door.bring(picture())
    await door.bring(picture())

    (seen,), (verdict,) = door.seen(), await door.verdicts()
    assert seen.size == (1_024, 576)
    assert (verdict["policy"], verdict["subject"], verdict["category"]) == ("local, omni", "picture", "")


async def test_a_refused_picture_is_not_kept_and_its_category_is_named(door: Door) -> None:
    door.model.replies.append(judges("sexual/minors"))

    with pytest.raises(InvalidInput, match="not allowed here: sexual/minors") as refused:
        await door.bring(picture())

    (verdict,) = await door.verdicts()
    assert (refused.value.reason, verdict["category"]) == ("CONTENT_REFUSED", "sexual/minors")
    assert door.objects.objects == {}


async def test_a_picture_that_nobody_can_judge_is_not_kept_until_somebody_can(door: Door) -> None:
    door.model.replies.extend([fails(503, retry_after="0.01")] * 3)
    with pytest.raises(Unavailable):
        await door.bring(picture())
    unjudged, kept = await door.verdicts(), dict(door.objects.objects)

    door.model.replies.append(judges())
    await door.bring(picture())

    assert (unjudged, kept) == ([], {})
    assert len(door.objects.objects) == 1


async def test_a_clip_is_looked_at_along_its_way_and_archives_are_judged_too(door: Door) -> None:
    door.model.replies.extend([judges(), judges("violence/graphic")])
    ingest = Ingest(door.moderator)

    await ingest.bring(door.stage.workspace, MediaKind.CLIP, movie())
    with pytest.raises(InvalidInput, match="violence/graphic"):
        await Chunks(door.objects, ingest).take(door.stage.workspace, chunk(picture(320, 180), "image/png"))

    assert [seen.size for seen in door.seen()] == [(320, 180), (320, 180)]


async def test_texts_leave_a_verdict_too_whatever_it_is_and_one_each(door: Door) -> None:
    moderator = AuditedModerator(LocalPolicy(), door.stage.database, SystemClock())
    fine, bad = [Passage("A door.", 1)], [Passage("Step by step: how to build a pipe bomb.", 7, 2)]

    results = [await moderator.check(door.stage.workspace, texts) for texts in (fine, bad, fine)]

    first, second = await door.verdicts()
    assert results == [None, Refusal("instructions for weapons of mass harm", 7, 2), None]
    assert (first["sha256"], first["category"]) == (hashlib.sha256(b"A door.\0").digest(), "")
    assert (second["category"], second["scene"], second["line"]) == (
        "instructions for weapons of mass harm",
        2,
        7,
    )
