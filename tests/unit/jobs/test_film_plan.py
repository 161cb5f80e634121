"""The graph of a film from its breakdown."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR, cast_voices
from studio_jobs.domain.graph import Plan, PlannedTask, Uses
from studio_jobs.domain.states import Stage, TaskKind
from studio_jobs.film_plan import build_plan
from studio_jobs.narration import told
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.timeline.edits import TimelineEdits

SCRIPT = b"""Title: Two Rooms
Author: A. Writer

INT. KITCHEN - NIGHT

Rain on the window. MARA stands by the table and opens a door.

MARA
(softly)
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits.
"""


def breakdown(script: bytes = SCRIPT) -> Breakdown:
    return break_down(read(script))


def plan(script: bytes = SCRIPT, clips: str = "null", **options: object) -> Plan:
    return edited(script, TimelineEdits(), clips, **options)


def edited(script: bytes, timeline: TimelineEdits, clips: str = "null", **options: object) -> Plan:
    parts = breakdown(script)
    pools = {
        kind: PoolChoice(f"pool-{kind.name.lower()}", task_pb2.EngineRef(engine="null", revision="1"))
        for kind in TaskKind
    }
    pools[TaskKind.CLIP] = PoolChoice("pool-clip", task_pb2.EngineRef(engine=clips, revision="1"))
    full = completed(jobs_pb2.RenderOptions(**{"narrate": False, **options}))  # type: ignore[arg-type]  # fields by name
    names = told(parts, full).characters
    return build_plan(
        parts, Production("project", "Untitled", full, pools, cast_voices(names, {}), timeline=timeline)
    )


def test_every_shot_has_a_still_and_a_clip_and_every_line_a_speech() -> None:
    shots = [shot for scene in breakdown().scenes for shot in scene.shots]

    kinds = Counter(task.kind for task in plan().tasks)

    assert kinds[TaskKind.STILL] == kinds[TaskKind.CLIP] == len(shots)
    assert kinds[TaskKind.SPEECH] == sum(len(shot.lines) for shot in shots) == 2
    # Besides the title's sting, and the room tones of both places.
    assert kinds[TaskKind.SEGMENT] == kinds[TaskKind.MUSIC] - 1 == kinds[TaskKind.EFFECTS] - 2 == 2
    assert kinds[TaskKind.FILM] == 1


def test_a_clip_uses_its_still_and_only_the_length_of_its_speech() -> None:
    tasks = plan().tasks
    clip = next(task for task in tasks if task.kind is TaskKind.CLIP and len(task.inputs) > 1)

    uses = {edge.role: edge.uses for edge in clip.inputs}

    assert uses == {"still": Uses.CONTENT, "speech-1": Uses.LENGTH}


def test_a_clip_whose_engine_draws_mouths_listens_to_the_line_of_who_is_in_frame() -> None:
    clips = [task for task in plan(clips="camera").tasks if task.kind is TaskKind.CLIP]
    spoken = [clip for clip in clips if len(clip.inputs) > 1]

    assert len(spoken) == 2
    for clip in spoken:
        assert {edge.role: edge.uses for edge in clip.inputs}["speech-1"] is Uses.CONTENT
        assert [heard.role for heard in clip.spec.clip.speeches] == ["speech-1"]
    assert not any(clip.spec.clip.speeches for clip in clips if len(clip.inputs) == 1)


def test_chapters_are_the_headings_in_order() -> None:
    film = plan().tasks[-1].spec.film

    assert [segment.heading for segment in film.segments] == ["INT. KITCHEN - NIGHT", "EXT. STREET - DAY"]
    assert (film.title, film.author) == ("Two Rooms", "A. Writer")


def test_every_role_that_a_spec_names_is_an_input() -> None:
    for task in plan().tasks:
        roles = {edge.role for edge in task.inputs}
        named = {role for timing in task.spec.timings for role in timing.speech_roles}
        named |= {shot.clip_role for shot in task.spec.segment.shots}
        named |= {cue.role for shot in task.spec.segment.shots for cue in shot.cues}
        named |= {segment.role for segment in task.spec.film.segments}
        assert named <= roles, task.display_name


def test_a_scene_and_its_music_have_the_same_timings() -> None:
    tasks = plan().tasks
    music = [list(task.spec.timings) for task in tasks if is_scenes_music(task)]
    cuts = [list(task.spec.timings) for task in tasks if task.kind is TaskKind.SEGMENT]

    assert music == cuts


def test_stills_are_a_quarter_larger_than_the_film() -> None:
    still = next(task for task in plan().tasks if task.kind is TaskKind.STILL).spec.still

    assert (still.size.width_px, still.size.height_px) == (1600, 900)


def test_the_plan_is_the_same_each_time() -> None:
    assert plan().plan_keys == plan().plan_keys


def test_one_changed_line_changes_only_what_depends_on_it() -> None:
    before, after = plan(), plan(SCRIPT.replace(b"Only me.", b"Just me."))

    changed = {
        task.display_name
        for task, old, new in zip(after.tasks, before.plan_keys, after.plan_keys, strict=True)
        if old != new
    }

    assert {name for name in changed if "shot" in name} == {
        name for name in changed if name.startswith(changed_shot(after))
    }
    assert {"scene 1 cut", "scene 1 music", "scene 1 effects", "levels", "film"} <= changed
    # Its sound is encoded again if the levels come out otherwise.
    assert {name for name in changed if name.startswith("scene 2")} == {"scene 2 sound"}


def changed_shot(after: Plan) -> str:
    spoken = next(task for task in after.tasks if task.spec.speech.text == "Just me.")
    return spoken.display_name.rsplit(" ", 1)[0]


def test_counters_start_with_every_task_open() -> None:
    counts = plan().counts()

    assert sum(count.total for count in counts.values()) == len(plan().tasks)
    assert counts[Stage.COMPOSITION].total == 6
    assert all(count.done == 0 for count in counts.values())


def test_a_narrator_reads_silent_shots_when_asked() -> None:
    spoken = [task.spec.speech.voice for task in plan(narrate=True).tasks if task.kind is TaskKind.SPEECH]

    assert len(spoken) > 2
    assert cast_voices([NARRATOR], {})[NARRATOR] in spoken


def test_a_film_over_the_limit_is_refused_with_the_limit() -> None:
    line = b"MARA\n" + b"word " * 1200 + b"\n\n"
    long = b"INT. ROOM - DAY\n\n" + line * 40

    with pytest.raises(ScreenplayRefused, match="180"):
        plan(long)


MOODS_SCRIPT = b"""INT. CELLAR - NIGHT

