"""Files in place of what the studio makes: what they run, what they need, and that they stay."""

from __future__ import annotations

import io
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.casting.entries import name_id
from studio_jobs.domain.causes import Cause
from studio_jobs.domain.states import TaskKind
from studio_media.sound import encode_flac
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from studio_platform.manifests import blob_key
from studio_platform.objects_memory import MemoryObjectStore
from tests.integration.jobs.cutting_room import timeline_servicer
from tests.integration.jobs.stage import SPEECH_LENGTH_MS, UNNARRATED, Stage, announcement
from tests.integration.jobs.test_timeline import SCRIPT, CuttingRoom

CREDIT = timeline_pb2.Credit(
    creator="J. Doe", source="https://example.org/night", licence="CC-BY-4.0", consent="signed 2026-03-01"
)
# What is brought to scene 1 is credited on a page of its own, under which the last scene's tone goes on.
MIXED_AND_CREDITED = ("levels", "scene 1 sound", "scene 2 sound", "film")


def picture(colour: str = "teal") -> bytes:
    memory = io.BytesIO()
    Image.new("RGB", (320, 180), colour).save(memory, "PNG")
    return memory.getvalue()


def sound(length_ms: int) -> bytes:
    at = np.arange(48 * length_ms)
    return encode_flac((0.2 * np.sin(at / 20)).astype(np.float32)[:, None])


@pytest.fixture
def objects() -> MemoryObjectStore:
    return MemoryObjectStore()


@pytest.fixture
async def cutting(stage: Stage, objects: MemoryObjectStore) -> CuttingRoom:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    cutting = CuttingRoom(stage, timeline_servicer(stage, objects))
    await cutting.bring()
    return cutting


async def shot_id(cutting: CuttingRoom, label: str) -> str:
    return (await cutting.shots())[label].name.rsplit("/", 1)[-1]


async def line_of(cutting: CuttingRoom, label: str, number: int = 1) -> timeline_pb2.MediaTarget:
    line = timeline_pb2.LineTarget(shot=await shot_id(cutting, label), line=number)
    return timeline_pb2.MediaTarget(line=line)


async def replace(
    cutting: CuttingRoom,
    target: timeline_pb2.MediaTarget,
    content: bytes,
    credit: timeline_pb2.Credit = CREDIT,
    *,
    shows_people: bool = False,
) -> timeline_pb2.Replacement:
    request = timeline_pb2.ReplaceMediaRequest(
        project=f"projects/{cutting.project}",
        target=target,
        content=content,
        credit=credit,
        shows_people=shows_people,
    )
    return await cutting.servicer.ReplaceMedia(request, None)


async def restore(cutting: CuttingRoom, target: timeline_pb2.MediaTarget) -> None:
    request = timeline_pb2.RestoreMediaRequest(project=f"projects/{cutting.project}", target=target)
    await cutting.servicer.RestoreMedia(request, None)


async def specs(cutting: CuttingRoom) -> dict[str, task_pb2.TaskSpec]:
    request = jobs_pb2.CreateJobRequest(
        project=f"projects/{cutting.project}", request_id=str(uuid4()), options=UNNARRATED
    )
    job = await cutting.stage.submissions.submit(cutting.stage.workspace, request)
    await cutting.stage.run_to_end(job)
    tasks = await cutting.stage.jobs.tasks_page(cutting.stage.workspace, job.job_id, 0, 1000)
    return {task["display_name"]: task_pb2.TaskSpec.FromString(task["spec"]) for task in tasks}


async def test_a_brought_still_runs_its_clip_its_cut_and_the_film_and_taken_back_nothing(
    cutting: CuttingRoom,
) -> None:
    await cutting.render()
    target = timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1"))

    await replace(cutting, target, picture())
    assert await cutting.render() == {"scene 1 shot 1 clip", "scene 1 cut", *MIXED_AND_CREDITED}
    await restore(cutting, target)

    assert await cutting.render() == set()


async def test_a_brought_line_of_the_speechs_length_runs_the_cut_and_the_film_alone(
    cutting: CuttingRoom,
) -> None:
    await cutting.render()

    await replace(cutting, await line_of(cutting, "1.2"), sound(SPEECH_LENGTH_MS))

    assert await cutting.render() == {"scene 1 cut", *MIXED_AND_CREDITED}


async def test_a_longer_line_makes_its_shot_longer(cutting: CuttingRoom) -> None:
    await cutting.render()

    await replace(cutting, await line_of(cutting, "1.2"), sound(SPEECH_LENGTH_MS + 2_000))

    assert await cutting.render() == {
        "scene 1 shot 2 clip",
        "scene 1 music",
        "scene 1 effects",
        "scene 1 cut",
        *MIXED_AND_CREDITED,
    }


