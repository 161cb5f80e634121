"""Written words: letters by strokes, as of a broad pen, and lines that only look written."""

from __future__ import annotations

import re
from functools import cache

from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import read_sheet
from studio_imagegen.engines.storyboard.pen import Ink, Pen, Point, smooth

GRID_WIDE, GRID_HIGH = 4.0, 6.0
ADVANCE = 5.6
WORD_MAX_LETTERS = 24
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_QUOTED = re.compile(rf"[“\"]([^”\"]{{1,{WORD_MAX_LETTERS}}})[”\"]")
_NAMED = re.compile(
    r"\b(?:words?|reads|says|written|labell?ed|titled|marked|name|sign|headline)\b[^.!?]*?[:,]?\s"
    r"([A-Z][A-Z0-9'-]+(?: [A-Z0-9][A-Z0-9'-]*){0,3})(?=[\s.,;!?]|$)"
)
_LINES = re.compile(r"\b(one|two|three|four|five|six|seven)\s+(?:\w+\s+)?lines?\b", re.IGNORECASE)


def written_in(action: str) -> str:
    """The word or few words that the action quotes as written, in capitals; empty when it quotes none."""
    found = _QUOTED.search(action) or _NAMED.search(action)
    word = found.group(1).strip(" .,").upper() if found else ""
    return word if word and all(letter in _letters() or letter == " " for letter in word) else ""


def lines_in(action: str) -> int:
    """How many written lines the action speaks of; 0 when it says no number."""
    found = _LINES.search(action)
    return NUMBERS[found.group(1).lower()] if found else 0


@cache
def _letters() -> dict[str, tuple[tuple[Point, ...], ...]]:
    rows = (row.split() for row in read_sheet("letters")["LETTERS"].drawing.splitlines())
    return {
        letter: tuple(
            tuple((float(stroke[i]), float(stroke[i + 1])) for i in range(0, len(stroke), 2))
            for stroke in strokes
        )
        for letter, *strokes in rows
    }


def write(pen: Pen, word: str, at: Point, wide: float, high: float, ink: Ink) -> None:
    """Write a word about a point within a width and a height, in the pen's units; y runs up."""
    unit = min(high / GRID_HIGH, wide / (len(word) * ADVANCE))
    dice = Dice(word, "hand")
    x = at[0] - (len(word) * ADVANCE - (ADVANCE - GRID_WIDE)) * unit / 2
    for letter in word:
        lift = at[1] - GRID_HIGH * unit / 2 + dice.between(-0.25, 0.25) * unit
        for stroke in _letters().get(letter, ()):
            points = [
                (x + (px + 0.12 * py) * unit + dice.between(-0.12, 0.12) * unit, lift + py * unit)
                for px, py in stroke
            ]
            pen.stroke(points, [unit * (0.95 if i % 2 else 0.7) for i in range(len(points))], ink)
        x += ADVANCE * unit


def scribble(pen: Pen, at: Point, wide: float, high: float, ink: Ink, dice: Dice) -> None:
    """A line of handwriting that nobody can read, from a point to the right."""
    x = at[0]
    while x < at[0] + wide - high:
        letters = dice.whole(2, 7)
        points: list[Point] = []
        for step in range(letters * 2 + 1):
            tall = high * dice.pick((0.32, 0.32, 0.4, 0.8)) if step % 2 else 0.0
            points.append((min(x, at[0] + wide), at[1] + tall))
            x += high * dice.between(0.16, 0.26)
        pen.line(smooth(points, closed=False, steps=4), high * 0.075, ink)
        x += high * 0.5
