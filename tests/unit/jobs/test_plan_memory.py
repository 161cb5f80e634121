"""Plans with a memory: equal to those without, and scenes that did not change are not worked out again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR, cast_voices
from studio_jobs.domain.graph import Plan, PlannedTask
from studio_jobs.domain.states import TaskKind
from studio_jobs.film_plan import build_plan
from studio_jobs.plan_memory import PlanMemory
from studio_jobs.production import PoolChoice, Production
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.timeline.edits import Place, TimelineEdits

SCENES = 6
ENGINE = task_pb2.EngineRef(engine="null", revision="1")
POOLS = {kind: PoolChoice(f"pool-{kind.name.lower()}", ENGINE) for kind in TaskKind}


def script(changes: Mapping[int, str] | None = None, before: str = "") -> Breakdown:
    """Scenes of some shots each; a line may be another or, when empty, none, and a scene may come first."""
    scenes = [
        f"INT. ROOM {number} - DAY\n\nTOM opens door {number}.\n\n"
        f"{_spoken((changes or {}).get(number, 'Who is there?'))}\n\nThe wind blows."
        for number in range(1, SCENES + 1)
    ]
    return break_down(read((before + "\n\n".join(scenes)).encode()))


def _spoken(line: str) -> str:
    """As many lines of the screenplay whether anybody speaks or not."""
    return f"MARA\n{line}" if line else "\n"


def production(
    engine: task_pb2.EngineRef = ENGINE,
    voices: Mapping[str, str] | None = None,
    timeline: TimelineEdits | None = None,
    **options: object,
) -> Production:
    pools = {**POOLS, TaskKind.STILL: PoolChoice("pool-still", engine)}
    full = completed(jobs_pb2.RenderOptions(**{"narrate": False, **options}))  # type: ignore[arg-type]  # fields by name
    cast = voices or cast_voices(("MARA", NARRATOR), {})
    return Production("project", "Rooms", full, pools, cast, timeline=timeline or TimelineEdits())


def again(plan: Plan, before: Plan) -> int:
    """How many of a plan's tasks are not the very ones of another plan."""
    known = {id(task.spec) for task in before.tasks}
    return sum(id(task.spec) not in known for task in plan.tasks)


def moved(breakdown: Breakdown) -> TimelineEdits:
    first, second = breakdown.scenes[0].shots[0], breakdown.scenes[2].shots[0]
    return TimelineEdits(places=(Place(second.shot_id, first.shot_id, is_before=True, number=1),))


EDITS = {
    "nothing": (script(), production()),
    "a line": (script({3: "Go away."}), production()),
    "a line that adds a shot": (script({2: "Wait.\n\nA car stops.\n\nMARA\nListen."}), production()),
    "a scene before": (script(before="EXT. STREET - DAY\n\nA car waits.\n\n"), production()),
    "an engine": (script(), production(task_pb2.EngineRef(engine="null", revision="2"))),
    "a voice": (script(), production(voices={"MARA": "another", NARRATOR: "one more"})),
    "a table read": (script(), production(target=jobs_pb2.TARGET_TABLE_READ)),
    "a selection": (script(), production(selection=jobs_pb2.Selection(scenes=["2"]))),
    "a shot moved": (script(), production(timeline=moved(script()))),
    "a look": (script({1: "I am cold."}, before="EXT. SEA - DAY\n\nMARA, old, waits.\n\n"), production()),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_with_a_memory_equals_one_from_nothing(edit: str) -> None:
    memory = PlanMemory()
    build_plan(script(), production(), memory)
    edited = EDITS[edit]

    assert build_plan(*edited, memory) == build_plan(*edited)
    assert build_plan(script(), production(), memory) == build_plan(script(), production())


def is_of_film(task: PlannedTask) -> bool:
    """Levels, masters, and what no scene has alone."""
    return task.kind in (TaskKind.LEVELS, TaskKind.MASTER) or not task.display_name.startswith("scene ")


def test_a_changed_line_works_its_own_scene_out_again_and_no_other() -> None:
    memory = PlanMemory()
    before = build_plan(script(), production(), memory)

    plan = build_plan(script({3: "Go away."}), production(), memory)

    kinds = {task.kind for task in plan.tasks}
    assert {TaskKind.LEVELS, TaskKind.FILM, TaskKind.MASTER} < kinds
    of_film = len([task for task in plan.tasks if is_of_film(task)])
    of_a_scene = (len(plan.tasks) - of_film) // SCENES
    assert again(plan, before) == of_film + of_a_scene


def test_the_scenes_after_one_that_lost_a_line_get_other_numbers_alone() -> None:
    memory = PlanMemory()
    before = build_plan(script(), production(), memory)
    silent = script({2: ""})

    plan = build_plan(silent, production(), memory)

    of_film = len([task for task in plan.tasks if is_of_film(task)])
    lost = len(before.tasks) - len(plan.tasks)
    assert lost >= 1
    assert again(plan, before) == of_film + (len(before.tasks) - of_film) // SCENES - lost
    assert plan == build_plan(silent, production())


def test_the_film_that_was_planned_longest_ago_is_forgotten() -> None:
    tasks = len(build_plan(script(), production()).tasks)
    memory = PlanMemory(tasks_max=tasks)
    proxy = production(quality=jobs_pb2.QUALITY_PROXY)
    first = build_plan(script(), production(), memory)
    build_plan(script(), proxy, memory)
    build_plan(script(), proxy, memory)

    assert again(build_plan(script(), production(), memory), first) == tasks