Blood on the knife. A corpse.

SMASH CUT TO:

INT. HALL - DAY

They laugh and dance. A wedding, a party.

DISSOLVE TO:

EXT. GRAVE - DAY

Tears. He weeps, alone, in grief.

CUT TO:

INT. ROOM - DAY

A chair.
"""


def scores(script: bytes) -> list[task_pb2.MusicSpec]:
    return [task.spec.music for task in plan(script).tasks if is_scenes_music(task)]


def is_scenes_music(task: PlannedTask) -> bool:
    return task.kind is TaskKind.MUSIC and task.display_name != "title sting"


def test_music_keeps_its_key_through_a_film_and_its_tempi_are_one_pulse_counted_otherwise() -> None:
    found = scores(MOODS_SCRIPT)

    assert [task_pb2.Mood.Name(score.mood) for score in found] == [
        "MOOD_DARK",
        "MOOD_JOYFUL",
        "MOOD_SAD",
        "MOOD_NEUTRAL",
    ]
    assert len({score.key for score in found}) == 1
    assert 1 <= found[0].key <= 12
    ratios = {
        Fraction(min(pair), max(pair)) for pair in itertools.pairwise(score.tempo_bpm for score in found)
    }
    assert ratios <= {Fraction(1), Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)}


def test_a_scene_of_another_mood_leaves_the_music_of_the_others() -> None:
    calmer = MOODS_SCRIPT.replace(b"They laugh and dance. A wedding, a party.", b"It is quiet and peaceful.")

    before, after = scores(MOODS_SCRIPT), scores(calmer)

    assert [new == old for new, old in zip(after, before, strict=True)] == [True, False, True, True]


def test_transitions_are_marked_in_the_music_of_the_scene_that_they_lead_to() -> None:
    openings = [task_pb2.MusicOpening.Name(score.opening) for score in scores(MOODS_SCRIPT)]

    assert openings == [
        "MUSIC_OPENING_UNSPECIFIED",
        "MUSIC_OPENING_STING",
        "MUSIC_OPENING_SHIMMER",
        "MUSIC_OPENING_UNSPECIFIED",
    ]
