"""What a plan is expected to take and cost, task by task and in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import PlannedTask
from studio_jobs.domain.paces import Band, Pacer, Paces, Work, total_of, work_of
from studio_jobs.domain.schedules import Step, wall_band, wall_ms
from studio_jobs.domain.states import STAGE_OF_KIND, WORK_STAGES, Stage, TaskKind
from studio_jobs.domain.timing import shot_length
from studio_jobs.domain.verdicts import Judging, Verdict

SPEECH_MS_PER_WORD = 364
"""165 words a minute."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """A pool's price, millionths of the currency's unit, and its slots over all replicas."""

    micros_per_second: int
    micros_per_call: int
    slots: int

    def cost(self, run_ms: Band) -> Band:
        """What a run costs that takes so long."""
        return run_ms.scaled(self.micros_per_second, 1000, self.micros_per_call)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A run's time, ms, and cost, millionths."""

    run_ms: Band
    cost_micros: Band


@dataclass(frozen=True, slots=True)
class Sum:
    """Tasks of a stage, or of all: how many, of which verdict, and what they take and cost if all run."""

    tasks: int
    cached: int
    runs: int
    runs_unless_equal: int
    run_ms: Band
    cost_micros: Band


@dataclass(frozen=True, slots=True)
class Estimates:
    """`tasks` by number, of those for which a run is made; the film's own time is `wall_ms`."""

    tasks: Mapping[int, Estimate]
    stages: Mapping[Stage, Sum]
    total: Sum
    wall_ms: Band


def estimate(judged: Judging, paces: Paces, tariffs: Mapping[str, Tariff]) -> Estimates:
    """Time and cost of a judged plan."""
    tasks = judged.plan.tasks
    lengths, pacer = _lengths_ms(judged), Pacer(paces)
    found: dict[int, Estimate] = {}
    entries: dict[Stage, list[Entry]] = {stage: [] for stage in WORK_STAGES}
    for task, length_ms in zip(tasks, lengths, strict=True):
        verdict = judged.verdicts[task.number]
        own = None
        if verdict is not Verdict.CACHED and task.number not in judged.shared:
            own = _estimated(work_of(task.spec, length_ms), pacer, tariffs[task.pool])
            found[task.number] = own
        entries[STAGE_OF_KIND[task.kind]].append((verdict, own))
    slots = {pool: tariff.slots for pool, tariff in tariffs.items()}
    stages = {stage: _sum_of(own) for stage, own in entries.items()}
    total = _sum_of([entry for own in entries.values() for entry in own])
    return Estimates(found, stages, total, _wall(tasks, found, slots, paces))


Entry = tuple[Verdict, Estimate | None]


def _sum_of(entries: Sequence[Entry]) -> Sum:
    runs = [verdict for verdict, own in entries if own is not None]
    estimates = [own for _, own in entries if own is not None]
    return Sum(
        len(entries),
        sum(verdict is Verdict.CACHED for verdict, _ in entries),
        runs.count(Verdict.RUN),
        runs.count(Verdict.RUN_UNLESS_EQUAL),
        total_of([own.run_ms for own in estimates]),
        total_of([own.cost_micros for own in estimates]),
    )


def _estimated(work: Work, pacer: Pacer, tariff: Tariff) -> Estimate:
    run_ms = pacer.expected(work).run_ms
    return Estimate(run_ms, tariff.cost(run_ms))


def _wall(
    tasks: Sequence[PlannedTask], found: Mapping[int, Estimate], slots: Mapping[str, int], paces: Paces
) -> Band:
    def scheduled(end: str) -> int:
        steps = [
            Step(
                task.number,
                task.pool,
                getattr(found[task.number].run_ms, end) if task.number in found else None,
                [edge.producer for edge in task.inputs],
            )
            for task in tasks
        ]
        return wall_ms(steps, slots)

    return wall_band(scheduled, paces)


def _lengths_ms(judged: Judging) -> list[int]:
    """How long each task's artifact will be; speech that is not there yet by its words."""
    lengths: list[int] = []
    for task in judged.plan.tasks:
        made = judged.made.get(task.number)
        lengths.append(made.length_ms if made else _length_ms(task, lengths))
    return lengths


def _length_ms(task: PlannedTask, before: Sequence[int]) -> int:
    if task.kind is TaskKind.SPEECH:
        return len(task.spec.speech.text.split()) * SPEECH_MS_PER_WORD
    if task.spec.timings:
        speech_ms = {edge.role: before[edge.producer - 1] for edge in task.inputs}
        return sum(_shot_ms(timing, speech_ms) for timing in task.spec.timings)
    if task.kind in (TaskKind.READING, TaskKind.LEVELS, TaskKind.MASTER):
        return _scenes_ms(task, before)
    if task.kind is TaskKind.FILM:
        film = task.spec.film
        cards = (film.title_card_frames + film.end_card_frames) * 1000 * film.rate.denominator
        return _scenes_ms(task, before) + cards // max(1, film.rate.numerator)
    return 0


def _scenes_ms(task: PlannedTask, before: Sequence[int]) -> int:
    """How long the segments that it builds on are together; their sound is as long again."""
    return sum(before[edge.producer - 1] for edge in task.inputs if edge.role.startswith("segment"))


def _shot_ms(timing: task_pb2.ShotTiming, speech_ms: Mapping[str, int]) -> int:
    frames = shot_length(timing, speech_ms).length_frames
    return frames * 1000 * timing.rate.denominator // timing.rate.numerator


def engines_of(tasks: Iterable[PlannedTask]) -> set[str]:
    """The engines of these tasks, as paces call them, and the name under which films' own times are kept."""
    return {work_of(task.spec, 0).key.engine for task in tasks} | {""}
