"""Drawings as tables: rows of a verb, a tone and numbers, drawn by a pen in the tones of a light.

    box tone x0 y0 x1 y1        poly tone x y x y ...       blob tone x y x y ... (smooth, closed)
    oval tone x y rx ry         line tone width x y ...     curve tone width x y ... (smooth, open)
    taper tone x y w x y w ...  glow tone x y radius strength (of tone flame: it flickers)

A tone is a name of MATERIALS (or one that the caller adds); "-" after it darkens, "+" lightens, once
for each, and "*" before it says that it shines by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from studio_imagegen.engines.storyboard.colour import Colour, hexa, mix, times
from studio_imagegen.engines.storyboard.pen import Ink, Pen, Point, smooth

MATERIALS: Mapping[str, Colour] = {
    name: hexa(tone)
    for name, tone in (
        pair.split(":")
        for pair in [
            "wood:8f5f3c",
            "metal:818c98",
            "brass:c99b46",
            "iron:434956",
            "paper:efe5cc",
            "ink:2b2730",
            "red:bb463b",
            "blue:43689a",
            "green:5d8058",
            "white:ece7dc",
            "black:2a2730",
            "glass:a4c5d0",
            "leather:74482f",
            "cloth:927663",
            "stone:8d8b87",
            "skin:d9a67e",
            "flame:ffc964",
            "amber:ffc964",
            "lamp:ffe0a0",
            "screen:a9dcf2",
            "gold:e4b94f",
            "leaf:5f8a4c",
            "brick:9d5b49",
            "straw:cba96a",
            "rust:9b5c3c",
            "silver:bcc4cc",
            "cream:e8d9b8",
            "pink:c9808f",
            "orange:db813f",
            "yellow:e3be4f",
            "purple:76568f",
            "brown:74533c",
            "grey:82868e",
            "snow:eef2f8",
            "pencil:67646a",
            "sepia:8a6d4d",
            "water:4d7d96",
            "bark:57423a",
            "dark:1c1b24",
            "teal:3f8f90",
            "wine:6b3f49",
        ]
    )
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """One row of a drawing."""

    verb: str
    tone: str
    numbers: tuple[float, ...]

    @property
    def points(self) -> list[Point]:
        """The numbers, two by two."""
        return list(zip(self.numbers[0::2], self.numbers[1::2], strict=True))

    @property
    def flickers(self) -> bool:
        """Whether it is the light of something that burns."""
        return self.verb == "glow" and self.tone == "flame"


@cache
def strokes_of(text: str) -> tuple[Stroke, ...]:
    """The rows of a drawing's table; rows end with a line or a semicolon."""
    rows = [row.split() for row in text.replace(";", "\n").splitlines()]
    return tuple(Stroke(row[0], row[1], tuple(map(float, row[2:]))) for row in rows if row)


@dataclass(frozen=True, slots=True)
class Entry:
    """A drawing of a sheet, and the words of its heading after its name."""

    words: tuple[str, ...]
    drawing: str


@cache
def read_sheet(name: str) -> Mapping[str, Entry]:
    """The drawings of sheets/<name>.txt: headings "@ NAME words", rows below.

    "use NAME" stands for the rows of an earlier drawing; "#" opens a remark.
    """
    text = (
        resources.files("studio_imagegen.engines.storyboard")
        .joinpath(f"sheets/{name}.txt")
        .read_text("utf-8")
    )
    entries: dict[str, Entry] = {}
    for part in text.split("\n@ ")[1:]:
        heading, _, rows = part.partition("\n")
        title, *words = heading.split()
        lines = [row for row in rows.splitlines() if row and not row.startswith("#")]
        used = (entries[row[4:]].drawing if row.startswith("use ") else row for row in lines)
        entries[title] = Entry(tuple(words), "\n".join(used))
    return entries


Tones = Callable[[str], Colour]


def tones_under(light: Colour, named: Mapping[str, Colour] | None = None) -> Tones:
    """How tones look under a light, whose channels are factors; `named` are the caller's own, lit already."""
    own = named or {}

    @cache
    def tone_of(name: str) -> Colour:
        bare = name.lstrip("*").rstrip("+-")
        tone = own[bare] if bare in own else MATERIALS[bare]
        if bare not in own and not name.startswith("*"):
            tone = times(tone, light)
        for mark in name.lstrip("*")[len(bare) :]:
            tone = mix(tone, (255.0, 250.0, 240.0), 0.22) if mark == "+" else times(tone, 0.72)
        return tone

    return tone_of


def draw_strokes(pen: Pen, drawing: str, tones: Tones) -> None:
    """Draw all rows of a drawing but its glows."""
    for stroke in strokes_of(drawing):
        if stroke.verb != "glow":
            red, green, blue = tones(stroke.tone)
            _draw(pen, stroke, (round(red), round(green), round(blue), 255))


def glows_of(drawing: str) -> tuple[Stroke, ...]:
    """The rows of a drawing that are light in the air."""
    return tuple(stroke for stroke in strokes_of(drawing) if stroke.verb == "glow")


def _draw(pen: Pen, stroke: Stroke, ink: Ink) -> None:
    numbers = stroke.numbers
    match stroke.verb:
        case "box":
            left, top, right, bottom = numbers
            pen.rect(left, top, right, bottom, ink)
        case "oval":
            x, y, radius_x, radius_y = numbers
            pen.disc(x, y, radius_x, radius_y, ink)
        case "poly":
            pen.polygon(stroke.points, ink)
        case "blob":
            pen.blob(stroke.points, ink)
        case "line":
            pen.line(_pairs(numbers[1:]), numbers[0], ink)
        case "curve":
            pen.line(smooth(_pairs(numbers[1:]), closed=False), numbers[0], ink)
        case "taper":
            pen.stroke(_pairs_of_three(numbers), numbers[2::3], ink)
        case _:
            raise ValueError(f"no such verb in a drawing: {stroke.verb}")


def _pairs(numbers: tuple[float, ...]) -> list[Point]:
    return list(zip(numbers[0::2], numbers[1::2], strict=True))


def _pairs_of_three(numbers: tuple[float, ...]) -> list[Point]:
    return list(zip(numbers[0::3], numbers[1::3], strict=True))
