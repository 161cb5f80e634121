"""What a storyboard's sheet says of each shot, beside its still."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from filmstudio.generation.v1 import task_pb2
from studio_jobs.production import Production
from studio_jobs.scene_tasks import expected_ms
from studio_jobs.screenplay.scenes import Breakdown, Shot
from studio_jobs.timeline.arrangement import ArrangedScene


def sheet_spec(
    breakdown: Breakdown, production: Production, scenes: Sequence[ArrangedScene]
) -> task_pb2.SheetSpec:
    """The sheet of these scenes' shots; their stills are the inputs "still-1" on, in their order."""
    numbers, titles = itertools.count(1), production.timeline.titles
    return task_pb2.SheetSpec(
        title=titles.title or breakdown.title or production.title,
        credit=titles.credit or breakdown.credit,
        author=titles.author or breakdown.author,
        scenes=[
            task_pb2.SheetScene(
                number=arranged.scene.number,
                heading=arranged.scene.heading,
                frames=[_frame(next(numbers), take.shot, expected_ms(take.shot)) for take in arranged.takes],
            )
            for arranged in scenes
        ],
        language=production.language,
    )


def _frame(number: int, shot: Shot, expected_ms: int) -> task_pb2.SheetFrame:
    return task_pb2.SheetFrame(
        still_role=f"still-{number}",
        ordinal=shot.ordinal,
        shot_size=task_pb2.ShotSize.Value(f"SHOT_SIZE_{shot.size}"),
        move=task_pb2.CameraMove.Value(f"CAMERA_MOVE_{shot.move}"),
        action=_action(shot),
        lines=[
            task_pb2.SheetLine(character=line.character, delivery=line.parenthetical, text=line.text)
            for line in shot.lines
        ],
        expected_ms=expected_ms,
    )


def _action(shot: Shot) -> str:
    """What happens, unless it is what a line says or how it is said: a shot of speech is drawn by these."""
    spoken = {text for line in shot.lines for text in (line.text, line.parenthetical)}
    return "" if shot.action in spoken else shot.action
