"""The words of a screenplay that the storyboard knows: sheets/words.txt, a table a heading."""

from __future__ import annotations

import re
from functools import cache

from studio_imagegen.engines.storyboard.drawing import read_sheet


@cache
def _compiled(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (row.split(maxsplit=1) for row in read_sheet("words")[table].drawing.splitlines() if row.strip())
    return tuple((meaning, expression(words)) for meaning, words in rows)


def expression(words: str) -> re.Pattern[str]:
    """A pattern that finds any of the words (split by "|") as whole words, in small letters or capitals."""
    return re.compile(rf"(?<![\w])(?:{words})(?![\w])", re.IGNORECASE)


def meanings(table: str) -> frozenset[str]:
    """All meanings of a table."""
    return frozenset(meaning for meaning, _ in _compiled(table))


def meant(table: str, text: str) -> str:
    """The first meaning of the table that the text says; empty when it says none."""
    return next((meaning for meaning, words in _compiled(table) if words.search(text)), "")


def all_meant(table: str, text: str) -> tuple[str, ...]:
    """The table's meanings that the text says, in the order in which the text says them."""
    found = [(match.start(), meaning) for meaning, words in _compiled(table) if (match := words.search(text))]
    return tuple(meaning for _, meaning in sorted(found))
