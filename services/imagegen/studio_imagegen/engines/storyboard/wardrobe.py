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

# Neighbours differ in every column. Women's coats are lighter than men's, so no woman's is a man's again.
# garment, second, cut, hair, its colour, skin (of SKINS), extras, stature, broad
WOMEN = (
    "b8433f e9d6ae SWEATER BUN 4a2f24 0 - 0.97 0.098",
    "2f8a86 efc968 COAT BOB 231d24 3 - 1.0 0.096",
    "dba93e 7a4a3a DRESS LONG 8a4a2a 5 - 0.95 0.092",
    "8f7cc4 5a4c86 SKIRT PONYTAIL 2f2420 1 - 0.98 0.094",
    "86d29a 7c4a5c JACKET CURLY 33261f 4 - 0.96 0.106",
    "a6508e e2c1a8 GOWN UPDO a4532c 0 - 1.01 0.096",
    "e8dfcc 4a6a8a DRESS BOB c79a58 2 - 0.94 0.1",
    "e07a35 4b4663 PARKA BRAID 1e1a20 1 - 0.97 0.108",
    "5d94c4 8a5a4a SKIRT LONG 6b3f2a 0 GLASSES 0.96 0.106",
    "d58a9d 6a4560 SWEATER CURLY 7a4a2c 3 - 0.99 0.114",
    "7fa64a f2e2b0 COAT BRAID c08a48 5 SCARF 1.01 0.096",
    "c9b8e0 4c4468 HOODIE SHAG 2a2024 2 - 0.93 0.096",
    "8c5a3c e2c49a GOWN LONG 1e1a20 4 - 1.0 0.1",
    "f4b596 3f4a6a JACKET UPDO 3a2a22 1 - 0.95 0.098",
    "49b8c8 2f3f5c DRESS PONYTAIL d0a860 0 - 0.98 0.092",
)
MEN = (
    "3a5a96 86a08c JACKET TOUSLED 6a4630 1 - 1.0 0.114",
    "7a5236 a9c2d4 VEST SHORT 2c2220 0 MOUSTACHE 0.97 0.124",
    "4c6b3c a8593f COAT CURLY 241c1c 4 BEARD 1.03 0.118",
    "b5632f 3f4a5c SWEATER CROP 3a2a22 2 STUBBLE 1.01 0.128",
    "45485a c2473f COAT PARTED b98a4e 5 SCARF 1.06 0.106",
    "5f6b7d 2d3a60 SUIT CROP 1d1a1f 3 GLASSES 0.99 0.108",
    "7d2f3d dccba4 HOODIE TOUSLED a4532c 0 - 0.96 0.104",
    "24524c c9a860 BRACES CURLY 4a3326 1 CAP 0.98 0.112",
    "5b3f73 cfd3da SUIT RECEDING 5a4030 2 MOUSTACHE 1.02 0.134",
    "b99a44 5a3a2c PARKA SHAG 2a1c18 4 BEARD 1.04 0.122",
    "2b3350 e8e2d4 UNIFORM SHORT 8a6a44 0 - 1.05 0.114",
    "5a4634 c89a5e BRACES PARTED 1e1a1e 5 GLASSES 0.95 0.102",
    "a04c80 e0b97a SWEATER PARTED b07a3e 3 STUBBLE 0.99 0.11",
)
# What a child, and who is old, wears instead.
CHILDS = {
    "COAT": "HOODIE", "VEST": "SWEATER", "BRACES": "SWEATER", "SUIT": "SWEATER", "UNIFORM": "JACKET",
    "GOWN": "DRESS", "SKIRT": "DRESS",
}  # fmt: skip
ELDERS = {"HOODIE": "VEST", "PARKA": "COAT"}
WOMEN_OF_AGE = {"LONG": "BUN", "PONYTAIL": "BUN", "BRAID": "UPDO", "SHAG": "BOB"}
MEN_OF_AGE = {"TOUSLED": "BALD", "CROP": "BALD", "CURLY": "RECEDING", "SHORT": "RECEDING", "RECEDING": "BALD"}


@dataclass(frozen=True, slots=True)
class Look:
    """`stature` is the height against an adult's; `broad` the half width of the shoulders, figure heights.

    `cut` is one of sheets/garments.txt that can be seen turned; `hair` one of sheets/heads.txt; `extras` are
    of BEARD, MOUSTACHE, STUBBLE, GLASSES, SCARF, CAP, HAT, HELMET, CROWN, HOOD, BEANIE and HEADSCARF. A
    `rugged` face has heavy brows, a square chin and pale lips, as grown men have.
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
    rugged: bool


def look_of(figure: Figure) -> Look:
    """The look of a figure: the same for the same name, look, wardrobe and seed."""
    dice = Dice(figure.name.lower(), figure.seed, "look")
    text = f"{figure.name} {figure.look}"
    bearings = all_meant("BEARINGS", text)
    female = "FEMALE" in bearings or ("MALE" not in bearings and dice.chance(0.5))
    rows = WOMEN if female else MEN
    row = rows[(figure.wardrobe - 1) % len(rows)] if figure.wardrobe else dice.pick(rows)
    garment, second, cut, hair, hair_colour, skin, extra, stature, broad = row.split()
    look = Look(
        hexa(garment),
        hexa(second),
        cut,
        hair,
        hexa(hair_colour),
        SKINS[int(skin)],
        frozenset(() if extra == "-" else (extra,)),
        float(stature),
        float(broad),
        aged=False,
        rugged=not female,
    )
    return _as_told(_aged(look, meant("AGES", _in_decades(text)), female=female), text, figure.look)


def _in_decades(text: str) -> str:
    """A text whose ages are rounded down: "eighty-seven" is eighty, not seven, and nobody is old at six."""
    return _YEARS_OLD.sub("", _DECADE_AND_YEARS.sub(r"\1", text))


def _aged(look: Look, age: str, *, female: bool) -> Look:
    if age == "AGED":
        grown = frozenset({"GLASSES" if female else "BEARD"})
        extras = look.extras if "MOUSTACHE" in look.extras else (look.extras | grown) - {"STUBBLE"}
        hair = (WOMEN_OF_AGE if female else MEN_OF_AGE).get(look.hair, look.hair)
        cut = ELDERS.get(look.cut, look.cut)
        stature = min(look.stature, 0.97)
        return replace(
            look, hair_colour=GREY_HAIR, aged=True, hair=hair, cut=cut, extras=extras, stature=stature
        )
    if age == "YOUNG":
        plain = look.extras - {"BEARD", "MOUSTACHE", "STUBBLE", "GLASSES"}
        cut = CHILDS.get(look.cut, look.cut)
        return replace(look, stature=0.7, broad=0.105, extras=plain, cut=cut, rugged=False)
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
