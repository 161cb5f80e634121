"""Notes `[[ ]]` and boneyards `/* */`: taken out of a text before its lines are read.

One pass over the text; each search for a mark's end is remembered, so that a text of openings alone
stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Span
from studio_jobs.screenplay.lines import Places, SourceLine, plain_line, plain_lines
from studio_jobs.screenplay.mistakes import Report, mistake

# The backslash keeps an opening from being one.
_NOTE_OPENING = re.compile(r"(?<!\\)\[\[")
_NOTE_CLOSING = re.compile(r"\]\]")
_BONEYARD_OPENING = re.compile(r"/\*")
_BONEYARD_CLOSING = re.compile(r"\*/")
# A line with exactly two spaces keeps its note open.
_BLANK_LINE = re.compile(r"\n(?!  \n)[^\S\n]*(?=\n)")
MARKS = ("[[", "]]", "/*", "*/")
_MARK_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is left of the text, and what was taken out of it."""

    lines: tuple[SourceLine, ...]
    remarks: tuple[Element, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A remark at the characters first to last of the text, the last one excluded.

    `parts`: a blank line within it keeps a note before it open, so what stands around it must not join.
    """

    first: int
    last: int
    kind: Kind
    parts: bool


class _Searcher:
    """A search of one pattern at growing positions, which never searches the same text twice."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._pattern = pattern
        self._found = -2

    def at_or_after(self, position: int) -> int:
        """Return the pattern's place at or after position, -1 when there is none."""
        if self._found == -1 or self._found >= position:
            return self._found
        match = self._pattern.search(self._text, position)
        self._found = match.start() if match else -1
        return self._found


def take_out_remarks(text: str) -> Remarks:
    """Split a text with "\\n" line ends into lines without remarks, and the remarks.

    A line that held nothing but remarks is left out, so it does not break the element around it. An
    opening without its closing stays as text and is reported.
    """
    rows = text.split("\n")
    if "[[" not in text and "/*" not in text:
        lines = tuple(plain_lines(rows))
        strays = _stray_closings(lines) if "]]" in text or "*/" in text else ()
        return Remarks(lines, (), tuple(strays))
    places = Places(text)
    found, report = _find(text, places)
    spans = [places.span(one.first, one.last) for one in found]
    parting = _parting_lines(span for one, span in zip(found, spans, strict=True) if one.parts)
    lines = tuple(_lines_left(rows, _holes(spans, rows), parting))
    diagnostics = (*report.found, *_stray_closings(lines))
    remarks = tuple(
        Element(one.kind, _inside(text, one), span) for one, span in zip(found, spans, strict=True)
    )
    return Remarks(lines, remarks, diagnostics)


def _inside(text: str, found: _Found) -> str:
    return text[found.first + _MARK_CHARACTERS : found.last - _MARK_CHARACTERS].strip()


def _holes(spans: Iterable[Span], rows: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
    """Return what remarks cover of each row that they touch: characters first to last, the last excluded."""
    holes: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        for line in range(span.line_first, span.line_last + 1):
            first = span.column_first - 1 if line == span.line_first else 0
            last = span.column_last if line == span.line_last else len(rows[line - 1])
            holes.setdefault(line, []).append((first, last))
    return holes


def _parting_lines(spans: Iterable[Span]) -> frozenset[int]:
    """Return the lines within remarks, of these spans, that part what stands around them."""
    return frozenset(line for span in spans for line in range(span.line_first + 1, span.line_last))


def _lines_left(
    rows: Sequence[str], holes: dict[int, list[tuple[int, int]]], parting: frozenset[int]
) -> Iterator[SourceLine]:
    for number, row in enumerate(rows, start=1):
        if number not in holes:
            yield plain_line(number, row)
            continue
        line = _holed(number, row, holes[number])
        if line.body or number in parting:
            yield line


def _holed(number: int, row: str, holes: Sequence[tuple[int, int]]) -> SourceLine:
    """Return a row without its holes; of the blanks on both sides of a hole only those before it stay."""
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    length = at = 0
    for first, last in (*holes, (len(row), len(row))):
        piece = row[at:first]
        if at and (not length or pieces[-1][-1:].isspace()):
            piece = piece.lstrip()
        elif pieces and pieces[-1][-1:] + piece[:1] in MARKS:
            # What stood apart must not become a mark.
            pieces.append(" ")
            length += 1
        if piece:
            shifts.append((length, first - len(piece) - length))
            pieces.append(piece)
            length += len(piece)
        at = last
    text = "".join(pieces)
    return SourceLine(number, text, text.strip(), tuple(shifts))


def _find(text: str, places: Places) -> tuple[list[_Found], Report]:
    """Return the remarks in order, and a report of each unclosed one."""
    notes, boneyards = _Searcher(text, _NOTE_OPENING), _Searcher(text, _BONEYARD_OPENING)
    note_ends, boneyard_ends = _Searcher(text, _NOTE_CLOSING), _Searcher(text, _BONEYARD_CLOSING)
    blanks = _Searcher(text, _BLANK_LINE)
    found: list[_Found] = []
    report = Report()
    position = 0
    closed_by_blank = -1
    while True:
        note, boneyard = notes.at_or_after(position), boneyards.at_or_after(position)
        if note < 0 and boneyard < 0:
            return found, report
        if boneyard < 0 or 0 <= note < boneyard:
            opening, kind = note, Kind.NOTE
            end = note_ends.at_or_after(note + _MARK_CHARACTERS)
            blank = blanks.at_or_after(note + _MARK_CHARACTERS)
            closed = end >= 0 and not 0 <= blank < end
            closed_by_blank = closed_by_blank if closed else blank
        else:
            opening, kind = boneyard, Kind.BONEYARD
            end = boneyard_ends.at_or_after(boneyard + _MARK_CHARACTERS)
            closed = end >= 0
        position = (end if closed else opening) + _MARK_CHARACTERS
        if closed:
            found.append(_Found(opening, position, kind, opening < closed_by_blank < position))
        else:
            _report_unclosed(report, kind, partial(places.span, opening, position))


def _report_unclosed(report: Report, kind: Kind, where: Callable[[], Span]) -> None:
    if kind is Kind.NOTE:
        text = "The note opened by [[ is never closed before the next blank line; it is read as text."
        report.add("NOTE_UNCLOSED", where, text, "Close it with ]]; keep blank lines in it by two spaces.")
    else:
        text = "The boneyard opened by /* is never closed; what follows is read as text."
        report.add("BONEYARD_UNCLOSED", where, text, "Close it with */.")


def _stray_closings(lines: Iterable[SourceLine]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for line in lines:
        for closing, opening in (("]]", "[["), ("*/", "/*")):
            if closing not in line.text:
                continue
            at = line.text.find(closing)
            if opening in line.text:
                continue
            text = f"{closing} closes nothing that {opening} opened before it; it is read as text."
            found.append(
                mistake("CLOSING_WITHOUT_OPENING", line.part(at, at + 2), text, f"Open it with {opening}.")
            )
    return found
