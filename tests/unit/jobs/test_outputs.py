"""Further outputs of a job: what their options come to, and what they add to the plan of their film."""

from __future__ import annotations

from collections import Counter

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Plan, PlannedTask
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import resolve
from studio_jobs.render_options import completed
from studio_jobs.timeline.edits import Level, SceneEdit, ShotEdit, TimelineEdits, Transition, TransitionKind
from studio_platform.errors import InvalidInput
from tests.unit.jobs.test_timeline import DRIVE, KITCHEN, MARA, SPEECH_MS, TOM, planned

PORTRAIT = jobs_pb2.Output(aspect="9:16")
LOUD = jobs_pb2.Output(loudness_target_millilufs=-14_000)
SHOTS = 6


def options(*outputs: jobs_pb2.Output, **more: object) -> jobs_pb2.RenderOptions:
    return completed(jobs_pb2.RenderOptions(narrate=False, outputs=outputs, **more))  # type: ignore[arg-type]  # fields by name


def sizes(*outputs: jobs_pb2.Output, **more: object) -> list[tuple[int, int]]:
    return [(it.size.width_px, it.size.height_px) for it in options(*outputs, **more).outputs]


def added(*outputs: jobs_pb2.Output, edits: TimelineEdits | None = None) -> list[PlannedTask]:
    """What outputs add to a plan, which stands after the film."""
    return list(planned(edits, outputs=outputs).tasks[len(planned(edits).tasks) :])


def kinds(tasks: list[PlannedTask]) -> Counter[str]:
    return Counter(task.kind.name for task in tasks)


def keys(plan: Plan) -> dict[str, bytes]:
    return {task.display_name: key for task, key in zip(plan.tasks, plan.plan_keys, strict=True)}


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        ("9:16", (720, 1280)),
        ("1:1", (720, 720)),
        ("4:5", (720, 900)),
        ("21:9", (1680, 720)),
        ("4:3", (960, 720)),
    ],
)
def test_proportions_keep_the_films_shorter_side(aspect: str, size: tuple[int, int]) -> None:
    assert sizes(jobs_pb2.Output(aspect=aspect)) == [size]


def test_a_proxy_has_proxies_of_its_outputs_and_completing_twice_changes_nothing() -> None:
    wanted = options(PORTRAIT, jobs_pb2.Output(aspect="4:5"), LOUD, quality=jobs_pb2.QUALITY_PROXY)

    assert [(it.size.width_px, it.size.height_px) for it in wanted.outputs] == [
        (270, 480),
        (270, 338),
        (480, 270),
    ]
    assert completed(wanted) == wanted


def test_outputs_are_called_by_what_sets_them_off() -> None:
    wanted = options(
        PORTRAIT,
        jobs_pb2.Output(aspect="1:1", loudness_target_millilufs=-14_500),
        jobs_pb2.Output(loudness_target_millilufs=-23_000, true_peak_max_millidbtp=-3_000),
        jobs_pb2.Output(name="phone", size=task_pb2.Size(width_px=360, height_px=640)),
    )

    assert [output.name for output in wanted.outputs] == ["9x16", "1x1-14.5lufs", "23lufs-3dbtp", "phone"]


def test_an_output_in_another_form_is_called_by_it_and_adds_nothing_but_its_film() -> None:
    webm = jobs_pb2.Output(form=task_pb2.FILM_FORM_WEBM)
    small = jobs_pb2.Output(aspect="9:16", form=task_pb2.FILM_FORM_MP4_AV1)

    assert [output.name for output in options(webm, small).outputs] == ["webm", "9x16-av1"]
    (film,) = added(webm)
    assert (film.kind, film.spec.film.form) == (TaskKind.FILM, task_pb2.FILM_FORM_WEBM)
    assert kinds(added(PORTRAIT, small)) == kinds(added(PORTRAIT)) + Counter(FILM=1)


