"""The picture of a shot in words, for engines that read prompts: frame, place, light, who, what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio_jobs.screenplay.headings import Place, TimeOfDay
from studio_jobs.screenplay.shot_sizes import ShotSize

PROMPT_CHARACTERS_MAX = 4000

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
    where = f"{_FRAMES[size]}, {_PLACES[scenery.place]}"
    if scenery.location:
        where += f", {scenery.location.lower()}"
    if scenery.look:
        where += f" ({scenery.look})"
    if scenery.time_of_day is not TimeOfDay.UNSPECIFIED:
        where += f", {scenery.time_of_day.value.lower()}"
    if scenery.aside:
        where += f", {scenery.aside}"
    people = " and ".join(
        f"{name.title()} ({look})" if look else name.title() for name, look in looks.items()
    )
    parts = [part for part in (where, people, action.rstrip(".")) if part]
    return (". ".join(parts) + ".")[:PROMPT_CHARACTERS_MAX]
