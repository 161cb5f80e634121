"""What the plan lets be heard between scenes and under cards."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Plan
from studio_jobs.domain.states import TaskKind
from studio_jobs.timeline.edits import Level, SceneEdit, ShotEdit, TimelineEdits, Transition, TransitionKind
from tests.unit.jobs.test_film_plan import plan
from tests.unit.jobs.test_timeline import KITCHEN, STREET, planned


def masters_of(made: Plan) -> list[task_pb2.MasterSpec]:
    return [task.spec.master for task in made.tasks if task.kind is TaskKind.MASTER]


def test_each_place_is_heard_before_its_scene_and_after_it() -> None:
    first, second, third = masters_of(planned())

    assert [first.end.tone_role, second.start.tone_role] == ["tone-after", "tone-before"]
    assert {end.lead_frames for end in (first.end, second.start, second.end, third.start)} == {14}
    assert not first.start.tone_role
    assert not third.end.tone_role


def test_cards_have_the_tone_of_the_scene_beside_them_and_the_title_a_sting() -> None:
    made = planned()
    film = made.tasks[-1].spec.film

    first, *_, last = masters_of(made)
    assert first.start.card_frames == film.title_card_frames == film.segments[0].sound_before_frames
    assert last.end.card_frames == film.end_card_frames == film.segments[-1].sound_after_frames
    sting = next(task.spec.music for task in made.tasks if task.display_name == "title sting")
    assert sting.length_frames == film.title_card_frames
    assert first.start.music_role == "sting"


@pytest.mark.parametrize(("kind", "lead_frames"), [(TransitionKind.CUT, 7), (TransitionKind.CUT_TO_BLACK, 0)])
def test_a_hard_joint_lets_less_be_heard_over_it(kind: TransitionKind, lead_frames: int) -> None:
    edit = ShotEdit(transition=Transition(kind, 0))

    first, second, _ = masters_of(planned(TimelineEdits(shots={KITCHEN.shots[-1].shot_id: edit})))

    assert first.end.lead_frames == second.start.tail_frames == lead_frames


def test_a_scene_whose_effects_are_muted_is_not_heard_beyond_it() -> None:
    edits = TimelineEdits(scenes={STREET.scene_id: SceneEdit(effects=Level(muted=True))})

    first, _, third = masters_of(planned(edits))

    assert first.end.effects_muted
    assert third.start.effects_muted


def test_a_part_of_a_film_has_tones_between_its_scenes_and_no_cards() -> None:
    made = plan(selection=jobs_pb2.Selection(scenes=["1", "2"]))

    first, last = masters_of(made)
    assert not first.start.card_frames
    assert not last.end.card_frames
    assert first.end.tone_role


def test_scenes_of_one_place_share_their_tone() -> None:
    made = planned()

    grounds = [task.display_name for task in made.tasks if task.display_name.startswith("ground")]
    assert len(grounds) == len(set(grounds))


def test_a_film_that_is_also_webm_keeps_its_mix_without_loss() -> None:
    webm = jobs_pb2.Output(name="webm", form=task_pb2.FILM_FORM_WEBM, loudness_target_millilufs=-16_000)

    assert not any(master.with_mix for master in masters_of(plan()))
    assert all(master.with_mix for master in masters_of(plan(outputs=[webm])))
