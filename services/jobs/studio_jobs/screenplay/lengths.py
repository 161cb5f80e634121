"""How long a screenplay is: words, and eighths of a page as a printed screenplay has them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio_jobs.screenplay.elements import Element, Kind, Screenplay

LINES_PER_PAGE = 55
EIGHTHS_PER_PAGE = 8
# Columns of 12 point Courier between the margins of each kind of element.
_COLUMNS = {
    Kind.SCENE_HEADING: 60,
    Kind.ACTION: 60,
    Kind.CENTRED: 60,
    Kind.TRANSITION: 60,
    Kind.CHARACTER: 38,
    Kind.PARENTHETICAL: 25,
    Kind.DIALOGUE: 35,
    Kind.LYRICS: 35,
}
# A blank line stands before these.
_APART = frozenset({Kind.SCENE_HEADING, Kind.ACTION, Kind.CENTRED, Kind.TRANSITION, Kind.CHARACTER})
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:['’-]\w+)*"
)


@dataclass(frozen=True, slots=True)
class Length:
    """Words of what is printed, a Chinese or Japanese character as one; eighths of a page, at least one."""

    words: int
    page_eighths: int


def length_of(screenplay: Screenplay) -> Length:
    """Return the length of all that a printed screenplay shows but its title page."""
    printed = [element for element in screenplay.elements if element.kind in _COLUMNS]
    words = sum(1 for element in printed for _ in _WORD.finditer(element.text))
    lines = sum(map(_lines_of, printed))
    return Length(words, max(1, -(-lines * EIGHTHS_PER_PAGE // LINES_PER_PAGE)))


def _lines_of(element: Element) -> int:
    columns = _COLUMNS[element.kind]
    rows = sum(max(1, -(-len(row) // columns)) for row in element.text.split("\n"))
    return rows + (element.kind in _APART)
