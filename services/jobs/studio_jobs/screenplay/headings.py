"""Scene headings: how one is recognised, and the place, location and time of day it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Inside, outside, or both."""

    INT = "INT"
    EXT = "EXT"
    INT_EXT = "INT_EXT"


class TimeOfDay(StrEnum):
    """The light of a scene."""

    DAY = "DAY"
    NIGHT = "NIGHT"
    DAWN = "DAWN"
    DUSK = "DUSK"
    MORNING = "MORNING"
    EVENING = "EVENING"
    UNSPECIFIED = "UNSPECIFIED"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a heading says. `continues` means that its time is that of the scene before."""

    place: Place
    location: str
    time_of_day: TimeOfDay
    continues: bool = False


# Longest first: a prefix is matched before a shorter one that it starts with.
_PREFIXES: tuple[tuple[str, Place], ...] = (
    ("INT./EXT", Place.INT_EXT),
    ("EXT./INT", Place.INT_EXT),
    ("INT/EXT", Place.INT_EXT),
    ("EXT/INT", Place.INT_EXT),
    ("I./E", Place.INT_EXT),
    ("I/E", Place.INT_EXT),
    ("E/I", Place.INT_EXT),
    ("INT", Place.INT),
    ("EXT", Place.EXT),
    ("EST", Place.EXT),
)

_PREFIX_INITIALS = frozenset("IiEeı")

_TIMES: dict[str, TimeOfDay] = {
    "DAY": TimeOfDay.DAY,
    "AFTERNOON": TimeOfDay.DAY,
    "NOON": TimeOfDay.DAY,
    "MIDDAY": TimeOfDay.DAY,
    "NIGHT": TimeOfDay.NIGHT,
    "MIDNIGHT": TimeOfDay.NIGHT,
    "DAWN": TimeOfDay.DAWN,
    "SUNRISE": TimeOfDay.DAWN,
    "DUSK": TimeOfDay.DUSK,
    "SUNSET": TimeOfDay.DUSK,
    "TWILIGHT": TimeOfDay.DUSK,
    "MORNING": TimeOfDay.MORNING,
    "EVENING": TimeOfDay.EVENING,
}
_CONTINUATIONS = frozenset({"CONTINUOUS", "LATER", "SAME", "SAME TIME", "MOMENTS LATER", "SECONDS LATER"})
_PREFIX_LOOK_CHARACTERS = 20
_DASHES = (" - ", " – ", " — ", " -- ")


_OPENING_PUNCTUATION = "\"'“‘„«‹¿¡(（「『《〈"
# What writers type where Fountain wants INT. or EXT.
_ALMOST_A_PREFIX = re.compile(
    r"(?:INTERIOR|EXTERIOR|INSIDE|OUTSIDE|INTT|EXTT|IINT|EEXT|IN T|EX T)\b"
    r"|(?:INT|EXT|EST|I/E)\s*[:,;_–—-]"
)


def is_heading(text: str) -> bool:
    """Say whether a stripped line opens as a heading: `INT.`, `ext/int.`, `INT HOUSE`, `int house`."""
    return text[:1] in _PREFIX_INITIALS and _prefix(text) is not None


def is_forced_heading(text: str) -> bool:
    """Say whether a stripped line is forced to be a heading: a full stop, then a letter or digit.

    A quotation mark or bracket may stand before the letter; an ellipsis forces nothing.
    """
    if text[:1] != ".":
        return False
    return text[1:2].isalnum() or (text[1:2] in _OPENING_PUNCTUATION and text[2:3].isalnum())


def is_almost_heading(text: str) -> bool:
    """Say whether a line that is no heading was probably meant as one: INTERIOR HOUSE, KITCHEN - NIGHT."""
    if text.endswith((".", "!", "?")):
        return False
    if _ALMOST_A_PREFIX.match(text[:_PREFIX_LOOK_CHARACTERS]):
        return True
    location, _, time = _rpartition_dash(text)
    return bool(location) and text.isupper() and time in _TIMES


def _prefix(text: str) -> tuple[int, Place] | None:
    """Return how many characters the prefix has, and its place; None when there is no prefix."""
    if text[:1] not in _PREFIX_INITIALS:
        return None
    head = text[:9]
    upper = head.upper()
    for prefix, place in _PREFIXES:
        if not upper.startswith(prefix) or len(text) <= len(prefix):
            continue
        after = text[len(prefix)]
        # Without its dot, "Est" may be a word of a sentence ("Est ce toi").
        if after == "." or (after.isspace() and (prefix != "EST" or head.startswith(prefix))):
            return len(prefix) + 1, place
    return None


def split_scene_number(text: str) -> tuple[str, str]:
    """Split `heading #12A#` into heading and number; the number is "" when there is none."""
    stripped = text.rstrip()
    if not stripped.endswith("#"):
        return stripped, ""
    opening = stripped.rfind("#", 0, -1)
    number = stripped[opening + 1 : -1]
    if opening < 0 or not is_scene_number(number):
        return stripped, ""
    return stripped[:opening].rstrip(), number


def is_scene_number(text: str) -> bool:
    """Say whether a text can stand between the signs of a scene number: letters, digits, dashes, stops."""
    return bool(text) and all(character.isalnum() or character in "-." for character in text)


def read_setting(heading: str) -> Setting:
    """Read place, location and time from a heading without its scene number.

    A heading without a prefix (a forced one) is an interior unless the heading says otherwise.
    """
    text = heading.strip()
    found = _prefix(text)
    length, place = found if found else (0, Place.INT)
    rest = text[length:].strip(" .\t")
    location, _, time = _rpartition_dash(rest)
    key = " ".join(time.upper().strip(" .").split())
    if key in _CONTINUATIONS:
        return Setting(place, location, TimeOfDay.UNSPECIFIED, continues=True)
    words = [word for word in key.replace(",", " ").replace("/", " ").split() if word in _TIMES]
    if words:
        return Setting(place, location, _TIMES[words[-1]])
    return Setting(place, rest, TimeOfDay.UNSPECIFIED)


def _rpartition_dash(text: str) -> tuple[str, str, str]:
    at, dash = max((text.rfind(dash), dash) for dash in _DASHES)
    if at < 0:
        return text, "", ""
    return text[:at].strip(), dash, text[at + len(dash) :].strip()


def normalised(heading: str) -> str:
    """Return the heading as identity: capitals, single spaces, without dots (`Int. House` = `INT HOUSE`)."""
    return " ".join(heading.upper().replace(".", " ").split())
