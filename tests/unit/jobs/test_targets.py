"""Which tasks each target has, and what they are told."""

from __future__ import annotations

from collections import Counter

import pytest

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import Stage, TaskKind
from studio_jobs.narration import spoken_heading
from studio_jobs.targets import KINDS_OF_TARGET
from tests.unit.jobs.test_film_plan import SCRIPT, breakdown, plan

TABLE_READ = jobs_pb2.TARGET_TABLE_READ
STORYBOARD = jobs_pb2.TARGET_STORYBOARD
ANIMATIC = jobs_pb2.TARGET_ANIMATIC
FILM = jobs_pb2.TARGET_FILM


def kinds_of(made: Plan) -> Counter[TaskKind]:
    return Counter(task.kind for task in made.tasks)


def keys_of(made: Plan, kind: TaskKind) -> set[bytes]:
    return {key for task, key in zip(made.tasks, made.plan_keys, strict=True) if task.kind is kind}


@pytest.mark.parametrize("target", list(KINDS_OF_TARGET))
def test_a_target_has_tasks_of_its_kinds_and_of_no_other(target: jobs_pb2.Target.ValueType) -> None:
    assert set(kinds_of(plan(target=target))) == KINDS_OF_TARGET[target]


@pytest.mark.parametrize("target", list(KINDS_OF_TARGET))
def test_every_role_that_a_spec_names_is_an_input_and_every_input_is_named(
    target: jobs_pb2.Target.ValueType,
) -> None:
    for task in plan(target=target).tasks:
        spec = task.spec
        named = {spec.segment.music_role, spec.segment.effects_role} - {""}
        named |= {role for timing in spec.timings for role in timing.speech_roles}
        for shot in spec.segment.shots:
            named |= {shot.clip_role, shot.still_role, *(cue.role for cue in shot.cues)} - {""}
        for scene in (*spec.film.segments, *spec.reading.segments):
            named |= {scene.role, scene.sound_role} - {""}
        named |= {scene.role for scene in (*spec.levels.segments, *spec.master.segments)}
        named |= {spec.master.levels_role} - {""}
        named |= {scene.tone_role for scene in spec.master.segments} - {""}
        for end in (spec.master.start, spec.master.end):
            named |= {end.tone_role, end.music_role} - {""}
        named |= {frame.still_role for scene in spec.sheet.scenes for frame in scene.frames}
        if task.kind is TaskKind.CLIP:
            named.add("still")
        assert named == {edge.role for edge in task.inputs}, task.display_name


def test_what_two_targets_share_is_made_once() -> None:
    film, board, animatic, read = (plan(target=target) for target in (FILM, STORYBOARD, ANIMATIC, TABLE_READ))

    assert (
        keys_of(board, TaskKind.STILL) == keys_of(animatic, TaskKind.STILL) == keys_of(film, TaskKind.STILL)
    )
    assert keys_of(animatic, TaskKind.SPEECH) == keys_of(film, TaskKind.SPEECH)
    assert keys_of(read, TaskKind.SPEECH) > keys_of(film, TaskKind.SPEECH)


def test_an_animatic_holds_a_still_where_a_film_shows_a_clip() -> None:
    cuts = [task for task in plan(target=ANIMATIC).tasks if task.kind is TaskKind.SEGMENT]

    shots = [shot for task in cuts for shot in task.spec.segment.shots]

    assert [(shot.clip_role, bool(shot.still_role)) for shot in shots] == [("", True)] * len(shots)
    assert all(task.spec.timings for task in cuts)


def test_a_table_read_is_sound_alone_in_which_a_narrator_says_headings_and_action() -> None:
    tasks = plan(target=TABLE_READ).tasks
    cuts = [task.spec.segment for task in tasks if task.kind is TaskKind.SEGMENT]

    said = [(cue.character, cue.text) for cut in cuts for shot in cut.shots for cue in shot.cues]

    assert not any(cut.HasField("size") or cut.fade_in_frames for cut in cuts)
    assert said[:2] == [
        (NARRATOR, "Interior. Kitchen. Night."),
        (NARRATOR, "Rain on the window. MARA stands by the table and opens a door."),
    ]
    assert ("MARA", "Is anybody there?") in said
    assert said[-1] == (NARRATOR, "A car waits.")


def test_headings_in_other_languages_are_read_as_they_stand() -> None:
    scene = breakdown("INT. KÜCHE - NACHT\n\nRegen.\n".encode()).scenes[0]

    assert spoken_heading(scene, "de") == "Int. küche - nacht"


def test_a_storyboard_says_everything_of_each_shot_in_order() -> None:
    sheet = plan(target=STORYBOARD).tasks[-1].spec.sheet

    frames = [frame for scene in sheet.scenes for frame in scene.frames]

    assert (sheet.title, sheet.author) == ("Two Rooms", "A. Writer")
    assert [scene.heading for scene in sheet.scenes] == ["INT. KITCHEN - NIGHT", "EXT. STREET - DAY"]
    assert [frame.still_role for frame in frames] == [f"still-{n}" for n in range(1, len(frames) + 1)]
    [mara] = [frame for frame in frames if any(line.character == "MARA" for line in frame.lines)]
    assert [(line.delivery, line.text) for line in mara.lines] == [("softly", "Is anybody there?")]
    # What stands as the delivery already is not said twice.
    assert mara.action == ""
    assert all(frame.expected_ms >= 1_500 for frame in frames)


def test_a_selection_cuts_every_target() -> None:
    for target in KINDS_OF_TARGET:
        tasks = plan(target=target, selection=jobs_pb2.Selection(scenes=["2"])).tasks
        assert {task.shot_id for task in tasks} <= {
            "",
            *(shot.shot_id for shot in breakdown().scenes[1].shots),
        }


def test_stages_without_tasks_have_none_to_wait_for() -> None:
    counts = plan(SCRIPT, target=STORYBOARD).counts()

    assert counts[Stage.VIDEO].total == counts[Stage.AUDIO].total == 0
    assert counts[Stage.COMPOSITION].total == 1  # the sheet
