"""The tasks of a plan as they are added, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge, Obstacle, PlannedTask
from studio_jobs.domain.keys import given_spec
from studio_jobs.domain.states import TaskKind
from studio_jobs.production import Production
from studio_jobs.screenplay.elements import Span
from studio_jobs.screenplay.scenes import Shot
from studio_jobs.shot_specs import ShotSpecs
from studio_jobs.targets import KINDS_OF_TARGET
from studio_jobs.timeline.locks import Kept


@dataclass(slots=True)
class TaskList:
    """The growing list of tasks; a number is given once."""

    production: Production
    specs: ShotSpecs
    tasks: list[PlannedTask] = field(default_factory=list)
    timings: dict[tuple[str, str], task_pb2.ShotTiming] = field(default_factory=dict)
    portraits: dict[tuple[str, str], int] = field(default_factory=dict)
    obstacles: list[Obstacle] = field(default_factory=list)

    def add(
        self,
        kind: TaskKind,
        display_name: str,
        work: Mapping[str, object],
        inputs: tuple[Edge, ...] = (),
        *,
        seed: int = 0,
        shot_id: str = "",
        span: Span | None = None,
        timings: list[task_pb2.ShotTiming] | None = None,
        pool: str = "",
    ) -> int:
        """Append a task of a pool, or of the kind's; its number.

        Raises FailedPrecondition for a pool that can't make it.
        """
        choice = self.production.pool(kind, pool, display_name)
        spec = task_pb2.TaskSpec(
            kind=task_pb2.TaskKind.ValueType(int(kind)),
            engine=choice.engine,
            seed=seed,
            timings=timings or [],
            **work,  # type: ignore[arg-type]  # one of the oneof's fields, chosen by the caller
        )
        return self._append(kind, choice.pool, display_name, spec, inputs, shot_id, span)

    def makes(self, kind: TaskKind) -> bool:
        """Whether the target goes so deep."""
        return kind in KINDS_OF_TARGET[self.production.options.target]

    def give(self, kind: TaskKind, display_name: str, kept: Kept, shot: Shot | None = None) -> int:
        """Append a task that is done, for its artifact is there; its number."""
        spec = given_spec(kind, kept.engine, kept.digest)
        pool = self.production.pools[kind].pool
        return self._append(
            kind, pool, display_name, spec, (), shot.shot_id if shot else "", shot.span if shot else None
        )

    def _append(
        self,
        kind: TaskKind,
        pool: str,
        display_name: str,
        spec: task_pb2.TaskSpec,
        inputs: tuple[Edge, ...],
        shot_id: str,
        span: Span | None,
    ) -> int:
        task = PlannedTask(
            number=len(self.tasks) + 1,
            kind=kind,
            pool=pool,
            display_name=display_name,
            spec=spec,
            inputs=inputs,
            shot_id=shot_id,
            line_first=span.line_first if span else 0,
            line_last=span.line_last if span else 0,
        )
        self.tasks.append(task)
        return task.number


def frames_in(length_ms: int, rate: task_pb2.Rate) -> int:
    """The frames nearest to a length."""
    return round(length_ms * rate.numerator / (1000 * rate.denominator))
