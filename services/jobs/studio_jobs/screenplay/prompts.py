"""The picture of a shot in words, for engines that read prompts: frame, place, light, who, what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from studio_jobs.screenplay.headings import Place, TimeOfDay
from studio_jobs.screenplay.shot_sizes import ShotSize

PROMPT_CHARACTERS_MAX = 4000

_SCENERIES_KEPT = 16
"""The shots of a scene have one scenery, but for an intercut's few."""

_FRAMES = {
    ShotSize.WIDE: "Wide shot",
    ShotSize.MEDIUM: "Medium shot",
    ShotSize.CLOSE: "Close-up",
    ShotSize.INSERT: "Insert",
    ShotSize.OVER_SHOULDER: "Over-the-shoulder shot",
}
_PLACES = {Place.INT: "interior", Place.EXT: "exterior", Place.INT_EXT: "interior and exterior"}


@dataclass(frozen=True, slots=True)
class Scenery:
    """Where and when a shot is; `look` describes the place, `aside` is as a scene's; both may be empty."""

    place: Place
    location: str
    time_of_day: TimeOfDay
    look: str = ""
    aside: str = ""


def prompt_of(size: ShotSize, scenery: Scenery, looks: Mapping[str, str], action: str) -> str:
    """Compose a prompt; `looks` has everyone in frame, in order, with their description or ""."""
    prompt = f"{_FRAMES[size]}, {_where(scenery)}."
    people = " and ".join(
        [f"{name.title()} ({look})" if look else name.title() for name, look in looks.items()]
    )
    if people:
        prompt += f" {people}."
    seen = action.rstrip(".")
    if seen:
        prompt += f" {seen}."
    return prompt[:PROMPT_CHARACTERS_MAX]


@lru_cache(maxsize=_SCENERIES_KEPT)
def _where(scenery: Scenery) -> str:
    where = _PLACES[scenery.place]
    if scenery.location:
        where += f", {scenery.location.lower()}"
    if scenery.look:
        where += f" ({scenery.look})"
    if scenery.time_of_day is not TimeOfDay.UNSPECIFIED:
        where += f", {scenery.time_of_day.lower()}"
    if scenery.aside:
        where += f", {scenery.aside}"
    return where
