"""What a narrator says: the action of silent shots, and in a table read the headings too."""

from __future__ import annotations

from dataclasses import replace

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.cast import NARRATOR
from studio_jobs.screenplay.headings import Place, TimeOfDay
from studio_jobs.screenplay.scenes import Breakdown, Line, Scene, Shot

# A voice would read "INT." as a word.
_PLACES = {Place.INT: "Interior", Place.EXT: "Exterior", Place.INT_EXT: "Interior and exterior"}


def told(breakdown: Breakdown, options: jobs_pb2.RenderOptions) -> Breakdown:
    """The breakdown with what these options have a narrator say."""
    if options.target == jobs_pb2.TARGET_TABLE_READ:
        return read_aloud(breakdown)
    return narrated(breakdown) if options.narrate else breakdown


def narrated(breakdown: Breakdown) -> Breakdown:
    """The breakdown with a narrator who reads the action of silent shots."""
    return replace(
        breakdown,
        scenes=tuple(
            replace(scene, shots=tuple(_narrated_shot(shot) for shot in scene.shots))
            for scene in breakdown.scenes
        ),
    )


def read_aloud(breakdown: Breakdown) -> Breakdown:
    """The breakdown as it is read at a table: each scene's heading first, and the action of silent shots.

    Transitions join pictures, and a read has none.
    """
    whole = narrated(breakdown)
    return replace(whole, scenes=tuple(_headed(scene, breakdown.language) for scene in whole.scenes))


def _headed(scene: Scene, language: str) -> Scene:
    first, *others = (replace(shot, joint=None) for shot in scene.shots)
    heading = _said(spoken_heading(scene, language), first)
    return replace(scene, shots=(replace(first, lines=(heading, *first.lines)), *others))


def spoken_heading(scene: Scene, language: str) -> str:
    """A heading as one says it; in languages other than English what stands there, without capitals."""
    if language and language.partition("-")[0].lower() != "en":
        return scene.heading.capitalize()
    time = "" if scene.time_of_day is TimeOfDay.UNSPECIFIED else f" {scene.time_of_day.value.capitalize()}."
    return f"{_PLACES[scene.place]}. {scene.location.capitalize()}.{time}"


def _narrated_shot(shot: Shot) -> Shot:
    if shot.lines or not shot.action:
        return shot
    return replace(shot, lines=(_said(shot.action, shot),))


def _said(text: str, shot: Shot) -> Line:
    return Line(character=NARRATOR, text=text, parenthetical="", span=shot.span, dual=False)
