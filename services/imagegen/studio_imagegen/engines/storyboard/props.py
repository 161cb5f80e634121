"""The things that stills show, by the names that the table PROPS of sheets/words.txt gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from studio_imagegen.engines.storyboard.drawing import read_sheet
from studio_imagegen.engines.storyboard.vocabulary import all_meant

CARRIED_TALL_MAX = 0.4
SHEETS = ("paper", "household", "lights", "outdoors")
CARRIED = frozenset(("SUITCASE", "BAG", "UMBRELLA", "BALLOON"))
NEVER_CARRIED = frozenset(("SCREEN", "RING", "WATCH", "DEAD_RADIO"))


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing: its drawing within -0.5..0.5, y up, and where it is found.

    `stand` is TABLE, WALL, FLAT (lies or is held towards the viewer), SKY or GROUND; `tall` its height
    against a grown figure's; `grip` where a hand takes it.
    """

    drawing: str
    stand: str
    tall: float
    grip: float

    @property
    def in_hand(self) -> float:
        """Its size in a hand, figure heights: a little larger than life, to be read."""
        return self.tall * 1.15 if self.grip else min(0.36, self.tall * 1.15)


@cache
def props() -> Mapping[str, Prop]:
    """All props by name."""
    return {
        name: Prop(entry.drawing, entry.words[0], float(entry.words[1]), float(entry.words[2]))
        for sheet in SHEETS
        for name, entry in read_sheet(sheet).items()
    }


SPECIAL = (("RADIO", "DEAD_RADIO"), ("BRIDGE", "BROKEN_BRIDGE"), ("DOOR", "CLOSED_DOOR"))


def in_words(action: str) -> tuple[str, ...]:
    """The props that an action names, in its order; what is told more closely takes the plain one's place."""
    found = list(all_meant("PROPS", action))
    for plain, special in SPECIAL:
        if plain in found and special in found:
            found.remove(special)
            found[found.index(plain)] = special
    return tuple(found)


def carried(name: str) -> bool:
    """Whether a figure can have this thing in a hand."""
    prop = props().get(name)
    if prop is None or name in NEVER_CARRIED:
        return False
    return name in CARRIED or (prop.tall <= CARRIED_TALL_MAX and prop.stand in ("FLAT", "TABLE"))
