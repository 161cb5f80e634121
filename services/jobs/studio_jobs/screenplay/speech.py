"""What one character says at a time, in lines and in as much of it as one shot holds."""

from __future__ import annotations

from collections.abc import Sequence

from studio_jobs.screenplay.durations import SINGING
from studio_jobs.screenplay.elements import Element, Kind
from studio_jobs.screenplay.scenes import Line
from studio_jobs.screenplay.wording import pieces, unmarked

SPOKEN = (Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS)
_SPEECH_CHARACTERS_MAX = 220


def lines_of(spoken: Sequence[Element]) -> tuple[Line, ...]:
    """Return the speech as lines, each with the parenthetical before it, none longer than a shot holds."""
    lines: list[Line] = []
    parenthetical = ""
    for element in spoken:
        if element.kind is Kind.PARENTHETICAL:
            parenthetical = unmarked(element.text)
            continue
        delivery = parenthetical or (SINGING if element.kind is Kind.LYRICS else "")
        texts = pieces(unmarked(element.text), _SPEECH_CHARACTERS_MAX)
        lines += [Line(element.name, text, delivery, element.span) for text in texts]
        parenthetical = ""
    return tuple(lines)


def groups(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    """Group lines into shots, each of as much speech as one shot holds."""
    if len(lines) == 1:
        return [lines]
    found: list[list[Line]] = []
    length = 0
    for line in lines:
        if found and length + len(line.text) <= _SPEECH_CHARACTERS_MAX:
            found[-1].append(line)
            length += len(line.text)
        else:
            found.append([line])
            length = len(line.text)
    return [tuple(group) for group in found]
