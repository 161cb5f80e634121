"""What plans had for their scenes: one that did not change is not worked out again, nor are its keys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from studio_jobs.domain.graph import Edge, Plan, PlannedTask
from studio_jobs.production import Production
from studio_jobs.scene_tasks import PlannedShot, SceneTasks
from studio_jobs.timeline.arrangement import ArrangedScene

TASKS_MAX = 12_000
"""So many tasks are remembered, of all films together; each takes some 3 kB."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tasks of one scene and of its cut, as they stand in a plan from number `first` on.

    They build on each other and on nothing else. `chosen` are the scene's shots that were wanted.
    """

    arranged: ArrangedScene
    chosen: tuple[str, ...]
    first: int
    made: SceneTasks
    tasks: tuple[PlannedTask, ...] = ()
    keys: tuple[bytes, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def cut(self) -> int:
        """The number of the scene's cut, which comes last."""
        return self.first + len(self.tasks) - 1

    def starting_at(self, first: int) -> Stretch:
        """The same with other numbers."""
        step = first - self.first
        if not step:
            return self
        tasks = tuple(_moved(task, step) for task in self.tasks)
        return replace(self, first=first, tasks=tasks, made=_moved_scene(self.made, step))


@dataclass(slots=True)
class FilmMemory:
    """Stretches of one film by their scene's id. All were made with this production and these looks."""

    production: Production
    looks: Mapping[str, str]
    stretches: dict[str, Stretch] = field(default_factory=dict)

    def find(self, arranged: ArrangedScene, chosen: Sequence[str]) -> Stretch | None:
        """The stretch of a scene that is cut just so."""
        known = self.stretches.get(arranged.scene.scene_id)
        if known is None or known.chosen != tuple(chosen) or known.arranged != arranged:
            return None
        return known

    def keep(self, plan: Plan, stretches: Sequence[Stretch]) -> None:
        """Remember the stretches of a plan; their tasks are those from `first` up to the next one."""
        for stretch in stretches:
            end = stretch.first - 1 + len(stretch.tasks)
            own = slice(stretch.first - 1, end)
            if all(edge.producer >= stretch.first for task in stretch.tasks for edge in task.inputs):
                self.stretches[stretch.arranged.scene.scene_id] = replace(
                    stretch, keys=plan.plan_keys[own], texts=plan.spec_texts[own]
                )

    @property
    def size(self) -> int:
        """How many tasks are remembered."""
        return sum(len(stretch.tasks) for stretch in self.stretches.values())


class PlanMemory:
    """The memories of the films that were planned last, by project and options."""

    def __init__(self, tasks_max: int = TASKS_MAX) -> None:
        self._tasks_max = tasks_max
        self._films: OrderedDict[tuple[str, bytes], FilmMemory] = OrderedDict()
        self._lock = Lock()

    def film(self, production: Production, looks: Mapping[str, str]) -> FilmMemory:
        """The memory of a film, an empty one when it was planned with anything else."""
        key = production.project_id, production.options.SerializeToString(deterministic=True)
        with self._lock:
            known = self._films.pop(key, None)
            if known is None or known.looks != looks or known.production != production:
                known = FilmMemory(production, looks)
            self._films[key] = known
            while len(self._films) > 1 and sum(film.size for film in self._films.values()) > self._tasks_max:
                self._films.popitem(last=False)
        return known


def _moved(task: PlannedTask, step: int) -> PlannedTask:
    return PlannedTask(
        task.number + step,
        task.kind,
        task.pool,
        task.display_name,
        task.spec,
        tuple([Edge(edge.role, edge.producer + step, edge.uses) for edge in task.inputs]),
        task.shot_id,
        task.line_first,
        task.line_last,
    )


def _moved_scene(made: SceneTasks, step: int) -> SceneTasks:
    shots = {
        shot_id: PlannedShot(
            planned.shot,
            _moved_number(planned.still, step),
            _moved_number(planned.clip, step),
            tuple(number + step for number in planned.speeches),
        )
        for shot_id, planned in made.shots.items()
    }
    return SceneTasks(shots, _moved_number(made.music, step), _moved_number(made.effects, step))


def _moved_number(number: int, step: int) -> int:
    """0 stands for no task."""
    return number and number + step
