"""L cuts of speech: a longer line ends while the picture is already with who listens and will answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.production import Production
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.timeline.edits import TimelineEdits

OVER_MS = 450
"""How long the end of a line is heard over the next shot."""

WORDS_MIN = 8
"""Of a line: a shorter one is over before its listener matters."""


def overlapped(breakdown: Breakdown, production: Production, chosen: Collection[str]) -> Breakdown:
    """The breakdown with the lines that go on over a cut; a read has no cuts.

    Trims and transitions of a shot change nothing here, so that they cost no clip. A shot whose next one is
    not chosen keeps its line to itself.
    """
    if production.options.target == jobs_pb2.TARGET_TABLE_READ:
        return breakdown
    moved = _moved(production.timeline)
    return replace(
        breakdown, scenes=tuple(_overlapped(scene, chosen, moved, production) for scene in breakdown.scenes)
    )


def _moved(edits: TimelineEdits) -> frozenset[str]:
    """The shots that stand elsewhere than they were written, and those beside which they stand."""
    return frozenset(shot_id for place in edits.places for shot_id in (place.shot_id, place.anchor_id))


def _overlapped(
    scene: Scene, chosen: Collection[str], moved: Collection[str], production: Production
) -> Scene:
    shots = list(scene.shots)
    for index, (shot, following) in enumerate(pairwise(scene.shots)):
        is_held = {shot.shot_id, following.shot_id} <= set(chosen) and not {
            shot.shot_id,
            following.shot_id,
        } & set(moved)
        # Not at two cuts in a row, which would be a mannerism.
        if shots[index].heard_before_ms or not is_held or not _serves(shot, following):
            continue
        if production.timeline.media(shot.shot_id, "clip") is not None:
            continue
        shots[index] = replace(shots[index], heard_after_ms=OVER_MS)
        shots[index + 1] = replace(following, heard_before_ms=OVER_MS)
    return replace(scene, shots=tuple(shots))


def _serves(shot: Shot, following: Shot) -> bool:
    """Whether somebody in the picture speaks long enough, and the next shot is of who is spoken to."""
    if not shot.lines or shot.joint is not None or any(line.dual for line in shot.lines):
        return False
    speaker = shot.lines[-1].character
    if speaker not in shot.figures or not following.figures:
        return False
    # Over a shoulder who speaks is seen from behind; elsewhere their mouth would stand still.
    others = following.figures[:1] if following.size is ShotSize.OVER_SHOULDER else following.figures
    return speaker not in others and len(shot.lines[-1].text.split()) >= WORDS_MIN