@pytest.mark.parametrize(
    ("outputs", "more", "field"),
    [
        ([jobs_pb2.Output()], {}, "options.outputs[0]"),
        ([jobs_pb2.Output(aspect="16:9")], {}, "options.outputs[0]"),
        ([jobs_pb2.Output(aspect="9:1")], {}, "options.outputs[0].aspect"),
        ([PORTRAIT, PORTRAIT], {}, "options.outputs"),
        ([PORTRAIT], {"target": jobs_pb2.TARGET_STORYBOARD}, "options.outputs"),
        ([PORTRAIT], {"target": jobs_pb2.TARGET_TABLE_READ}, "options.outputs"),
        (
            [jobs_pb2.Output(aspect="9:16", size=task_pb2.Size(width_px=640, height_px=640))],
            {},
            "options.outputs[0].size",
        ),
        (
            [jobs_pb2.Output(size=task_pb2.Size(width_px=641, height_px=640))],
            {},
            "options.outputs[0].size.width_px",
        ),
        ([jobs_pb2.Output(loudness_target_millilufs=-3)], {}, "options.outputs[0].loudness_target_millilufs"),
        ([jobs_pb2.Output(true_peak_max_millidbtp=-1)], {}, "options.outputs[0].true_peak_max_millidbtp"),
    ],
)
def test_an_output_that_cannot_be_is_refused_by_its_field(
    outputs: list[jobs_pb2.Output], more: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        options(*outputs, **more)

    assert field in {violation.field for violation in refused.value.violations}


def test_outputs_change_no_key_of_the_film_and_none_of_what_it_is_made_of() -> None:
    film = planned()

    plan = planned(outputs=[PORTRAIT, LOUD])

    assert plan.plan_keys[: len(film.plan_keys)] == film.plan_keys


def test_another_size_adds_a_framing_a_shot_a_cut_a_scene_and_a_film() -> None:
    assert kinds(added(PORTRAIT)) == {"SEGMENT": SHOTS + 3, "FILM": 1}


def test_another_loudness_adds_levels_masters_and_a_film_and_no_picture() -> None:
    assert kinds(added(LOUD)) == {"LEVELS": 1, "MASTER": 3, "FILM": 1}


def test_what_outputs_have_in_common_is_planned_once() -> None:
    both = jobs_pb2.Output(aspect="9:16", loudness_target_millilufs=-14_000)

    tasks = added(PORTRAIT, LOUD, both)

    assert kinds(tasks) == {"SEGMENT": SHOTS + 3, "LEVELS": 1, "MASTER": 3, "FILM": 3}


def test_films_stand_in_the_order_of_the_outputs() -> None:
    plan = planned(outputs=[LOUD, PORTRAIT])

    films = [task.display_name for task in plan.tasks if task.kind is TaskKind.FILM]

    assert films == ["film", "output 14lufs film", "output 9x16 film"]


def test_an_outputs_film_has_its_size_the_films_sound_and_the_framed_pictures() -> None:
    film, tall = (task for task in planned(outputs=[PORTRAIT]).tasks if task.kind is TaskKind.FILM)

    assert (tall.spec.film.size.width_px, tall.spec.film.size.height_px) == (720, 1280)
    assert [it.picture_role for it in tall.spec.film.segments] == ["picture-1", "picture-2", "picture-3"]
    assert [it.sound_role for it in tall.spec.film.segments] == [
        it.sound_role for it in film.spec.film.segments
    ]
    assert set(film.inputs) < set(tall.inputs)


def test_a_framing_knows_who_speaks_when_and_none_of_the_words() -> None:
    [task] = [it for it in added(PORTRAIT) if MARA.shot_id in str(it.spec) and it.spec.timings[1:] == []]

    resolved = resolve(task.spec, {"speech-1": SPEECH_MS})

    [shot] = resolved.segment.shots
    assert shot.framing == task_pb2.Framing(still_role="still", subject="MARA")
    assert [(cue.character, cue.text) for cue in shot.cues] == [("MARA", "")]
    assert shot.cues[0].start_frame > 0
    assert shot.length_frames > 0


def test_trims_and_crossfades_are_in_the_scenes_picture_and_in_no_framing() -> None:
    crossfade = Transition(TransitionKind.CROSSFADE, 500)
    edits = TimelineEdits(shots={MARA.shot_id: ShotEdit(head_trim_ms=250, transition=crossfade)})

    before, after = keys(planned(outputs=[PORTRAIT])), keys(planned(edits, outputs=[PORTRAIT]))

    changed = {name for name in after if name.startswith("output") and before.get(name) != after[name]}
    assert changed == {"output 9x16 scene 1 cut", "output 9x16 film"}


def test_what_is_heard_changes_no_picture_of_an_output() -> None:
    edits = TimelineEdits(scenes={KITCHEN.scene_id: SceneEdit(music=Level(gain_millibels=-600))})

    before, after = keys(planned(outputs=[PORTRAIT])), keys(planned(edits, outputs=[PORTRAIT]))

    changed = {name for name in after if name.startswith("output") and before.get(name) != after[name]}
    assert changed == {"output 9x16 film"}


def test_an_animatic_is_framed_from_its_stills() -> None:
    tasks = planned(outputs=[PORTRAIT], target=jobs_pb2.TARGET_ANIMATIC).tasks

    framed = [
        task
        for task in tasks
        if task.spec.segment.shots[:1] and task.spec.segment.shots[0].HasField("framing")
    ]

    assert len(framed) == SHOTS
    assert {shot.still_role for task in framed for shot in task.spec.segment.shots} == {"still"}
    assert not any(edge.role == "clip" for task in framed for edge in task.inputs)


def test_outputs_of_a_part_are_of_that_part() -> None:
    selection = jobs_pb2.Selection(shot_ids=[DRIVE.shot_id])

    plan = planned(outputs=[PORTRAIT], selection=selection)

    assert sum("output 9x16" in task.display_name for task in plan.tasks) == 3
    assert TOM.shot_id not in str(plan.tasks[-2].spec)
