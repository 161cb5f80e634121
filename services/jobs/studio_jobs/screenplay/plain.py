"""Plain text into blocks of prose: paragraphs between blank lines, headings by their words, breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio_jobs.screenplay.elements import Span
from studio_jobs.screenplay.emphasis import escaped
from studio_jobs.screenplay.prose import Block, BlockKind

_HEADING_WORDS = ("CHAPTER ", "PART ", "ACT ", "SCENE ")
_HEADING_CHARACTERS_MAX = 80
_BREAKS = frozenset({"***", "* * *", "---", "- - -", "___", "#", "⁂", "* * * * *"})


def read_plain(text: str) -> list[Block]:
    """Read a text with "\\n" line ends; every mark in it is a character like others."""
    lines = text.split("\n")
    return [block for first, last in _paragraphs(lines) for block in _blocks(lines, first, last)]


def heading_level(text: str) -> int:
    """Return the depth of a line that reads as a heading without any mark, 0 when it doesn't.

    Capitals alone name the whole or a part of it (1), "Chapter 2" a part (2).
    """
    if len(text) > _HEADING_CHARACTERS_MAX or is_break(text):
        return 0
    if text.upper().startswith(_HEADING_WORDS) and text[-1:] not in ".,;":
        return 2
    return 1 if text.isupper() and sum(character.isalpha() for character in text) > 1 else 0


def is_break(text: str) -> bool:
    """Say whether a line of ornaments divides the text."""
    return text.strip() in _BREAKS


def span_of(lines: Sequence[str], first: int, last: int) -> Span:
    """Return the span of lines first to last, from 0, both included, without white space at the edges."""
    opening = lines[first]
    return Span(
        first + 1, last + 1, len(opening) - len(opening.lstrip()) + 1, max(len(lines[last].rstrip()), 1)
    )


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    first = -1
    for number, line in enumerate((*lines, "")):
        if line.strip():
            first = number if first < 0 else first
        elif first >= 0:
            yield first, number - 1
            first = -1


def _blocks(lines: Sequence[str], first: int, last: int) -> Iterator[Block]:
    if first < last and heading_level(lines[first].strip()) == 2:
        # "Chapter 2" is a heading even without a blank line below.
        yield Block(BlockKind.HEADING, " ".join(lines[first].split()), span_of(lines, first, first), 2)
        first += 1
    span = span_of(lines, first, last)
    text = " ".join(" ".join(lines[first : last + 1]).split())
    level = heading_level(text) if first == last else 0
    if is_break(text):
        yield Block(BlockKind.BREAK, text, span)
    elif level:
        yield Block(BlockKind.HEADING, text, span, level)
    else:
        yield Block(BlockKind.PARAGRAPH, text, span, marked=escaped(text))
