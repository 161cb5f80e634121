"""What stands between scenes and film: levels over all, and a master for each piece of sound."""

from __future__ import annotations

from studio_jobs.domain.graph import Plan, PlannedTask
from studio_jobs.domain.states import TaskKind
from studio_jobs.timeline.edits import Level, SceneEdit, ShotEdit, TimelineEdits, Transition, TransitionKind
from tests.unit.jobs.test_timeline import KITCHEN, STREET, planned

CROSSFADE = Transition(TransitionKind.CROSSFADE, 500)


def masters_of(plan: Plan) -> dict[str, list[str]]:
    """The masters with the display names of what they are made of, room tones apart."""
    names = {task.number: task.display_name for task in plan.tasks}
    return {
        task.display_name: [name for name in map(names.get, producers(task)) if name and "ground" not in name]
        for task in plan.tasks
        if task.kind is TaskKind.MASTER
    }


def producers(task: PlannedTask) -> list[int]:
    return [edge.producer for edge in task.inputs]


def joined_scenes() -> TimelineEdits:
    """The kitchen turns into what follows it."""
    last = KITCHEN.shots[-1]
    return TimelineEdits(shots={last.shot_id: ShotEdit(transition=CROSSFADE)})


def test_each_scene_has_a_master_of_its_cut_and_the_levels() -> None:
    masters = masters_of(planned())

    assert masters["scene 1 sound"] == ["scene 1 cut", "levels", "title sting"]
    assert len(masters) == 3


def test_scenes_that_turn_into_each_other_share_a_master() -> None:
    plan = planned(joined_scenes())

    masters = masters_of(plan)
    roles = [segment.sound_role for segment in plan.tasks[-1].spec.film.segments]

    assert masters["scene 1 sound"] == ["scene 1 cut", "scene 2 cut", "levels", "title sting"]
    assert "scene 2 sound" not in masters
    assert roles == ["sound-1", "", "sound-2"]


def test_a_scenes_own_gain_goes_to_the_levels_and_to_its_master_alone() -> None:
    edits = TimelineEdits(scenes={STREET.scene_id: SceneEdit(music=Level(gain_millibels=-300))})

    plan = planned(edits)

    specs = {task.display_name: task.spec for task in plan.tasks}
    gains = [scene.music_gain_millibels for scene in specs["levels"].levels.segments]
    assert gains == [0, -300, 0]
    assert specs["scene 2 sound"].master.segments[0].music_gain_millibels == -300
    assert specs["scene 1 sound"].master.segments[0].music_gain_millibels == 0
    assert not any(scene.music_gain_millibels for scene in specs["film"].film.segments)


def test_a_scenes_master_is_the_same_wherever_it_stands() -> None:
    spec = next(task.spec for task in planned().tasks if task.display_name == "scene 3 sound")

    assert [scene.role for scene in spec.master.segments] == ["segment-1"]
