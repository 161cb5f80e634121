"""What a character wears and looks like, by the words of their look and name and else by their wardrobe."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studio_imagegen.engines.storyboard.colour import Colour, hexa
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.vocabulary import all_meant, meant
from studio_imagegen.orders import Figure

COLOURS = {
    name: hexa(tone)
    for name, tone in (
        pair.split(":")
        for pair in [
            "red:b0403a",
            "blue:3f639c",
            "green:4d7f55",
            "yellow:d6ab42",
            "white:dcd8d0",
            "black:30303a",
            "grey:767a84",
            "gray:767a84",
            "brown:765440",
            "purple:6f4d8c",
            "orange:cc7036",
            "pink:c98296",
            "teal:2f7a7c",
            "navy:2d3f6b",
        ]
    )
}
SKINS = tuple(hexa(tone) for tone in ["f3cfb0", "e0ac84", "c98d63", "a8714b", "8a5a3d", "ecc09a"])
GREY_HAIR = hexa("c9c8cb")
HAIR_COLOURS = {
    "blond": hexa("d0a860"), "blonde": hexa("d0a860"), "redhead": hexa("a4532c"), "ginger": hexa("a4532c"),
    "grey-haired": GREY_HAIR, "white-haired": hexa("e4e2e0"), "dark-haired": hexa("2a2024"),
}  # fmt: skip
_DECADE_AND_YEARS = re.compile(
    r"\b((?:twen|thir|for|fif|six|seven|eigh|nine)ty)[- ](?:one|two|three|four|five|six|seven|eight|nine)\b",
    re.IGNORECASE,
)
_YEARS_OLD = re.compile(r"[- ]years?[- ]old\b", re.IGNORECASE)

# Neighbours differ in every column; so do the woman and the man of one row.
# garment, second, cut, hair, its colour, skin (of SKINS), extras
WOMEN = (
    "a8443c e6d3b0 SWEATER BUN 4a2f24 0 -",
    "2f7a7c e9c46a COAT BOB 2a2024 3 -",
    "d9a441 7a4a3a DRESS LONG 8a4a2a 5 -",
    "5b6fa8 dcd8d0 HOODIE PONYTAIL 2f2420 1 -",
    "a3c4a8 7c4a5c JACKET CURLY 33261f 4 -",
    "8a4f86 d8b4a0 COAT BUN a4532c 0 GLASSES",
    "e4dccd 4a6a8a DRESS BOB c79a58 2 -",
    "3c3f58 c94f5c SWEATER LONG 1e1a20 1 SCARF",
)
MEN = (
    "3a5a96 86a08c JACKET TOUSLED 6a4630 1 -",
    "6d4f36 9db4c6 VEST SHORT 2c2220 0 MOUSTACHE",
    "556b45 9c5440 COAT CURLY 241c1c 4 BEARD",
    "b5632f 3f4a5c SWEATER CROP 3a2a22 2 STUBBLE",
    "4a4c5c b0473f COAT SHORT b98a4e 5 SCARF",
    "8c98a4 33415c JACKET CROP 1d1a1f 3 GLASSES",
    "7a3540 d9c9a0 HOODIE TOUSLED a4532c 0 -",
    "2c4a48 e0c070 VEST CURLY 4a3326 1 CAP",
)


@dataclass(frozen=True, slots=True)
class Look:
    """`stature` is the height against an adult's; `broad` the half width of the shoulders, figure heights.

    `cut` is COAT, JACKET, SWEATER, DRESS, VEST or HOODIE; `hair` a name of heads.HAIR; `extras` are
    of BEARD, MOUSTACHE, STUBBLE, GLASSES, SCARF, CAP, HAT, HOOD, BEANIE and HEADSCARF.
    """

    garment: Colour
    second: Colour
    cut: str
    hair: str
    hair_colour: Colour
    skin: Colour
    extras: frozenset[str]
    stature: float
    broad: float
    aged: bool


def look_of(figure: Figure) -> Look:
    """The look of a figure: the same for the same name, look, wardrobe and seed."""
    dice = Dice(figure.name.lower(), figure.seed, "look")
    text = f"{figure.name} {figure.look}"
    bearings = all_meant("BEARINGS", text)
    female = "FEMALE" in bearings or ("MALE" not in bearings and dice.chance(0.5))
    rows = WOMEN if female else MEN
    row = rows[(figure.wardrobe - 1) % len(rows)] if figure.wardrobe else dice.pick(rows)
    garment, second, cut, hair, hair_colour, skin, extra = row.split()
    look = Look(
        hexa(garment),
        hexa(second),
        cut,
        hair,
        hexa(hair_colour),
        SKINS[int(skin)],
        frozenset(() if extra == "-" else (extra,)),
        dice.between(0.95, 0.99) if female else dice.between(0.99, 1.04),
        0.098 if female else 0.114,
        False,
    )
    return _as_told(_aged(look, meant("AGES", _in_decades(text)), female=female), text, figure.look)


def _in_decades(text: str) -> str:
    """A text whose ages are rounded down: "eighty-seven" is eighty, not seven, and nobody is old at six."""
    return _YEARS_OLD.sub("", _DECADE_AND_YEARS.sub(r"\1", text))


def _aged(look: Look, age: str, *, female: bool) -> Look:
    if age == "AGED":
        extras = look.extras | {"GLASSES" if female else "BEARD"}
        hair = "BUN" if female else "BALD"
        return replace(look, hair_colour=GREY_HAIR, aged=True, hair=hair, extras=extras, stature=0.95)
    if age == "YOUNG":
        plain = look.extras - {"BEARD", "MOUSTACHE", "STUBBLE", "GLASSES"}
        cut = {"COAT": "HOODIE", "VEST": "SWEATER"}.get(look.cut, look.cut)
        return replace(look, stature=0.7, broad=0.105, extras=plain, cut=cut)
    return look


def _as_told(look: Look, text: str, described: str) -> Look:
    """The look with what its words name; the hair only as it is described, for BOB is a name too."""
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)?", text.lower()))
    garment = next((tone for name, tone in COLOURS.items() if name in words), look.garment)
    tone = next((tone for word, tone in HAIR_COLOURS.items() if word in words), look.hair_colour)
    return replace(
        look,
        garment=garment,
        cut=meant("CUTS", text) or look.cut,
        hair=meant("STYLES", described) or look.hair,
        hair_colour=tone,
        extras=look.extras | set(all_meant("EXTRAS", text)),
    )
