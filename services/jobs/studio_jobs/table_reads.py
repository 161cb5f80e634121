"""A table read's graph: the screenplay as it is written, and the scenes' sound in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind
from studio_jobs.finishing import finish
from studio_jobs.production import Production
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.arrangement import ArrangedScene
from studio_jobs.timeline.edits import TimelineEdits

SCENE_PAUSE_MS = 900


def as_written(production: Production) -> Production:
    """The production; for a table read without what was edited of the film's time: its titles stay."""
    if production.options.target != jobs_pb2.TARGET_TABLE_READ:
        return production
    return replace(production, timeline=TimelineEdits(titles=production.timeline.titles))


def add_reading(
    tasks: TaskList, breakdown: Breakdown, scenes: Sequence[ArrangedScene], cuts: Sequence[int]
) -> None:
    """Add the task of the whole read; `cuts` are the scenes' tasks."""
    production, titles = tasks.production, tasks.production.timeline.titles
    rate = production.options.rate
    segments = [
        task_pb2.FilmSegment(role=f"segment-{index}", heading=arranged.scene.heading)
        for index, arranged in enumerate(scenes, start=1)
    ]
    finished = finish(tasks, segments, cuts)
    spec = task_pb2.ReadingSpec(
        title=titles.title or breakdown.title or production.title,
        author=titles.author or breakdown.author,
        rate=rate,
        segments=finished.segments,
        loudness_target_millilufs=production.options.loudness_target_millilufs,
        scene_pause_frames=frames_in(SCENE_PAUSE_MS, rate),
        language=production.language,
    )
    tasks.add(TaskKind.READING, "table read", {"reading": spec}, finished.edges)
