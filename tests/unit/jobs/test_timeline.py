"""Timeline edits in a plan: which tasks they make anew, and what the composer is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import cast_voices
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import resolve
from studio_jobs.film_plan import build_plan
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Shot
from studio_jobs.timeline.arrangement import Stray, arrange, strays_of
from studio_jobs.timeline.edits import (
    Level,
    Place,
    SceneEdit,
    ShotEdit,
    TimelineEdits,
    Titles,
    Transition,
    TransitionKind,
)
from studio_jobs.timeline.locks import Kept, KeptLine, Lock

SCRIPT = b"""Title: Three Rooms
Author: A. Writer

INT. KITCHEN - NIGHT

Rain on the window. MARA opens a door.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits by the gate.

MARA
Drive.

INT. OFFICE - DAY

A clock ticks on the wall.
"""
BREAKDOWN = break_down(read(SCRIPT))
KITCHEN, STREET, OFFICE = BREAKDOWN.scenes
DOOR, MARA, TOM = KITCHEN.shots
CAR, DRIVE = STREET.shots
[CLOCK] = OFFICE.shots
QUIET = Level(gain_millibels=-600)
MUTED = Level(muted=True)
SPEECH_MS = 1_234


def planned(edits: TimelineEdits | None = None, **options: object) -> Plan:
    pools = {
        kind: PoolChoice(f"pool-{kind.name.lower()}", task_pb2.EngineRef(engine="null", revision="1"))
        for kind in TaskKind
    }
    full = completed(jobs_pb2.RenderOptions(**{"narrate": False, **options}))  # type: ignore[arg-type]  # fields by name
    voices = cast_voices(BREAKDOWN.characters, {})
    return build_plan(
        BREAKDOWN,
        Production("project", "Untitled", full, pools, voices, timeline=edits or TimelineEdits()),
    )


def anew(edits: TimelineEdits) -> set[str]:
    """The tasks that would run after a render without edits, but for levels and masters.

    The levels hang on all scenes and every master on them; which of these run, test_edit_matrix.py counts.
    """
    known = set(planned().plan_keys)
    plan = planned(edits)
    return {
        task.display_name
        for task, key in zip(plan.tasks, plan.plan_keys, strict=True)
        if key not in known and task.kind not in (TaskKind.LEVELS, TaskKind.MASTER)
    }


def of_shot(shot: Shot, **edit: object) -> TimelineEdits:
    return TimelineEdits(shots={shot.shot_id: ShotEdit(**edit)})  # type: ignore[arg-type]  # fields by name


def placed(*moves: tuple[Shot, Shot, bool]) -> TimelineEdits:
    places = (
        Place(shot.shot_id, anchor.shot_id, is_before, number)
        for number, (shot, anchor, is_before) in enumerate(moves, start=1)
    )
    return TimelineEdits(places=tuple(places))


def resolved_cut(edits: TimelineEdits, scene: str) -> task_pb2.SegmentSpec:
    plan = planned(edits)
    task = next(task for task in plan.tasks if task.display_name == f"{scene} cut")
    return resolve(task.spec, {edge.role: SPEECH_MS for edge in task.inputs}).segment


def length_of(edits: TimelineEdits, kind: TaskKind, ordinal: int) -> int:
    plan = planned(edits)
    task = [task for task in plan.tasks if task.kind is kind][ordinal]
    spec = resolve(task.spec, {edge.role: SPEECH_MS for edge in task.inputs})
    return int(getattr(spec, kind.name.lower()).length_frames)


@pytest.mark.parametrize(
    ("edits", "runs"),
    [
        pytest.param(of_shot(MARA, head_trim_ms=200), {"scene 1 cut", "film"}, id="head trim"),
        pytest.param(of_shot(CLOCK, tail_trim_ms=500), {"scene 3 cut", "film"}, id="tail trim"),
        pytest.param(of_shot(DRIVE, hold_ms=2_000), {"scene 2 cut", "film"}, id="hold"),
        pytest.param(
            of_shot(MARA, transition=Transition(TransitionKind.CROSSFADE, 500)),
            {"scene 1 cut", "film"},
            id="crossfade between shots",
        ),
        pytest.param(
            of_shot(MARA, transition=Transition(TransitionKind.DIP, 400)),
            {"scene 1 cut", "film"},
            id="dip between shots",
        ),
        pytest.param(of_shot(MARA, transition=Transition(TransitionKind.CUT)), set(), id="cut where one is"),
        pytest.param(
            of_shot(TOM, transition=Transition(TransitionKind.CUT)),
            {"scene 1 cut", "scene 2 cut", "film"},
            id="cut between scenes",
        ),
        pytest.param(
            of_shot(TOM, transition=Transition(TransitionKind.CROSSFADE, 500)),
            {"scene 1 cut", "scene 2 cut", "film"},
            id="crossfade between scenes",
        ),
        pytest.param(of_shot(MARA, lines={1: MUTED}), {"scene 1 cut", "film"}, id="line muted"),
        pytest.param(of_shot(MARA, lines={1: QUIET}), {"scene 1 cut", "film"}, id="line quieter"),
        pytest.param(
            of_shot(DOOR, effects={"DOOR": MUTED}), {"scene 1 effects", "scene 1 cut", "film"}, id="effect"
        ),
        pytest.param(
            TimelineEdits(scenes={KITCHEN.scene_id: SceneEdit(music=MUTED)}), {"film"}, id="music muted"
        ),
        pytest.param(
            TimelineEdits(scenes={STREET.scene_id: SceneEdit(effects=QUIET)}), {"film"}, id="ambience quieter"
        ),
        pytest.param(TimelineEdits(titles=Titles(title="Rooms")), {"film"}, id="title"),
        pytest.param(TimelineEdits(titles=Titles(end_title="Fin")), {"film"}, id="end card"),
        pytest.param(placed((TOM, MARA, True)), {"scene 1 cut", "film"}, id="moved within a scene"),
        pytest.param(
            placed((CAR, MARA, True)), {"scene 1 cut", "scene 2 cut", "film"}, id="moved between scenes"
        ),
        pytest.param(
            placed((CLOCK, DRIVE, False)), {"scene 2 cut", "film"}, id="the only shot of a scene moved"
        ),
    ],
)
def test_an_edit_makes_nothing_anew_but_what_shows_it(edits: TimelineEdits, runs: set[str]) -> None:
    assert anew(edits) == runs


def test_two_edits_that_cancel_each_other_make_nothing_anew() -> None:
    assert anew(placed((TOM, MARA, True), (TOM, MARA, False))) == set()


def test_a_cut_takes_what_edits_leave_of_each_shot_in_frames() -> None:
    edits = of_shot(MARA, head_trim_ms=250, tail_trim_ms=500, hold_ms=1_000)

    shots = resolved_cut(edits, "scene 1").shots

    edited = shots[1]
    whole = resolved_cut(TimelineEdits(), "scene 1").shots[1]
    assert (edited.head_trim_frames, edited.tail_trim_frames, edited.hold_frames) == (6, 12, 24)
    assert (edited.length_frames, edited.cues[0].start_frame) == (
        whole.length_frames,
        whole.cues[0].start_frame,
    )


def test_effects_of_moved_shots_are_taken_where_their_own_scene_has_them() -> None:
    whole = resolved_cut(TimelineEdits(), "scene 1").shots
    street = resolved_cut(TimelineEdits(), "scene 2").shots
    edits = placed((DRIVE, DOOR, False), (DOOR, TOM, False))

    cut = resolved_cut(edits, "scene 1")

    lengths = {shot.shot_id: shot.length_frames for shot in (*whole, *street)}
    found = {shot.shot_id: (shot.effects_role, shot.effects_start_frame) for shot in cut.shots}
    assert cut.retimed
    assert list(found) == [shot.shot_id for shot in (DRIVE, MARA, TOM, DOOR)]
    assert found[DOOR.shot_id] == ("", 0)
    assert found[TOM.shot_id] == ("", lengths[DOOR.shot_id] + lengths[MARA.shot_id])
    assert found[DRIVE.shot_id] == ("effects-1", lengths[CAR.shot_id])


def test_sounds_keep_the_length_that_the_scene_was_written_with() -> None:
    edits = of_shot(MARA, head_trim_ms=400, hold_ms=3_000)

    for kind in (TaskKind.MUSIC, TaskKind.EFFECTS):
        assert length_of(edits, kind, 0) == length_of(TimelineEdits(), kind, 0)


def test_every_role_of_an_edited_plan_is_an_input() -> None:
    for task in planned(placed((DRIVE, DOOR, False), (DOOR, CLOCK, False))).tasks:
        roles = {edge.role for edge in task.inputs}
        named = {role for timing in task.spec.timings for role in timing.speech_roles}
        named |= {shot.clip_role for shot in task.spec.segment.shots}
        named |= {shot.effects_role for shot in task.spec.segment.shots if shot.effects_role}
        named |= {task.spec.segment.effects_role} - {""}
        assert named <= roles, task.display_name


def test_a_scene_without_shots_leaves_the_film_with_its_chapter_and_its_music() -> None:
    plan = planned(placed((CLOCK, DRIVE, False)))

    headings = [segment.heading for segment in plan.tasks[-1].spec.film.segments]
    assert headings == [KITCHEN.heading, STREET.heading]
    names = [task.display_name for task in plan.tasks if task.kind is TaskKind.MUSIC]
    assert names == ["scene 1 music", "scene 2 music", "title sting"]


def test_the_joint_between_scenes_is_that_of_the_shot_before_it() -> None:
    edits = of_shot(TOM, transition=Transition(TransitionKind.CROSSFADE, 500))

    first, second = resolved_cut(edits, "scene 1"), resolved_cut(edits, "scene 2")

    film = planned(edits).tasks[-1].spec.film
    assert (first.fade_out_frames, second.fade_in_frames) == (0, 0)
    assert first.fade_in_frames == second.fade_out_frames == 12
    assert [segment.crossfade_frames for segment in film.segments] == [12, 0, 0]


def test_a_silent_shot_is_not_trimmed_away() -> None:
    with pytest.raises(ScreenplayRefused, match=r"trims of shot .* take 60000 ms; it lasts"):
        planned(of_shot(CLOCK, tail_trim_ms=60_000))


def test_a_selection_shows_its_shots_where_edits_put_them() -> None:
    edits = placed((CAR, MARA, False))

    plan = planned(edits, selection=jobs_pb2.Selection(shot_ids=[MARA.shot_id, CAR.shot_id]))

    cuts = [task.spec.segment for task in plan.tasks if task.kind is TaskKind.SEGMENT]
    assert [[shot.shot_id for shot in cut.shots] for cut in cuts] == [[MARA.shot_id, CAR.shot_id]]


def test_moves_are_made_one_after_another() -> None:
    edits = placed((TOM, CLOCK, False), (MARA, TOM, True), (CLOCK, MARA, True))

    scenes = arrange(BREAKDOWN, edits, {shot.shot_id for scene in BREAKDOWN.scenes for shot in scene.shots})

    assert [take.shot.shot_id for take in scenes[-1].takes] == [shot.shot_id for shot in (CLOCK, MARA, TOM)]


def test_edits_of_what_is_gone_are_listed_and_change_nothing() -> None:
    gone = "shot-0000000000000000-1"
    edits = TimelineEdits(
        shots={
            gone: ShotEdit(hold_ms=500),
            MARA.shot_id: ShotEdit(lines={2: MUTED}, effects={"BELL": MUTED}),
            CLOCK.shot_id: ShotEdit(transition=Transition(TransitionKind.CROSSFADE, 500)),
        },
        scenes={"scene-0000000000000000-1": SceneEdit(music=MUTED)},
        places=(Place(gone, MARA.shot_id, False, 1), Place(TOM.shot_id, gone, False, 2)),
    )

    strays = {(stray.why, stray.subject) for stray in strays_of(BREAKDOWN, edits)}

    assert strays == {
        (Stray.SHOT_GONE, gone),
        (Stray.LINE_GONE, MARA.shot_id),
        (Stray.EFFECT_GONE, MARA.shot_id),
        (Stray.SCENE_GONE, "scene-0000000000000000-1"),
        (Stray.ANCHOR_GONE, TOM.shot_id),
        (Stray.NOTHING_FOLLOWS, CLOCK.shot_id),
    }
    assert anew(edits) == set()


def test_a_plan_without_edits_says_nothing_of_them() -> None:
    fields: Mapping[str, object] = {
        field.name: value
        for task in planned().tasks
        for message in (task.spec.segment, *task.spec.segment.shots)
        for field, value in message.ListFields()
    }

    assert not set(fields) & {
        "retimed",
        "effects_orders",
        "hold_frames",
        "crossfade_frames",
        "head_trim_frames",
    }


def locked(shot: Shot, *texts: str, size: task_pb2.Size | None = None) -> TimelineEdits:
    engine = task_pb2.EngineRef(engine="past", revision="1")
    rate = task_pb2.Rate(numerator=24, denominator=1)
    roles = [f"speech-{number}" for number in range(1, len(texts) + 1)]
    timing = task_pb2.ShotTiming(lead_frames=7, tail_frames=11, min_frames=36, speech_roles=roles, rate=rate)
    lines = tuple(
        KeptLine("MARA", text, False, Kept(str(number) * 64, engine, SPEECH_MS))
        for number, text in enumerate(texts, start=1)
    )
    film = size or task_pb2.Size(width_px=1280, height_px=720)
    lock = Lock(film, timing, Kept("a" * 64, engine), Kept("b" * 64, engine, 1_500), lines)
    return TimelineEdits(locks={shot.shot_id: lock})


def specs_of(plan: Plan, shot: Shot) -> list[task_pb2.TaskSpec]:
    return [task.spec for task in plan.tasks if task.shot_id == shot.shot_id]


def test_a_locked_shot_is_given_whatever_the_screenplay_says_of_it() -> None:
    edits = locked(MARA, "Who is it?", "Tell me.")

    specs = specs_of(planned(edits), MARA)
    cut = resolved_cut(edits, "scene 1")

    assert [spec.given.digest[0] for spec in specs] == ["a", "1", "2", "b"]
    assert {spec.engine.engine for spec in specs} == {"past"}
    assert [cue.text for cue in cut.shots[1].cues] == ["Who is it?", "Tell me."]
    assert not cut.shots[1].fitted
    assert cut.shots[1].cues[0].start_frame == 7


def test_a_locked_clip_is_fitted_into_a_film_of_another_size_or_rate() -> None:
    small = locked(MARA, "Who is it?", size=task_pb2.Size(width_px=480, height_px=270))
    plan = planned(locked(MARA, "Who?"), rate=task_pb2.Rate(numerator=48, denominator=1))

    cut = next(task.spec.segment for task in plan.tasks if task.display_name == "scene 1 cut")
    timing = next(task.spec for task in plan.tasks if task.display_name == "scene 1 cut").timings[1]

    assert [shot.fitted for shot in resolved_cut(small, "scene 1").shots] == [False, True, False]
    assert [shot.fitted for shot in cut.shots] == [False, True, False]
    assert (timing.lead_frames, timing.tail_frames, timing.min_frames) == (14, 22, 72)


def test_a_locked_shot_does_not_depend_on_the_options() -> None:
    edits = locked(MARA, "Who is it?")
    before = specs_of(planned(edits), MARA)

    after = specs_of(planned(edits, size=task_pb2.Size(width_px=640, height_px=360)), MARA)

    assert before == after
