"""What changed in a film's shots between two plans, and by what."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.causes import Cause, causes_between, settled
from studio_jobs.domain.states import TaskKind


class Change(IntEnum):
    """How a shot differs; the numbers are the contract's."""

    NEW = 1
    CHANGED = 2
    MOVED = 3
    GONE = 4


@dataclass(frozen=True, slots=True)
class ShotTask:
    """A task of a shot in either plan; `spec` is serialised."""

    shot_id: str
    kind: TaskKind
    display_name: str
    plan_key: bytes
    spec: bytes
    line_first: int
    line_last: int


@dataclass(frozen=True, slots=True)
class ShotDifference:
    """A shot that is not as it was where it was; `causes` with a few words each, of a changed one alone."""

    shot_id: str
    name: str
    change: Change
    line_first: int
    line_last: int
    causes: tuple[tuple[Cause, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """All differing shots, those that are there in their order and then those that are gone."""

    unchanged: int
    shots: tuple[ShotDifference, ...]


_NOTHING_EDITED: Mapping[str, Set[Cause]] = {}

Shots = Mapping[str, Sequence[ShotTask]]


def compare(
    before: Iterable[ShotTask], after: Iterable[ShotTask], edited: Mapping[str, Set[Cause]] = _NOTHING_EDITED
) -> Differences:
    """What became of each shot; tasks come in their plans' order.

    `edited` says by shot whether people edited its PROMPT or DURATION between the two.
    """
    old, new = _by_shot(before), _by_shot(after)
    moved = _moved(old, new)
    found = [
        _difference(old.get(shot_id), tasks, shot_id in moved, edited.get(shot_id, frozenset()))
        for shot_id, tasks in new.items()
    ]
    differing = [difference for difference in found if difference is not None]
    gone = [_of(tasks, Change.GONE) for shot_id, tasks in old.items() if shot_id not in new]
    return Differences(len(found) - len(differing), (*differing, *gone))


def _by_shot(tasks: Iterable[ShotTask]) -> dict[str, list[ShotTask]]:
    shots: dict[str, list[ShotTask]] = {}
    for task in tasks:
        if task.shot_id:
            shots.setdefault(task.shot_id, []).append(task)
    return shots


def _difference(
    old: Sequence[ShotTask] | None, new: Sequence[ShotTask], is_moved: bool, edited: Set[Cause]
) -> ShotDifference | None:
    if old is None:
        return _of(new, Change.NEW)
    if [task.plan_key for task in old] != [task.plan_key for task in new]:
        return _of(new, Change.CHANGED, _causes(old, new, edited))
    return _of(new, Change.MOVED) if is_moved else None


def _of(
    tasks: Sequence[ShotTask], change: Change, causes: tuple[tuple[Cause, str], ...] = ()
) -> ShotDifference:
    still = next((task for task in tasks if task.kind is TaskKind.STILL), tasks[0])
    name = still.display_name.removesuffix(" still")
    return ShotDifference(still.shot_id, name, change, still.line_first, still.line_last, causes)


def _causes(
    old: Sequence[ShotTask], new: Sequence[ShotTask], edited: Set[Cause]
) -> tuple[tuple[Cause, str], ...]:
    """Each cause once, with the words of the first task that shows it."""
    found: dict[Cause, str] = {}
    for kind in TaskKind:
        befores = [task for task in old if task.kind is kind]
        afters = [task for task in new if task.kind is kind]
        if len(befores) != len(afters):
            found.setdefault(Cause.SCRIPT, f"{len(befores)} -> {len(afters)} {kind.name.lower()} tasks")
        for before, after in zip(befores, afters, strict=False):
            if before.spec != after.spec:
                specs = (task_pb2.TaskSpec.FromString(task.spec) for task in (before, after))
                for cause, words in causes_between(*specs):
                    found.setdefault(cause, words)
    return tuple(sorted(settled(found, edited).items()))


def _moved(old: Shots, new: Shots) -> set[str]:
    """The fewest shots whose move explains the new order: those outside a longest run that kept its order."""
    places = {shot_id: place for place, shot_id in enumerate(old)}
    common = [shot_id for shot_id in new if shot_id in places]
    # Patience: `ends` holds the smallest last place of a run of each length, `links` the one before it.
    ends: list[int] = []
    tails: list[str] = []
    links: dict[str, str | None] = {}
    for shot_id in common:
        at = bisect_left(ends, places[shot_id])
        links[shot_id] = tails[at - 1] if at else None
        ends[at : at + 1] = [places[shot_id]]
        tails[at : at + 1] = [shot_id]
    kept: set[str] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = links[last]
    return set(common) - kept
