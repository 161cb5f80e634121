"""Captions of languages whose words or letters are longer than a line, or wider than ours."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

SHORTEST_LINE_CHARACTERS = 8


def line_width(texts: Iterable[str], width: int) -> int:
    """The letters of a line: half of `width` where most are as wide as two, as in Chinese and Japanese."""
    letters = [letter for text in texts for letter in text if letter.isalnum()]
    wide = sum(map(_is_wide, letters))
    return max(SHORTEST_LINE_CHARACTERS, width // 2) if wide * 2 > len(letters) else width


def hyphenated(text: str, width: int) -> str:
    """The text with each word that is longer than a line in pieces of about equal length, with hyphens.

    Two of them never stand in one line. Words of letters that are written without spaces stay whole.
    """
    return " ".join(_pieces(word, width) if _is_long(word, width) else word for word in text.split())


def _is_long(word: str, width: int) -> bool:
    return len(word) > width and not any(map(_is_wide, word))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _pieces(word: str, width: int) -> str:
    count = -(-len(word) // (width - 1))
    cuts = [len(word) * at // count for at in range(count + 1)]
    pieces = [word[first:last] for first, last in pairwise(cuts)]
    return " ".join((*(f"{piece}-" for piece in pieces[:-1]), pieces[-1]))
