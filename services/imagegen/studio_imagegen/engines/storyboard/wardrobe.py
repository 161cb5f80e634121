"""What a character wears and looks like, by the words of their look and else by their seed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio_imagegen.engines.storyboard.colour import Colour, hexa
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.orders import Figure

GARMENTS = tuple(
    hexa(t) for t in ["8c3b3b", "3f5a73", "5c6b46", "7a5a86", "b07a3c", "4b4a63", "2f6a6b", "9a5c4a"]
)
SKINS = tuple(hexa(t) for t in ["f0c9a8", "d9a67e", "b97f58", "8d5a3c", "6b432e", "e6b896"])
HAIRS = tuple(hexa(t) for t in ["2a1e1c", "4a2f22", "7a4a2a", "b98a4e", "3a3a42", "15151c"])
COLOURS = {
    "red": hexa("a83a36"), "blue": hexa("3c5f94"), "green": hexa("4a7350"), "yellow": hexa("d1a640"),
    "white": hexa("d8d4cc"), "black": hexa("2c2c36"), "grey": hexa("70747c"), "gray": hexa("70747c"),
    "brown": hexa("70503a"), "purple": hexa("6a4a86"), "orange": hexa("c06a34"), "pink": hexa("c07a8c"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """`stature` is the height against an adult's; `cut` is COAT, JACKET or DRESS."""

    garment: Colour
    skin: Colour
    hair: Colour
    cut: str
    long_hair: bool
    hat: bool
    stature: float


def look_of(figure: Figure) -> Look:
    """The look of a figure: the same for the same name, look and seed."""
    dice = Dice(figure.name.lower(), figure.seed, "look")
    words = set(re.findall(r"[a-z]+", figure.look.lower()))
    garment, skin, hair = dice.pick(GARMENTS), dice.pick(SKINS), dice.pick(HAIRS)
    cut, long_hair, hat = (
        dice.pick(("COAT", "JACKET", "JACKET", "DRESS")),
        dice.chance(0.45),
        dice.chance(0.25),
    )
    garment = next((tone for name, tone in COLOURS.items() if name in words), garment)
    if words & {"man", "boy", "he", "male"}:
        long_hair, cut = False, "JACKET" if cut == "DRESS" else cut
    if words & {"woman", "girl", "she", "female"}:
        long_hair = True
    if words & {"old", "elderly", "sixties", "seventies"}:
        hair = hexa("c4c4c8")
    cut = next((cut for cut in ("COAT", "JACKET", "DRESS") if cut.lower() in words), cut)
    stature = 0.7 if words & {"child", "boy", "girl", "kid"} else dice.between(0.95, 1.04)
    return Look(garment, skin, hair, cut, long_hair, hat or "hat" in words, stature)
