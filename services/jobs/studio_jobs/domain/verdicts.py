"""What a render would do about each task of a plan: found, run, or run unless an input proves equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from studio_jobs.domain.graph import Plan, PlannedTask, Uses
from studio_jobs.domain.keys import key_at_unlock
from studio_jobs.domain.timing import resolve


class Verdict(IntEnum):
    """What would be done; the numbers are the contract's."""

    CACHED = 1
    RUN = 2
    RUN_UNLESS_EQUAL = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What is there of a task: the digest of its artifact, and its length, ms."""

    digest: str
    length_ms: int


@dataclass(slots=True)
class Judging:
    """Verdicts in waves: `look` says which content keys to look for, `learn` what was found of them.

    A task whose inputs are all there has the key that it would have at unlock, so its verdict is certain. One
    of which an input runs may still find its artifact, when that comes out equal.
    """

    plan: Plan
    by_plan_key: Mapping[bytes, Made]
    verdicts: dict[int, Verdict] = field(default_factory=dict, init=False)
    made: dict[int, Made] = field(default_factory=dict, init=False)
    shared: set[int] = field(default_factory=set, init=False)
    _asked: dict[int, bytes] = field(default_factory=dict, init=False)
    _runs: set[bytes] = field(default_factory=set, init=False)

    def look(self) -> list[bytes]:
        """Decide what can be decided; the content keys that the rest hangs on, none when all is decided."""
        for task, plan_key in zip(self.plan.tasks, self.plan.plan_keys, strict=True):
            if task.number not in self.verdicts and self._is_ready(task):
                self._decide(task, plan_key)
        return sorted(set(self._asked.values()))

    def learn(self, found: Mapping[bytes, Made]) -> None:
        """Take in what was found of the keys asked for."""
        for number, key in self._asked.items():
            if key in found:
                self._is_there(number, found[key])
            else:
                self._runs_for(number, key, Verdict.RUN)
        self._asked = {}

    @property
    def asked(self) -> Mapping[int, bytes]:
        """The content keys that were asked for by the last look, by task."""
        return self._asked

    def content_key(self, task: PlannedTask) -> bytes:
        """The key that a task has at unlock; what its inputs come to must be there."""
        inputs = {
            edge.role: self.made[edge.producer].digest for edge in task.inputs if edge.uses is Uses.CONTENT
        }
        if not task.spec.timings:
            return key_at_unlock(task.spec, self.plan.spec_texts[task.number - 1], inputs)
        lengths = {edge.role: self.made[edge.producer].length_ms for edge in task.inputs}
        return key_at_unlock(resolve(task.spec, lengths), "", inputs)

    def _is_ready(self, task: PlannedTask) -> bool:
        return all(edge.producer in self.verdicts for edge in task.inputs)

    def _decide(self, task: PlannedTask, plan_key: bytes) -> None:
        if any(edge.producer not in self.made for edge in task.inputs):
            self._runs_for(task.number, plan_key, Verdict.RUN_UNLESS_EQUAL)
        elif plan_key in self.by_plan_key:
            self._is_there(task.number, self.by_plan_key[plan_key])
        else:
            self._asked[task.number] = self.content_key(task)

    def _is_there(self, number: int, made: Made) -> None:
        self.verdicts[number] = Verdict.CACHED
        self.made[number] = made

    def _runs_for(self, number: int, key: bytes, verdict: Verdict) -> None:
        self.verdicts[number] = verdict
        if key in self._runs:
            self.shared.add(number)
        self._runs.add(key)
