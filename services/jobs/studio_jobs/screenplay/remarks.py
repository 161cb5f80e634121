"""Notes `[[ ]]` and boneyards `/* */`: taken out of a text before its lines are read.

One pass over the text; each search for a mark's end is remembered, so that a text of openings alone
stays linear.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Severity, Span

_NOTE_CLOSING = "]]"
_BONEYARD_CLOSING = "*/"
_BLANK_LINE = "\n\n"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line with its remarks taken out; `number` is 1-based."""

    number: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether the line separates elements."""
        return not self.text.strip()

    @property
    def held(self) -> bool:
        """Whether the line is blank but, by its two spaces, stays in its dialogue."""
        return self.text == "  "


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is left of the text, and what was taken out of it."""

    lines: tuple[SourceLine, ...]
    remarks: tuple[Element, ...]
    diagnostics: tuple[Diagnostic, ...]


class _Searcher:
    """`str.find` for one needle at growing positions, which never searches the same text twice."""

    def __init__(self, text: str, needle: str) -> None:
        self._text = text
        self._needle = needle
        self._found = -2

    def at_or_after(self, position: int) -> int:
        """Return the needle's index at or after position, -1 when there is none."""
        if self._found == -1 or self._found >= position:
            return self._found
        self._found = self._text.find(self._needle, position)
        return self._found


def take_out_remarks(text: str) -> Remarks:
    """Split a text with "\\n" line ends into lines without remarks, and the remarks.

    A line that held nothing but remarks is left out, so it does not break the element around it. An
    opening without its closing stays as text and is reported.
    """
    starts = _line_starts(text)
    spans, diagnostics = _find(text, starts)
    pieces: list[str] = []
    position = 0
    holed: set[int] = set()
    for first, last, _ in spans:
        line_first, line_last = _line_of(starts, first), _line_of(starts, last - 1)
        holed.update(range(line_first, line_last + 1))
        pieces.append(text[position:first])
        pieces.append("\n" * (line_last - line_first))
        position = last
    pieces.append(text[position:])
    rows = enumerate("".join(pieces).split("\n"), start=1)
    lines = tuple(
        SourceLine(number, " ".join(row.split()) if number in holed else row)
        for number, row in rows
        if number not in holed or row.strip()
    )
    remarks = tuple(
        Element(
            kind,
            text[first + 2 : last - 2].strip(),
            Span(_line_of(starts, first), _line_of(starts, last - 1)),
        )
        for first, last, kind in spans
    )
    return Remarks(lines, remarks, tuple(diagnostics))


def _find(text: str, starts: list[int]) -> tuple[list[tuple[int, int, Kind]], list[Diagnostic]]:
    """Return the spans [first, last) of the remarks in order, and a diagnostic for each unclosed one."""
    notes, boneyards = _Searcher(text, "[["), _Searcher(text, "/*")
    note_ends, boneyard_ends = _Searcher(text, _NOTE_CLOSING), _Searcher(text, _BONEYARD_CLOSING)
    blanks = _Searcher(text, _BLANK_LINE)
    spans: list[tuple[int, int, Kind]] = []
    diagnostics: list[Diagnostic] = []
    position = 0
    while True:
        note, boneyard = notes.at_or_after(position), boneyards.at_or_after(position)
        if note < 0 and boneyard < 0:
            return spans, diagnostics
        if boneyard < 0 or 0 <= note < boneyard:
            end = note_ends.at_or_after(note + 2)
            blank = blanks.at_or_after(note + 2)
            closed = end >= 0 and not 0 <= blank < end
            opening, kind = note, Kind.NOTE
        else:
            end = boneyard_ends.at_or_after(boneyard + 2)
            closed = end >= 0
            opening, kind = boneyard, Kind.BONEYARD
        if closed:
            spans.append((opening, end + 2, kind))
            position = end + 2
        else:
            diagnostics.append(_unclosed(kind, _line_of(starts, opening)))
            position = opening + 2


def _unclosed(kind: Kind, line: int) -> Diagnostic:
    if kind is Kind.NOTE:
        return Diagnostic(
            line,
            Severity.WARNING,
            "The note opened by [[ is never closed before the next blank line; it is read as text.",
            "Close it with ]].",
        )
    return Diagnostic(
        line,
        Severity.ERROR,
        "The boneyard opened by /* is never closed; what follows is read as text.",
        "Close it with */.",
    )


def _line_starts(text: str) -> list[int]:
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return starts


def _line_of(starts: list[int], offset: int) -> int:
    return bisect_right(starts, offset)
