"""Media that come from another studio: looked at, kept by their digests, and found by the film's tasks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import uuid4

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfers.v1 import transfers_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import LocalPolicy
from studio_jobs.servicers.transfers import TransfersServicer
from studio_jobs.store.boards import Boards
from studio_jobs.transfers.adoptions import Adoptions
from studio_jobs.transfers.inventory import Inventory
from studio_jobs.transfers.uploads import CHUNK_BYTES, Uploads
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound
from studio_platform.manifests import UPLOADS_PREFIX
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.stage import SCRIPT, Stage
from tests.integration.jobs.test_brought_media import CREDIT, picture, sound

STILL = task_pb2.TASK_KIND_STILL
ENGINE = task_pb2.EngineRef(engine="elsewhere", revision="3")


@dataclass(slots=True)
class Dock:
    """Where a project's media come in."""

    room: CuttingRoom
    servicer: TransfersServicer
    objects: MemoryObjectStore

    async def send(self, content: bytes, media_type: str, **fields: object) -> bool:
        """Upload a file by chunks; whether it is there. `fields` are said in place of the truth."""
        stored = False
        for offset in range(0, len(content), CHUNK_BYTES):
            request = chunk(content, media_type, offset, **fields)
            request.project = self.room.name
            stored = (await self.servicer.UploadMedia(request, None)).stored
        return stored

    async def adopt(self, **fields: object) -> int:
        request = transfers_pb2.AdoptMediaRequest(project=self.room.name, **fields)  # type: ignore[arg-type]
        return (await self.servicer.AdoptMedia(request, None)).found


def chunk(
    content: bytes, media_type: str, begins: int = 0, **fields: object
) -> transfers_pb2.UploadMediaRequest:
    """The request with the chunk of a file that begins there. `fields` are said in place of the truth."""
    said = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "offset": begins,
        **fields,
    }
    return transfers_pb2.UploadMediaRequest(
        media_type=media_type,
        content=content[begins : begins + CHUNK_BYTES],
        **said,  # type: ignore[arg-type]  # fields by name
    )


def artifact(content: bytes, plan_key: str = "") -> transfers_pb2.MediaArtifact:
    part = transfers_pb2.MediaPart(
        role="image",
        media_type="image/png",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
    )
    return transfers_pb2.MediaArtifact(plan_key=plan_key, kind=STILL, engine=ENGINE, parts=[part])


def lock_of(clip: timeline_pb2.KeptArtifact | None = None) -> timeline_pb2.ShotLock:
    """A lock of a silent shot."""
    timing = task_pb2.ShotTiming(min_frames=24, rate=task_pb2.Rate(numerator=24, denominator=1))
    return timeline_pb2.ShotLock(clip=clip, timing=timing, size=task_pb2.Size(width_px=320, height_px=180))


@pytest.fixture
async def dock(stage: Stage) -> Dock:
    room, objects = await open_cutting_room(stage, SCRIPT), MemoryObjectStore()
    servicer = TransfersServicer(
        stage.projects,
        Boards(stage.database, Breakdowns(stage.database)),
        stage.submissions,
        stage.log,
        objects,
        Uploads(objects, Ingest(LocalPolicy())),
        Adoptions(stage.database, stage.log),
        Inventory(stage.database),
    )
    return Dock(room, servicer, objects)


async def test_a_file_comes_in_by_chunks_and_is_asked_for_no_more(dock: Dock) -> None:
    content = picture() + bytes(CHUNK_BYTES)

    stored = await dock.send(content, "image/png")
    again = await dock.servicer.UploadMedia(
        transfers_pb2.UploadMediaRequest(
            project=dock.room.name,
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            media_type="image/png",
        ),
        None,
    )

    assert (stored, again.stored) == (True, True)
    assert not await dock.objects.list(UPLOADS_PREFIX)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"


@pytest.mark.parametrize(
    ("content", "media_type", "said", "text"),
    [
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "video/mp4", {}, "can't be read as video/mp4"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "video/mp4", {}, "can't be read as video/mp4"),
        (SVG, "image/png", {}, "can't be read as image/png"),
        (picture(), "audio/flac", {}, "can't be read as audio/flac"),
        (b"[" * 100_000, "application/json", {}, "can't be read as application/json"),
        (b"[]" + b" " * 2_000_000, "application/json", {}, "at most 1048576"),
        (picture(), "image/png", {"sha256": "0" * 64}, "not that of the bytes"),
        (picture(), "image/png", {"size_bytes": 7}, "multiple of 3000000"),
        (picture(), "image/png", {"offset": 3}, "multiple of 3000000"),
    ],
    ids=["concat", "playlist", "SVG", "another type", "too deep", "too long", "digest", "size", "offset"],
)
async def test_what_is_not_what_it_is_said_to_be_is_not_kept(
    dock: Dock, content: bytes, media_type: str, said: dict[str, object], text: str
) -> None:
    with pytest.raises(InvalidInput, match=text):
        await dock.send(content, media_type, **said)

    assert not await dock.objects.list("")


