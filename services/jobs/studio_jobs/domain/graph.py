"""A job's plan: its tasks and what each builds on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.keys import plan_key_of_text, spec_texts
from studio_jobs.domain.progress import StageCount
from studio_jobs.domain.states import STAGE_OF_KIND, WORK_STAGES, Stage, TaskKind


class Uses(IntEnum):
    """What a task uses of an input: its content, which enters the content key, or only its length."""

    CONTENT = 1
    LENGTH = 2


# By number: a name of an enum is looked up by code of Python's.
_USES = ("", *(f":{uses.name}" for uses in Uses))


@dataclass(frozen=True, slots=True)
class Edge:
    """An input of a task: the number of its producer, and the role that the spec calls it by."""

    role: str
    producer: int
    uses: Uses = Uses.CONTENT


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A node of the graph; `number` counts from 1 in an order in which producers come first."""

    number: int
    kind: TaskKind
    pool: str
    display_name: str
    spec: task_pb2.TaskSpec
    inputs: tuple[Edge, ...] = ()
    shot_id: str = ""
    line_first: int = 0
    line_last: int = 0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What would let a job of a plan be refused: of which further output, in words, and its cure."""

    reason: str
    output: str
    text: str
    cure: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole graph with the plan key of each task and its spec's canonical JSON, in the tasks' order.

    With `obstacles` it is only to be looked at.
    """

    tasks: tuple[PlannedTask, ...]
    plan_keys: tuple[bytes, ...]
    spec_texts: tuple[str, ...] = field(repr=False)
    obstacles: tuple[Obstacle, ...] = ()

    def counts(self) -> dict[Stage, StageCount]:
        """The stages' counters before anything ran."""
        totals = dict.fromkeys(WORK_STAGES, 0)
        for task in self.tasks:
            totals[STAGE_OF_KIND[task.kind]] += 1
        return {stage: StageCount(total=total) for stage, total in totals.items()}


Known = Mapping[int, tuple[bytes, str]]
"""Plan keys and specs' canonical JSON of tasks by their number."""


def keyed(tasks: Sequence[PlannedTask], known: Known | None = None) -> Plan:
    """The plan of these tasks, of which some may be known by plan key and spec text.

    Raises ValueError when numbers do not count from 1, or a producer does not come first.
    """
    known = known or {}
    keys: list[bytes] = []
    fresh = iter(spec_texts(task.spec for task in tasks if task.number not in known))
    texts = [known[task.number][1] if task.number in known else next(fresh) for task in tasks]
    for position, task in enumerate(tasks, start=1):
        if task.number != position or max([edge.producer for edge in task.inputs], default=0) >= position:
            raise ValueError(f"task {task.number} is out of order")
        if position in known:
            keys.append(known[position][0])
            continue
        inputs = {edge.role + _USES[edge.uses]: keys[edge.producer - 1] for edge in task.inputs}
        keys.append(plan_key_of_text(texts[position - 1], inputs))
    return Plan(tuple(tasks), tuple(keys), tuple(texts))
