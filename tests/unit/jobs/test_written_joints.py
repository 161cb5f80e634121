"""Transitions of a screenplay in a plan: what the composer is told of the joints between shots and scenes."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR, cast_voices
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import TaskKind
from studio_jobs.film_plan import build_plan
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay import Breakdown, Shot, break_down, read
from studio_jobs.timeline.edits import ShotEdit, TimelineEdits, Transition, TransitionKind

SCRIPT = """INT. A - DAY

Anna waits.

{}

EXT. B - DAY

A dog barks at a car.

{}

INT. C - DAY

Nobody.
"""


def broken_down(first: str, second: str) -> Breakdown:
    return break_down(read(SCRIPT.format(first, second).encode()))


def planned(
    breakdown: Breakdown, edits: TimelineEdits | None = None, target: int = jobs_pb2.TARGET_FILM
) -> Plan:
    pools = {
        kind: PoolChoice(f"pool-{kind.name.lower()}", task_pb2.EngineRef(engine="null", revision="1"))
        for kind in TaskKind
    }
    full = completed(jobs_pb2.RenderOptions(target=jobs_pb2.Target.ValueType(target), narrate=False))
    voices = cast_voices((*breakdown.characters, NARRATOR), {})
    production = Production("project", "Untitled", full, pools, voices, timeline=edits or TimelineEdits())
    return build_plan(breakdown, production)


def joints_of(plan: Plan) -> list[tuple[int, int]]:
    """The frames that each scene shares with the next, and how they blend."""
    return [(it.crossfade_frames, it.blend) for it in plan.tasks[-1].spec.film.segments]


def cuts_of(plan: Plan) -> list[task_pb2.SegmentSpec]:
    return [task.spec.segment for task in plan.tasks if task.kind is TaskKind.SEGMENT]


def of_shot(shot: Shot, edit: ShotEdit) -> TimelineEdits:
    return TimelineEdits(shots={shot.shot_id: edit})


def test_scenes_are_joined_as_the_screenplay_says() -> None:
    plan = planned(broken_down("WIPE TO:", "SMASH CUT TO:"))

    assert joints_of(plan) == [(24, task_pb2.BLEND_WIPE), (0, 0), (0, 0)]
    fades = [(cut.fade_in_frames, cut.fade_out_frames) for cut in cuts_of(plan)]
    assert fades == [(12, 0), (0, 0), (0, 12)]


def test_a_written_fade_lasts_a_second_and_may_go_over_white_or_cut_to_black() -> None:
    first, second, third = cuts_of(planned(broken_down("> FADE TO WHITE:", "CUT TO BLACK.")))

    assert (first.fade_out_frames, first.fade_out_white) == (24, True)
    assert (second.fade_in_frames, second.fade_in_white) == (24, True)
    assert (second.fade_out_frames, second.fade_out_white) == (0, False)
    assert (third.fade_in_frames, third.fade_in_white) == (12, False)


def test_an_edited_joint_wins_over_a_written_one() -> None:
    breakdown = broken_down("DISSOLVE TO:", "CUT TO:")
    edit = ShotEdit(transition=Transition(TransitionKind.IRIS, 500))

    plan = planned(breakdown, of_shot(breakdown.scenes[0].shots[-1], edit))

    assert joints_of(plan)[0] == (12, task_pb2.BLEND_IRIS)


def test_dissolves_on_both_sides_of_a_trimmed_shot_leave_something_of_it() -> None:
    breakdown = broken_down("DISSOLVE TO:", "DISSOLVE TO:")
    middle = breakdown.scenes[1].shots[0]

    plan = planned(breakdown, of_shot(middle, ShotEdit(tail_trim_ms=1_500)))

    (into, _), (out, _), _ = joints_of(plan)
    assert into == out > 0
    assert into + out < (middle.estimated_ms - 1_500) * 24 / 1_000


def test_the_film_ends_in_a_fade_where_a_dissolve_has_nothing_to_go_to() -> None:
    breakdown = break_down(read(b"INT. A - DAY\n\nRain.\n\nDISSOLVE TO:\n"))

    plan = planned(breakdown)

    assert joints_of(plan) == [(0, 0)]
    assert cuts_of(plan)[0].fade_out_frames == 24


def test_a_jump_cut_within_a_scene_changes_no_key_and_a_dissolve_makes_its_cut_anew() -> None:
    text = "INT. A - DAY\n\nAnna waits.\n\n{}Anna sits down.\n\nANNA\nHello.\n"
    plain, jump, dissolve = (
        planned(break_down(read(text.format(joint).encode())))
        for joint in ("", "JUMP CUT TO:\n\n", "DISSOLVE TO:\n\n")
    )

    assert set(jump.plan_keys) == set(plain.plan_keys)
    changed = {
        task.kind
        for task, key in zip(dissolve.tasks, dissolve.plan_keys, strict=True)
        if key not in plain.plan_keys
    }
    assert changed == {TaskKind.SEGMENT, TaskKind.LEVELS, TaskKind.MASTER, TaskKind.FILM}


def test_a_table_read_hears_no_transitions() -> None:
    plan = planned(broken_down("WIPE TO:", "DISSOLVE TO:"), target=jobs_pb2.TARGET_TABLE_READ)

    assert not any(shot.crossfade_frames or shot.blend for cut in cuts_of(plan) for shot in cut.shots)
    assert not any(it.crossfade_frames or it.blend for it in plan.tasks[-1].spec.reading.segments)