async def test_a_last_chunk_without_the_first_is_refused(dock: Dock) -> None:
    with pytest.raises(FailedPrecondition, match="earlier chunk"):
        await dock.send(bytes(10), "image/png", size_bytes=CHUNK_BYTES + 10, offset=CHUNK_BYTES)


async def test_an_adopted_still_is_found_by_its_task_and_exported_again(dock: Dock) -> None:
    await dock.send(picture(), "image/png")
    plan = await dock.room.plan()
    task = next(task for task in plan.judged.plan.tasks if int(task.kind) == STILL)
    plan_key = plan.judged.plan.plan_keys[task.number - 1].hex()

    found = await dock.adopt(artifacts=[artifact(picture(), plan_key)])
    exported = await dock.servicer.ExportMedia(transfers_pb2.ExportMediaRequest(project=dock.room.name), None)

    assert found == 1
    (kept,) = exported.artifacts
    assert kept.parts[0].url
    kept.parts[0].ClearField("url")
    assert kept == artifact(picture(), plan_key)


async def test_a_key_of_no_task_of_the_film_is_given_to_none(dock: Dock) -> None:
    await dock.send(picture(), "image/png")

    assert await dock.adopt(artifacts=[artifact(picture(), "ab" * 32)]) == 0


async def test_what_was_not_uploaded_is_not_adopted_and_no_edit_rests_on_it(dock: Dock) -> None:
    shot = (await dock.room.listed())[0].name.rpartition("/")[2]
    kept = timeline_pb2.KeptArtifact(digest="ab" * 32, engine=ENGINE)
    still = timeline_pb2.Replacement(
        target=timeline_pb2.MediaTarget(still=shot), credit=CREDIT, artifact=kept
    )
    lock = transfers_pb2.MediaLock(shot=shot, lock=lock_of(kept))

    for fields in ({"artifacts": [artifact(picture())]}, {"replacements": [still]}, {"locks": [lock]}):
        with pytest.raises(FailedPrecondition, match=r"not uploaded|not adopted"):
            await dock.adopt(**fields)

    assert not (await dock.room.stage.log.documents(dock.room.stage.workspace, dock.room.project)).found


async def test_a_lock_that_no_studio_wrote_and_work_of_the_composer_are_refused(dock: Dock) -> None:
    shot = (await dock.room.listed())[0].name.rpartition("/")[2]
    no_rate, roles, film = timeline_pb2.ShotLock(), lock_of(), artifact(picture())
    roles.timing.speech_roles.append("speech-1")
    film.kind = task_pb2.TASK_KIND_FILM

    for lock in (no_rate, roles):
        with pytest.raises(InvalidInput, match="must"):
            await dock.adopt(locks=[transfers_pb2.MediaLock(shot=shot, lock=lock)])
    with pytest.raises(InvalidInput, match="must be a still"):
        await dock.adopt(artifacts=[film])


async def test_a_voice_without_a_consent_and_a_strangers_project_are_refused(dock: Dock) -> None:
    spoken = next(shot for shot in await dock.room.listed() if shot.speaker)
    line = timeline_pb2.LineTarget(shot=spoken.name.rpartition("/")[2], line=1)
    voice = timeline_pb2.Replacement(
        target=timeline_pb2.MediaTarget(line=line),
        credit=timeline_pb2.Credit(creator="A", source="own", licence="CC0-1.0"),
    )

    with pytest.raises(InvalidInput, match="consent"):
        await dock.adopt(replacements=[voice])
    with pytest.raises(NotFound):
        await dock.servicer.ExportMedia(transfers_pb2.ExportMediaRequest(project=f"projects/{uuid4()}"), None)
    assert await dock.send(sound(500), "audio/flac")


async def test_a_brought_file_of_nothing_is_refused(dock: Dock) -> None:
    with pytest.raises(InvalidInput, match="must say what is replaced"):
        await dock.adopt(replacements=[timeline_pb2.Replacement()])
