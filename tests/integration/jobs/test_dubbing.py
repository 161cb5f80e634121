"""Outputs in other languages, counted: the same stills and clips, and only what a translation makes anew."""

from __future__ import annotations

from collections import Counter

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.verdicts import Verdict
from studio_jobs.plan_messages import render_plan
from studio_platform.errors import FailedPrecondition
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.dubbing_room import translate
from tests.integration.jobs.stage import Stage, announcement
from tests.integration.jobs.test_edit_matrix import SCRIPT, SOUND, counted, ran

GERMAN = {
    "Three Rooms": "Drei Zimmer",
    "Is anybody there?": "Ist da jemand?",
    "Only me.": "Nur ich.",
    "Where is it?": "Wo ist es?",
}
CAPTIONS = jobs_pb2.Output(language="de", captions_only=True)
DUB = jobs_pb2.Output(language="de")
TALL = jobs_pb2.Output(language="de", aspect="9:16")


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    """A film that is made, and translated."""
    room = await open_cutting_room(stage, SCRIPT)
    await room.render()
    await translate(room, GERMAN)
    return room


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ([CAPTIONS], {"film": 1}),
        ([DUB], {"speech": 3, "segment": 3, "levels": 1, "master": 3, "film": 1}),
        ([DUB, TALL], {"speech": 3, "segment": 3 + 8 + 3, "levels": 1, "master": 3, "film": 2}),
    ],
)
async def test_a_language_of_a_finished_film_makes_no_picture_and_is_found_again(
    room: CuttingRoom, outputs: list[jobs_pb2.Output], expected: dict[str, int]
) -> None:
    planned = await room.plan(outputs=outputs)
    made = await room.render(outputs=outputs)

    certain, possible = counted(planned, Verdict.RUN), counted(planned, Verdict.RUN_UNLESS_EQUAL)
    assert certain <= Counter(expected) <= certain + possible
    assert await ran(room, made) == expected
    assert await ran(room, await room.render(outputs=outputs)) == {}
    assert made.film_key == (await room.render()).film_key


@pytest.mark.parametrize(("output", "expected"), [(CAPTIONS, {"film": 1}), (DUB, SOUND)])
async def test_a_changed_translation_makes_its_own_speech_and_sound_and_is_taken_back(
    room: CuttingRoom, output: jobs_pb2.Output, expected: dict[str, int]
) -> None:
    await room.render(outputs=[output])

    await translate(room, {"Only me.": "Bloß ich."})
    changed = await ran(room, await room.render(outputs=[output]))
    await room.undo()

    assert changed == expected
    assert await ran(room, await room.render(outputs=[output])) == {}


@pytest.mark.parametrize("output", [CAPTIONS, DUB])
async def test_a_translated_title_makes_the_outputs_film_alone(
    room: CuttingRoom, output: jobs_pb2.Output
) -> None:
    await room.render(outputs=[output])

    await translate(room, {"Three Rooms": "Drei Räume"})

    assert await ran(room, await room.render(outputs=[output])) == {"film": 1}


async def test_what_the_film_lacks_no_line_for_is_translated_in_no_other_language(room: CuttingRoom) -> None:
    with pytest.raises(FailedPrecondition, match="lacks 3 of 3 lines in fr"):
        await room.submit(outputs=[CAPTIONS, jobs_pb2.Output(language="fr", captions_only=True)])


async def test_a_pool_that_does_not_speak_the_language_is_refused_by_name_and_captions_are_not(
    room: CuttingRoom,
) -> None:
    said = announcement(TaskKind.SPEECH)
    said.languages.append("en")
    await room.stage.loops.announcements.take(said)

    with pytest.raises(FailedPrecondition) as refused:
        await room.submit(outputs=[DUB])

    assert refused.value.reason == "SCREENPLAY_LANGUAGE_WITHOUT_VOICE"
    assert "null speaks en, and no other speech pool here speaks it" in refused.value.user_text
    assert "--also de:captions" in refused.value.user_text
    assert await ran(room, await room.render(outputs=[CAPTIONS])) == {"film": 1}


async def test_another_pool_that_speaks_the_language_says_it_with_voices_of_its_own(
    room: CuttingRoom,
) -> None:
    said = announcement(TaskKind.SPEECH)
    said.languages.append("en")
    await room.stage.loops.announcements.take(said)
    german = announcement(TaskKind.SPEECH)
    german.pool = "german-speech"
    german.languages.append("de")
    german.ClearField("voices")
    german.voices.extend(["hans", "grete"])
    await room.stage.loops.announcements.take(german)

    plan = render_plan(await room.plan(outputs=[DUB]), "EUR")
    specs = {task.pool for task in plan.tasks if task.kind == task_pb2.TASK_KIND_SPEECH}

    assert (list(plan.obstacles), specs) == ([], {"pools/null-speech", "pools/german-speech"})