async def test_brought_music_runs_the_cut_and_the_film_and_may_have_any_length(cutting: CuttingRoom) -> None:
    await cutting.render()
    scene = (await cutting.timeline()).scenes[0]

    await replace(cutting, timeline_pb2.MediaTarget(music=scene.name.rsplit("/", 1)[-1]), sound(700))

    assert await cutting.render() == {"scene 1 cut", *MIXED_AND_CREDITED}
    assert (await specs(cutting))["scene 1 cut"].segment.music_fitted


async def test_what_was_brought_is_credited_once_on_the_film_and_listed(cutting: CuttingRoom) -> None:
    await replace(cutting, await line_of(cutting, "1.2"), sound(900))
    await replace(cutting, await line_of(cutting, "1.3"), sound(800))

    film = (await specs(cutting))["film"].film

    assert list(film.credits) == ["Voice: J. Doe (CC-BY-4.0)"]
    assert film.credits_card_frames == 72
    listed = (await cutting.timeline()).replacements
    assert {entry.credit.consent for entry in listed} == {"signed 2026-03-01"}
    assert {entry.artifact.length_ms for entry in listed} == {900, 800}


async def test_a_brought_file_is_kept_under_its_own_bytes_held_and_can_be_fetched(
    cutting: CuttingRoom, objects: MemoryObjectStore
) -> None:
    made = await replace(cutting, timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1")), picture())

    [row] = await cutting.stage.database.fetch(
        "select a.kind, a.digest, b.sha256 from held_artifacts h"
        " join artifacts a using (workspace_id, content_key)"
        " join artifact_blobs b using (workspace_id, content_key)"
    )
    [held] = (await cutting.timeline()).replacement_files

    key = blob_key(str(cutting.stage.workspace), row["sha256"].hex())
    assert (row["kind"], row["digest"]) == (TaskKind.STILL, made.artifact.digest)
    assert list(objects.objects) == [key]
    assert held.target == made.target
    assert held.file.url.startswith(f"memory://{key}?")
    assert (held.file.media_type, held.file.filename) == ("image/png", "shot-1-1-still.png")


async def test_a_voice_and_a_face_need_a_consent(cutting: CuttingRoom) -> None:
    silent = timeline_pb2.Credit(creator="J. Doe", source="own", licence="own")
    still = timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1"))

    with pytest.raises(InvalidInput, match="whose voice it is agreed"):
        await replace(cutting, await line_of(cutting, "1.2"), sound(500), silent)
    with pytest.raises(InvalidInput, match="whose face it is agreed"):
        await replace(cutting, still, picture(), silent, shows_people=True)
    await replace(cutting, still, picture(), silent)


async def test_what_the_film_does_not_have_is_not_replaced(cutting: CuttingRoom) -> None:
    for target in (
        timeline_pb2.MediaTarget(still="shot-0000000000000000-1"),
        timeline_pb2.MediaTarget(music="scene-0000000000000000-1"),
        await line_of(cutting, "1.2", 2),
    ):
        with pytest.raises(InvalidInput, match="target"):
            await replace(cutting, target, sound(500))


async def test_a_file_that_is_no_picture_is_refused_and_nothing_is_kept(
    cutting: CuttingRoom, objects: MemoryObjectStore
) -> None:
    target = timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1"))

    with pytest.raises(InvalidInput, match="A still is PNG, JPEG, WEBP"):
        await replace(cutting, target, b"ffconcat version 1.0\nfile /etc/hostname\n")

    assert not objects.objects
    assert not (await cutting.timeline()).replacements


async def test_a_brought_line_stays_over_a_revision_and_is_listed_when_its_shot_is_gone(
    cutting: CuttingRoom,
) -> None:
    await replace(cutting, await line_of(cutting, "1.3"), sound(900))

    await cutting.bring(SCRIPT.replace(b"Only me.", b"Only me, Mara."))
    assert (await specs(cutting))["scene 1 shot 3 Tom"].HasField("given")
    await cutting.bring(SCRIPT.replace(b"TOM\nOnly me.\n\n", b""))

    strays = (await cutting.timeline()).strays
    assert [stray.reason for stray in strays] == [timeline_pb2.STRAY_REASON_SHOT_GONE]


async def test_a_plan_without_what_was_brought_is_refused_in_words(cutting: CuttingRoom) -> None:
    await replace(cutting, timeline_pb2.MediaTarget(still=await shot_id(cutting, "1.1")), picture())
    await cutting.stage.database.execute("delete from held_artifacts")
    await cutting.stage.database.execute("delete from artifacts")

    request = jobs_pb2.PlanRenderRequest(project=f"projects/{cutting.project}", options=UNNARRATED)
    with pytest.raises(FailedPrecondition, match="brought as scene 1 shot 1 still is not in this studio"):
        await cutting.stage.submissions.plan(cutting.stage.workspace, request)


async def test_brought_ambience_leaves_the_single_sounds(cutting: CuttingRoom) -> None:
    await cutting.render()
    before = await specs(cutting)
    scene = (await cutting.timeline()).scenes[0].name.rsplit("/", 1)[-1]

    await replace(cutting, timeline_pb2.MediaTarget(ambience=scene), sound(700))

    assert await cutting.render() == {
        "ground of room tone",
        "scene 1 effects",
        "scene 1 cut",
        *MIXED_AND_CREDITED,
    }
    after = await specs(cutting)
    assert list(before["scene 1 effects"].effects.ambiences) != []
    assert list(after["scene 1 effects"].effects.ambiences) == []
    kept = [[cue.kind for cue in made["scene 1 effects"].effects.cues] for made in (before, after)]
    assert kept[0] == kept[1] == ["DOOR"]
    assert after["scene 1 cut"].segment.ambience_role == "ambience"
    assert list(after["film"].film.credits) == ["Sound: J. Doe (CC-BY-4.0)"]


def portrait_of(name: str) -> timeline_pb2.MediaTarget:
    return timeline_pb2.MediaTarget(portrait=name_id(name))


@pytest.fixture
async def modelled(cutting: CuttingRoom) -> CuttingRoom:
    """Its stills are by a model that is shown portraits."""
    said = announcement(TaskKind.STILL)
    said.engine.engine = "diffusers"
    await cutting.stage.loops.announcements.take(said)
    return cutting


async def test_a_brought_portrait_runs_the_stills_of_its_character_and_taken_back_nothing(
    modelled: CuttingRoom,
) -> None:
    await modelled.render()

    made = await replace(modelled, portrait_of("TOM"), picture())
    ran = await modelled.render()
    still = (await specs(modelled))["scene 1 shot 3 still"].still
    await restore(modelled, portrait_of("TOM"))

    assert {name for name in ran if name.endswith(" still")} == {"scene 1 shot 3 still"}
    assert {figure.name: figure.portrait for figure in still.figures if figure.portrait} == {
        "TOM": f"portrait-{made.artifact.digest[:16]}"
    }
    assert await modelled.render() == set()


async def test_another_portrait_is_another_look(modelled: CuttingRoom) -> None:
    await replace(modelled, portrait_of("TOM"), picture())
    await modelled.render()

    await replace(modelled, portrait_of("TOM"), picture("maroon"))

    request = jobs_pb2.PlanRenderRequest(project=f"projects/{modelled.project}", options=UNNARRATED)
    plan = await modelled.stage.submissions.plan(modelled.stage.workspace, request)
    assert {cause for shot in plan.differences.shots for cause, _ in shot.causes} == {Cause.LOOK}


async def test_a_portrait_is_credited_where_it_is_shown_to_a_model_and_no_reason_to_draw_elsewhere(
    cutting: CuttingRoom,
) -> None:
    await cutting.render()
    await replace(cutting, portrait_of("TOM"), picture())
    assert await cutting.render() == set()
    said = announcement(TaskKind.STILL)
    said.engine.engine = "diffusers"

    await cutting.stage.loops.announcements.take(said)

    assert list((await specs(cutting))["film"].film.credits) == ["Portrait: J. Doe (CC-BY-4.0)"]


async def test_a_portrait_is_a_picture_of_somebody_of_the_film_who_agreed(cutting: CuttingRoom) -> None:
    silent = timeline_pb2.Credit(creator="J. Doe", source="own", licence="own")

    with pytest.raises(InvalidInput, match="whose face it is agreed"):
        await replace(cutting, portrait_of("TOM"), picture(), silent, shows_people=True)
    with pytest.raises(InvalidInput, match="must be the id of a character of the film"):
        await replace(cutting, portrait_of("NOBODY"), picture())
    with pytest.raises(InvalidInput, match="A portrait is PNG, JPEG, WEBP; this file is FLAC"):
        await replace(cutting, portrait_of("TOM"), sound(500))
    with pytest.raises(NotFound, match="uploads/"):
        await cutting.servicer.ReplaceMedia(
            timeline_pb2.ReplaceMediaRequest(
                project=f"projects/{cutting.project}",
                target=portrait_of("TOM"),
                upload=f"uploads/{uuid4()}",
                credit=CREDIT,
            ),
            None,
        )


async def test_a_portrait_is_listed_when_its_character_is_gone(cutting: CuttingRoom) -> None:
    await replace(cutting, portrait_of("TOM"), picture())

    await cutting.bring(SCRIPT.replace(b"TOM\nOnly me.\n\n", b""))

    [stray] = (await cutting.timeline()).strays
    assert stray.reason == timeline_pb2.STRAY_REASON_CHARACTER_GONE
    assert stray.name == f"projects/{cutting.project}/castMembers/{name_id('TOM')}"
