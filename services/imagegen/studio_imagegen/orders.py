"""What the image generator is asked for: the order of one shot's still."""

from __future__ import annotations

from dataclasses import dataclass, field

PLACES = ("INT", "EXT", "INT_EXT")
TIMES_OF_DAY = ("UNSPECIFIED", "DAWN", "MORNING", "DAY", "DUSK", "EVENING", "NIGHT")
POSTURES = ("STAND", "SIT", "LIE", "KNEEL")
SHOT_SIZES = ("WIDE", "MEDIUM", "CLOSE", "INSERT", "OVER_SHOULDER")


@dataclass(frozen=True, slots=True)
class Figure:
    """A character in the shot: `look` describes them in words, `seed` keeps the look they are given.

    `wardrobe` is a number that differs within a cast, 0 when nobody gave one. `side` is the side of the
    scene's line that they are on: -1 left, 1 right, 0 not said. `posture`, a word of POSTURES, and
    `holding`, a word for what is in their hand, are how the shots before and this one leave them. `portrait`
    is a PNG of them that somebody brought, empty without one.
    """

    name: str
    look: str = ""
    seed: int = 0
    wardrobe: int = 0
    side: int = 0
    posture: str = "STAND"
    holding: str = ""
    portrait: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class StillOrder:
    """One still: its size, its place and time, who is in it and what they do.

    `place`, `time_of_day` and `shot_size` hold a word of PLACES, TIMES_OF_DAY and SHOT_SIZES.
    `speaker` is the name of the figure who speaks, or empty. `surroundings` are words of the whole scene that
    name its weather and what hangs on its walls. `prompt` and `negative_prompt` are
    for engines that take a prompt.
    """

    width_px: int
    height_px: int
    seed: int = 0
    heading: str = ""
    place: str = "EXT"
    location: str = ""
    time_of_day: str = "UNSPECIFIED"
    shot_size: str = "WIDE"
    figures: tuple[Figure, ...] = ()
    speaker: str = ""
    action: str = ""
    surroundings: str = ""
    prompt: str = ""
    negative_prompt: str = ""
