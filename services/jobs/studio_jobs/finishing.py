"""Between the scenes and the whole: the film's levels, and each scene's sound encoded at them."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge
from studio_jobs.domain.states import TaskKind
from studio_jobs.task_list import TaskList

_LEVELS = "levels"


def finish(
    tasks: TaskList, segments: Sequence[task_pb2.FilmSegment], cuts: Sequence[int]
) -> tuple[list[task_pb2.FilmSegment], tuple[Edge, ...]]:
    """Add the levels and the masters of these scenes, whose tasks are `cuts`.

    Returns what the whole is told of each scene, and the whole's inputs. The levels hang on all scenes, and a
    master on the levels; they are in steps, so a changed scene leaves the others' masters what they were.
    """
    edges = [Edge(segment.role, number) for segment, number in zip(segments, cuts, strict=True)]
    spec = task_pb2.LevelsSpec(
        segments=[_leveled(segment) for segment in segments],
        loudness_target_millilufs=tasks.production.options.loudness_target_millilufs,
        rate=tasks.production.options.rate,
    )
    levels = Edge(_LEVELS, tasks.add(TaskKind.LEVELS, "levels", {"levels": spec}, tuple(edges)))
    finished = [
        task_pb2.FilmSegment(
            role=segment.role, heading=segment.heading, crossfade_frames=segment.crossfade_frames
        )
        for segment in segments
    ]
    masters: list[Edge] = []
    for piece in _pieces(segments):
        number = _add_master(tasks, [segments[at] for at in piece], [edges[at] for at in piece], levels)
        masters.append(Edge(f"sound-{len(masters) + 1}", number))
        finished[piece[0]].sound_role = masters[-1].role
    return finished, (*edges, *masters)


def _pieces(segments: Sequence[task_pb2.FilmSegment]) -> list[range]:
    """Scenes that turn into each other sound together, so they are one piece; others are one each."""
    ends = [at + 1 for at, segment in enumerate(segments) if not segment.crossfade_frames]
    ends = ends if ends and ends[-1] == len(segments) else [*ends, len(segments)]
    return [range(first, last) for first, last in zip([0, *ends], ends, strict=False)]


def _add_master(
    tasks: TaskList, segments: Sequence[task_pb2.FilmSegment], cuts: Sequence[Edge], levels: Edge
) -> int:
    first = tasks.tasks[cuts[0].producer - 1]
    inner = [_leveled(segment) for segment in segments]
    for index, segment in enumerate(inner, start=1):
        # Its place in the film is nothing to its sound: the same scene elsewhere has the same key.
        segment.role = f"segment-{index}"
        segment.crossfade_frames = segments[index - 1].crossfade_frames if index < len(inner) else 0
    spec = task_pb2.MasterSpec(segments=inner, levels_role=_LEVELS, rate=tasks.production.options.rate)
    edges = (*(Edge(segment.role, cut.producer) for segment, cut in zip(inner, cuts, strict=True)), levels)
    name = first.display_name.removesuffix("cut") + "sound"
    return tasks.add(TaskKind.MASTER, name, {"master": spec}, edges)


def _leveled(segment: task_pb2.FilmSegment) -> task_pb2.FilmSegment:
    """What the sound of a scene is told of it."""
    return task_pb2.FilmSegment(
        role=segment.role,
        music_muted=segment.music_muted,
        music_gain_millibels=segment.music_gain_millibels,
        effects_muted=segment.effects_muted,
        effects_gain_millibels=segment.effects_gain_millibels,
    )
