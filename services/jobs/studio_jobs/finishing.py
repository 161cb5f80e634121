"""Between the scenes and the whole: the film's levels, and each scene's sound encoded at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Edge
from studio_jobs.domain.states import TaskKind
from studio_jobs.film_sound import FilmSound, PieceEnds
from studio_jobs.output_options import TRUE_PEAK_DEFAULT_MILLIDBTP
from studio_jobs.task_list import TaskList

_LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a film is brought to: integrated loudness, 1/1000 LUFS, and true peak, 1/1000 dBTP."""

    target_millilufs: int
    true_peak_max_millidbtp: int = TRUE_PEAK_DEFAULT_MILLIDBTP

    @property
    def true_peak_in_keys(self) -> int:
        """The true peak as specs have it: the usual one is left out, for it was in no key."""
        is_usual = self.true_peak_max_millidbtp == TRUE_PEAK_DEFAULT_MILLIDBTP
        return 0 if is_usual else self.true_peak_max_millidbtp


@dataclass(frozen=True, slots=True)
class Finished:
    """What the whole is told of each scene, and the whole's inputs."""

    segments: Sequence[task_pb2.FilmSegment]
    edges: tuple[Edge, ...]


def film_loudness(options: jobs_pb2.RenderOptions) -> Loudness:
    """That of the film itself."""
    return Loudness(options.loudness_target_millilufs)


def finish(
    tasks: TaskList,
    segments: Sequence[task_pb2.FilmSegment],
    cuts: Sequence[int],
    loudness: Loudness | None = None,
    name: str = "",
    sound: FilmSound | None = None,
) -> Finished:
    """Add the levels and the masters of these scenes, whose tasks are `cuts`; their names begin with `name`.

    `sound` is what is heard between them and under the film's cards.

    The levels hang on all scenes, and a master on the levels; they are in steps, so a changed scene leaves
    the others' masters what they were.
    """
    loudness = loudness or film_loudness(tasks.production.options)
    edges = [Edge(segment.role, number) for segment, number in zip(segments, cuts, strict=True)]
    spec = task_pb2.LevelsSpec(
        segments=[_leveled(segment) for segment in segments],
        loudness_target_millilufs=loudness.target_millilufs,
        rate=tasks.production.options.rate,
        true_peak_max_millidbtp=loudness.true_peak_in_keys,
    )
    levels = Edge(_LEVELS, tasks.add(TaskKind.LEVELS, f"{name}levels", {"levels": spec}, tuple(edges)))
    finished = [
        task_pb2.FilmSegment(
            role=segment.role,
            heading=segment.heading,
            crossfade_frames=segment.crossfade_frames,
            blend=segment.blend,
            music_muted=segment.music_muted,
            effects_muted=segment.effects_muted,
        )
        for segment in segments
    ]
    sound = sound or FilmSound()
    masters: list[Edge] = []
    for piece in _pieces(segments):
        ends = sound.ends(piece, segments, tasks.production.options.rate)
        master = _master_spec(tasks, [segments[at] for at in piece], loudness, ends)
        master.with_mix = sound.with_mix
        inner = zip(master.segments, piece, strict=True)
        scenes = [Edge(segment.role, edges[at].producer) for segment, at in inner]
        inputs = (*scenes, levels, *ends.edges)
        first = tasks.tasks[edges[piece[0]].producer - 1]
        label = name + first.display_name.removeprefix(name).removesuffix("cut") + "sound"
        masters.append(
            Edge(f"sound-{len(masters) + 1}", tasks.add(TaskKind.MASTER, label, {"master": master}, inputs))
        )
        finished[piece[0]].sound_role = masters[-1].role
        finished[piece[0]].sound_before_frames = master.start.card_frames
        finished[piece[0]].sound_after_frames = master.end.card_frames
    return Finished(finished, (*edges, *masters))


def _pieces(segments: Sequence[task_pb2.FilmSegment]) -> list[range]:
    """Scenes that turn into each other sound together, so they are one piece; others are one each."""
    ends = [at + 1 for at, segment in enumerate(segments) if not segment.crossfade_frames]
    ends = ends if ends and ends[-1] == len(segments) else [*ends, len(segments)]
    return [range(first, last) for first, last in zip([0, *ends], ends, strict=False)]


def _master_spec(
    tasks: TaskList, segments: Sequence[task_pb2.FilmSegment], loudness: Loudness, ends: PieceEnds
) -> task_pb2.MasterSpec:
    inner = [_leveled(segment) for segment in segments]
    inner[0].tone_role, inner[-1].tone_role = ends.first_role, ends.last_role
    for index, segment in enumerate(inner, start=1):
        # Its place in the film is nothing to its sound: the same scene elsewhere has the same key.
        segment.role = f"segment-{index}"
        segment.crossfade_frames = segments[index - 1].crossfade_frames if index < len(inner) else 0
    return task_pb2.MasterSpec(
        segments=inner,
        levels_role=_LEVELS,
        rate=tasks.production.options.rate,
        true_peak_max_millidbtp=loudness.true_peak_in_keys,
        start=ends.start if ends.start.ByteSize() else None,
        end=ends.end if ends.end.ByteSize() else None,
    )


def _leveled(segment: task_pb2.FilmSegment) -> task_pb2.FilmSegment:
    """What the sound of a scene is told of it."""
    return task_pb2.FilmSegment(
        role=segment.role,
        music_muted=segment.music_muted,
        music_gain_millibels=segment.music_gain_millibels,
        effects_muted=segment.effects_muted,
        effects_gain_millibels=segment.effects_gain_millibels,
    )
