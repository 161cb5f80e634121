"""A narrator for the silent shots of a breakdown."""

from __future__ import annotations

from dataclasses import replace

from studio_jobs.cast import NARRATOR
from studio_jobs.screenplay.scenes import Breakdown, Line, Shot


def narrated(breakdown: Breakdown) -> Breakdown:
    """The breakdown with a narrator who reads the action of silent shots."""
    return replace(
        breakdown,
        scenes=tuple(
            replace(scene, shots=tuple(_narrated_shot(shot) for shot in scene.shots))
            for scene in breakdown.scenes
        ),
    )


def _narrated_shot(shot: Shot) -> Shot:
    if shot.lines or not shot.action:
        return shot
    line = Line(character=NARRATOR, text=shot.action, parenthetical="", span=shot.span, dual=False)
    return replace(shot, lines=(line,))
