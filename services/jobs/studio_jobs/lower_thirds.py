"""What is written over the picture: what the screenplay asks for, and names and places where options ask."""

from __future__ import annotations

from dataclasses import replace

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR
from studio_jobs.screenplay.headings import TimeOfDay
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.screenplay.supers import Super

SHOWN_MAX = 4
"""So many of a shot's are shown."""


def captioned(breakdown: Breakdown, options: jobs_pb2.RenderOptions) -> Breakdown:
    """The breakdown with the lower thirds that options ask for, before those of the screenplay."""
    with_names = jobs_pb2.LOWER_THIRD_KIND_NAMES in options.lower_thirds
    with_places = jobs_pb2.LOWER_THIRD_KIND_PLACES in options.lower_thirds
    if not (with_names or with_places):
        return breakdown
    met: set[str] = set()
    scenes: list[Scene] = []
    for scene in breakdown.scenes:
        is_new = not scenes or scenes[-1].location != scene.location
        first = (_place(scene),) if with_places and is_new and scene.location else ()
        shots = []
        for shot in scene.shots:
            named = _names(shot, met) if with_names else ()
            shots.append(replace(shot, supers=(*first, *named, *shot.supers)))
            first = ()
        scenes.append(replace(scene, shots=tuple(shots)))
    return replace(breakdown, scenes=tuple(scenes))


def lower_thirds_of(shot: Shot) -> list[task_pb2.LowerThird]:
    """What the composer writes over a shot."""
    return [task_pb2.LowerThird(text=it.text, small_text=it.small) for it in shot.supers[:SHOWN_MAX]]


def _place(scene: Scene) -> Super:
    time = "" if scene.time_of_day is TimeOfDay.UNSPECIFIED else scene.time_of_day.value
    return Super(scene.location.title(), time.replace("_", " ").capitalize())


def _names(shot: Shot, met: set[str]) -> tuple[Super, ...]:
    """Who speaks here and is seen speaking for the first time."""
    if shot.size is ShotSize.INSERT:
        return ()
    speakers = (line.character for line in shot.lines if line.character != NARRATOR)
    fresh = [name for name in dict.fromkeys(speakers) if name in shot.figures and name not in met]
    met.update(fresh)
    return tuple(Super(name.title()) for name in fresh)
