"""Which shots of a film a selection names."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.scenes import Breakdown

NOT_SELECTED = "SELECTION_NOT_FOUND"
_NAMES_SHOWN_MAX = 5


def is_selective(selection: jobs_pb2.Selection) -> bool:
    """Whether it names anything: one that does not is the whole film."""
    return bool(selection.scenes or selection.shot_ids)


def chosen_shots(breakdown: Breakdown, selection: jobs_pb2.Selection) -> frozenset[str]:
    """The ids of the shots that any entry names; all for a selection that names nothing.

    Raises ScreenplayRefused that names every entry which the film lacks.
    """
    every = [shot.shot_id for scene in breakdown.scenes for shot in scene.shots]
    if not is_selective(selection):
        return frozenset(every)
    chosen = set(selection.shot_ids)
    missing: list[str] = []
    numbers = [scene.number for scene in breakdown.scenes]
    for text in selection.scenes:
        found = _scenes_of(text.strip(), numbers)
        if found is None:
            missing.append(text)
            continue
        chosen.update(shot.shot_id for index in found for shot in breakdown.scenes[index].shots)
    missing += sorted(set(selection.shot_ids) - set(every))
    if missing:
        raise _not_found(missing, numbers)
    return frozenset(chosen)


def _scenes_of(text: str, numbers: Sequence[str]) -> range | None:
    """The places of the scenes of "3" or "3-5"; a writer's number may hold dashes itself."""
    if text in numbers:
        at = numbers.index(text)
        return range(at, at + 1)
    for cut in (at for at, letter in enumerate(text) if letter == "-"):
        first, last = text[:cut].strip(), text[cut + 1 :].strip()
        if first in numbers and last in numbers and numbers.index(first) <= numbers.index(last):
            return range(numbers.index(first), numbers.index(last) + 1)
    return None


def _not_found(missing: Sequence[str], numbers: Sequence[str]) -> ScreenplayRefused:
    named = ", ".join(missing[:_NAMES_SHOWN_MAX])
    more = len(missing) - _NAMES_SHOWN_MAX
    return ScreenplayRefused(
        NOT_SELECTED,
        f"The film has nothing called {named}{f' and {more} more' if more > 0 else ''}.",
        f"Its scenes are {numbers[0]} to {numbers[-1]}; a plan lists the shots.",
        field="options.selection",
    )
