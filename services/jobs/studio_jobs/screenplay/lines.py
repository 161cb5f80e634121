"""The lines of a source: what each holds without its remarks, and where its characters stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from studio_jobs.screenplay.elements import Span

# The two spaces by which a blank line stays within its dialogue or its note.
HELD_LINE = "  "
BYTE_ORDER_MARK = "\ufeff"


# A tuple, for a screenplay has thousands and tuples are made five times as fast.
class SourceLine(NamedTuple):
    """One line with its remarks taken out.

    `number` is 1-based. `text` keeps its indentation, `body` is the text without the blanks around it.
    `shifts` say, in order, from which place of `text` on how many characters of remarks stood before.
    """

    number: int
    text: str
    body: str
    shifts: tuple[tuple[int, int], ...] = ()

    @property
    def blank(self) -> bool:
        """Whether the line separates elements."""
        return not self.body

    @property
    def held(self) -> bool:
        """Whether the line is blank but, by its two spaces, stays in its dialogue."""
        return self.text == HELD_LINE

    @property
    def span(self) -> Span:
        """Where the body stands."""
        number, text, body, shifts = self
        first = 0 if text[:1] == body[:1] else len(text) - len(text.lstrip())
        last = first + len(body)
        if not shifts:
            return Span(number, number, first + 1, last)
        return self.part(first, last)

    def opening(self) -> Span:
        """Where the first character of the body stands."""
        first = len(self.text) - len(self.text.lstrip())
        return self.part(first, first + 1)

    def part(self, first: int, last: int) -> Span:
        """Where the characters first to last of `text` stand, the last one excluded."""
        return Span(self.number, self.number, self._column(first), self._column(max(first, last - 1)))

    def _column(self, at: int) -> int:
        if not self.shifts:
            return at + 1
        found = bisect_right(self.shifts, at, key=lambda shift: shift[0])
        return at + 1 + (self.shifts[found - 1][1] if found else 0)


def span_of(rows: Sequence[SourceLine]) -> Span:
    """Where rows that follow each other stand, from the first one's body to the last one's."""
    if len(rows) == 1:
        return rows[0].span
    first, last = rows[0].span, rows[-1].span
    return Span(first.line_first, last.line_last, first.column_first, last.column_last)


def plain_line(number: int, text: str) -> SourceLine:
    """Return a line that held no remark."""
    return SourceLine(number, text, text.strip())


def plain_lines(rows: Sequence[str]) -> Iterator[SourceLine]:
    """Return the lines of a text that holds no remark."""
    return map(SourceLine, count(1), rows, map(str.strip, rows))


def with_plain_ends(text: str) -> str:
    """Return the text without byte order mark, its lines ended by "\\n" alone."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Places:
    """Lines and columns of the places of a text with "\\n" line ends."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def line(self, place: int) -> int:
        """Return the 1-based line that holds a place."""
        return bisect_right(self._starts, place)

    def column(self, place: int) -> int:
        """Return the 1-based column of a place on its line."""
        return place - self._starts[self.line(place) - 1] + 1

    def span(self, first: int, last: int) -> Span:
        """Return the span of the characters first to last, the last one excluded."""
        return Span(self.line(first), self.line(last - 1), self.column(first), self.column(last - 1))
