"""What each kind of edit makes anew, counted: these runs happen, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.domain.causes import Cause
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.verdicts import Verdict
from studio_jobs.render_plans import RenderPlan
from studio_jobs.store import rows
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.stage import Stage, announcement

SCRIPT = b"""Title: Three Rooms

INT. KITCHEN - NIGHT

MARA stands by the table.

MARA
Is anybody there?

TOM
Only me.

INT. OFFICE - DAY

A desk with two chairs.

A map of the town, old and folded many times over.

A row of files.

MARA
Where is it?

EXT. STREET - DAY

A bus stops.
"""

Edit = Callable[[CuttingRoom], Awaitable[object]]


@pytest.fixture
async def room(stage: Stage) -> CuttingRoom:
    """A film that is made."""
    room = await open_cutting_room(stage, SCRIPT)
    await room.render()
    return room


def replaced(before: bytes, after: bytes) -> Edit:
    """An edit of the screenplay."""
    assert SCRIPT.count(before) == 1
    return lambda room: room.bring(SCRIPT.replace(before, after))


async def recast_look(room: CuttingRoom) -> None:
    await room.recast("TOM", look="a tall man")


async def recast_voice(room: CuttingRoom) -> None:
    await room.recast("TOM", voice="bass")


async def retake(room: CuttingRoom) -> None:
    await room.retake(await room.shot("TOM"))


async def edit_prompt(room: CuttingRoom) -> None:
    await room.update(await room.shot("bus"), prompt="A red bus.")


async def edit_camera(room: CuttingRoom) -> None:
    await room.update(await room.shot("bus"), camera_move=task_pb2.CAMERA_MOVE_HANDHELD)


async def edit_duration(room: CuttingRoom) -> None:
    await room.update(await room.shot("bus"), duration_ms=9000)


async def new_engine(room: CuttingRoom) -> None:
    await room.stage.loops.announcements.take(announcement(TaskKind.STILL, revision="2"))


async def edit_transition(room: CuttingRoom) -> None:
    shot = await room.shot("two chairs")
    wanted = timeline_pb2.TimelineShot(name=shot.name.replace("/shots/", "/timeline/shots/"))
    wanted.edit.transition.kind = timeline_pb2.TRANSITION_KIND_CROSSFADE
    wanted.edit.transition.length_ms = 500
    request = timeline_pb2.UpdateTimelineShotRequest(
        shot=wanted, update_mask=FieldMask(paths=["edit.transition"])
    )
    await room.timeline.UpdateTimelineShot(request, None)


async def style_captions(room: CuttingRoom) -> None:
    style = library_pb2.LibraryCaptionStyle(text_colour="#FFFF00", outline_colour="#000000", burned_in=True)
    await room.use("Yellow", library_pb2.LibraryContent(caption_style=style))


async def brand(room: CuttingRoom) -> None:
    kit = library_pb2.LibraryBrandKit(ground_colour="#101820", text_colour="#FFFFFF", end_text="Orbis")
    await room.use("Orbis", library_pb2.LibraryContent(brand_kit=kit))


async def score_film(room: CuttingRoom) -> None:
    await room.use("Theme", library_pb2.LibraryContent(music=await room.piece()))


async def score_mood(room: CuttingRoom) -> None:
    await room.use("Theme", library_pb2.LibraryContent(music=await room.piece()), "/moods/dark")


CUT = {"segment": 1, "levels": 1, "master": 1, "film": 1}
PICTURE = {"still": 1, "clip": 1, **CUT}
SOUND = {"speech": 1, **CUT}
ORDER = {"levels": 1, "film": 1}

EDITS: dict[str, tuple[Edit, dict[str, int], set[Cause]]] = {
    "a dialogue line": (replaced(b"Only me.", b"Just me."), SOUND, {Cause.SCRIPT}),
    "an action line": (replaced(b"A bus stops.", b"A bus turns."), PICTURE, {Cause.SCRIPT}),
    "the look of somebody in frame": (recast_look, PICTURE, {Cause.LOOK}),
    "a voice": (recast_voice, SOUND, {Cause.VOICE}),
    "a seed, by a retake": (retake, PICTURE, {Cause.SEED}),
    "a prompt": (edit_prompt, PICTURE, {Cause.PROMPT}),
    "a camera move": (edit_camera, {"clip": 1, **CUT}, {Cause.CAMERA}),
    "a duration": (
        edit_duration,
        {"clip": 1, "music": 1, "effects": 1, **CUT},
        {Cause.DURATION},
    ),
    "the engine of all stills": (
        new_engine,
        {"still": 8, "clip": 8, "segment": 3, "levels": 1, "master": 3, "film": 1},
        {Cause.ENGINE},
    ),
    "a line that gives its scene another mood": (
        replaced(b"Only me.", b"Only blood."),
        # The title's sting is in the mood of the first scene.
        {**SOUND, "music": 2},
        {Cause.SCRIPT},
    ),
    "a scene's time of day": (
        replaced(b"EXT. STREET - DAY", b"EXT. STREET - NIGHT"),
        # Its ground is another one, too, which the scene before it hears.
        {**PICTURE, "effects": 2, "master": 2},
        {Cause.SCRIPT},
    ),
    "a caption style": (style_captions, {"film": 1}, set()),
    "a brand kit": (brand, {"film": 1}, set()),
    "music of the library": (score_film, {"segment": 3, "levels": 1, "master": 3, "film": 1}, set()),
    "music of the library for a mood that no scene has": (score_mood, {}, set()),
    "the title": (replaced(b"Three Rooms", b"Two Rooms"), {"film": 1}, set()),
    "a transition": (edit_transition, CUT, set()),
    "a scene's place in the film": (lambda room: room.bring(swapped_scenes()), {**ORDER, "master": 3}, set()),
    "a shot's place in its scene": (
        lambda room: room.bring(swapped_shots()),
        CUT,
        set(),
    ),
    "a deleted scene": (
        lambda room: room.bring(SCRIPT.partition(b"EXT. STREET")[0]),
        {**ORDER, "master": 1},
        set(),
    ),
}


def swapped_scenes() -> bytes:
    """The street before the office."""
    head, _, rest = SCRIPT.partition(b"INT. OFFICE")
    office, _, street = rest.partition(b"EXT. STREET")
    return head + b"EXT. STREET" + street + b"\nINT. OFFICE" + office


def swapped_shots() -> bytes:
    """The files before the map."""
    town, files = b"A map of the town, old and folded many times over.", b"A row of files."
    return SCRIPT.replace(town, b"-").replace(files, town).replace(b"-\n\nA map", files + b"\n\nA map")


@pytest.mark.parametrize("name", EDITS)
async def test_an_edit_makes_these_runs_and_no_other(room: CuttingRoom, name: str) -> None:
    edit, expected, causes = EDITS[name]
    await edit(room)

    planned = await room.plan()
    runs = await ran(room, await room.render())

    certain, possible = counted(planned, Verdict.RUN), counted(planned, Verdict.RUN_UNLESS_EQUAL)
    assert runs == expected
    assert certain <= runs <= certain + possible
    assert {cause for shot in planned.differences.shots for cause, _ in shot.causes} == causes


@pytest.mark.parametrize(
    "name", ["the look of somebody in frame", "a seed, by a retake", "a duration", "a brand kit"]
)
async def test_an_undone_edit_makes_no_run_and_a_redone_one_none_but_its_own(
    room: CuttingRoom, name: str
) -> None:
    edit, expected, _ = EDITS[name]
    await edit(room)
    await room.undo()

    undone = await ran(room, await room.render())
    await room.redo()
    redone = await ran(room, await room.render())

    assert (undone, redone) == ({}, expected)


OPTIONS: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "an aspect ratio of the film": (
        {"size": task_pb2.Size(width_px=720, height_px=1280)},
        {"still": 8, "clip": 8, "segment": 3, "levels": 1, "master": 3, "film": 1},
    ),
    "a loudness of the film": (
        {"loudness_target_millilufs": -23_000},
        ORDER,
    ),
}
"""Null levels are equal at any loudness, so that masters are what they were; real ones would be made anew."""


@pytest.mark.parametrize("name", OPTIONS)
async def test_an_option_makes_these_runs_and_no_other(room: CuttingRoom, name: str) -> None:
    options, expected = OPTIONS[name]

    runs = await ran(room, await room.render(**options))
    again = await ran(room, await room.render(**options))

    assert (runs, again) == (expected, {})


PORTRAIT = jobs_pb2.Output(aspect="9:16")
LOUD = jobs_pb2.Output(loudness_target_millilufs=-14_000)

OUTPUT_EDITS: dict[str, tuple[Edit, dict[str, int]]] = {
    "a dialogue line": (replaced(b"Only me.", b"Just me."), {**SOUND, "film": 2}),
    "an action line": (
        replaced(b"A bus stops.", b"A bus turns."),
        {**PICTURE, "segment": 3, "film": 2},
    ),
    "a transition": (edit_transition, {**CUT, "segment": 2, "film": 2}),
    "the title": (replaced(b"Three Rooms", b"Two Rooms"), {"film": 2}),
}
"""Edits of a film that has an output of another size, too."""


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ([PORTRAIT], {"segment": 8 + 3, "film": 1}),
        # The gains of engines that do nothing come out equal, and so do the masters at them.
        ([LOUD], {"levels": 1, "film": 1}),
        ([PORTRAIT, LOUD], {"segment": 8 + 3, "levels": 1, "film": 2}),
    ],
)
async def test_an_output_of_a_finished_film_makes_composers_work_and_no_other(
    room: CuttingRoom, outputs: list[jobs_pb2.Output], expected: dict[str, int]
) -> None:
    before = await room.render()

    planned = await room.plan(outputs=outputs)
    after = await room.render(outputs=outputs)

    certain, possible = counted(planned, Verdict.RUN), counted(planned, Verdict.RUN_UNLESS_EQUAL)
    assert certain <= Counter(expected) <= certain + possible
    assert await ran(room, after) == expected
    assert await ran(room, await room.render(outputs=outputs)) == {}
    assert after.film_key == before.film_key
    assert len({after.film_key, *after.output_keys}) == 1 + len(outputs)


@pytest.mark.parametrize("name", OUTPUT_EDITS)
async def test_an_edit_makes_of_an_output_what_hangs_on_it_and_no_more(room: CuttingRoom, name: str) -> None:
    edit, expected = OUTPUT_EDITS[name]
    await room.render(outputs=[PORTRAIT])
    await edit(room)

    assert await ran(room, await room.render(outputs=[PORTRAIT])) == expected


async def test_an_output_that_was_made_before_is_found(room: CuttingRoom) -> None:
    first = await room.render(outputs=[PORTRAIT, LOUD])

    again = await room.render(outputs=[LOUD, PORTRAIT])

    assert await ran(room, again) == {}
    assert again.output_keys == first.output_keys[::-1]


async def ran(room: CuttingRoom, job: rows.Job) -> Counter[str]:
    """The runs of a job by kind."""
    tasks = await room.stage.jobs.tasks_page(room.stage.workspace, job.job_id, 0, 10_000)
    runs = {row["run_id"]: row["kind"] for row in tasks if row["run_id"] is not None and not row["cached"]}
    return Counter(TaskKind(kind).name.lower() for kind in runs.values())


def counted(plan: RenderPlan, verdict: Verdict) -> Counter[str]:
    """The tasks of a verdict by kind, without those that share another's run."""
    return Counter(
        task.kind.name.lower()
        for task in plan.judged.plan.tasks
        if plan.judged.verdicts[task.number] is verdict and task.number not in plan.judged.shared
    )
