"""The things that stills show, by the names that the table PROPS of sheets/words.txt gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from studio_imagegen.engines.storyboard.drawing import read_sheet

CARRIED_TALL_MAX = 0.4
SHEETS = ("paper", "household", "outdoors")
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
        return min(0.36, self.tall * 1.15)


@cache
def props() -> Mapping[str, Prop]:
    """All props by name."""
    return {
        name: Prop(entry.drawing, entry.words[0], float(entry.words[1]), float(entry.words[2]))
        for sheet in SHEETS
        for name, entry in read_sheet(sheet).items()
    }


def carried(name: str) -> bool:
    """Whether a figure can have this thing in a hand."""
    prop = props().get(name)
    if prop is None or name in NEVER_CARRIED:
        return False
    return name in CARRIED or (prop.tall <= CARRIED_TALL_MAX and prop.stand in ("FLAT", "TABLE"))
