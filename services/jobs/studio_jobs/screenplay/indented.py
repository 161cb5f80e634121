"""A screenplay pasted from a PDF or a word processor, known by its indentation: names stand in the middle.

Such a text has lost its blank lines, or has too many, and holds page numbers. It is set anew, with blank
lines where Fountain wants them, and read as Fountain; spans are those of the text as it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio_jobs.screenplay.cues import read_cue
from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay, Span
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.mistakes import mistake

_CUE_INDENT_MIN = 10
_SPEECH_INDENT_MIN = 5
_PAGE_NUMBER_INDENT_MIN = 30
_TAB_COLUMNS = 8
_CUES_MIN = 2
_CONTINUED = re.compile(r"\(?(?:MORE|CONTINUED:?)\)?:?(?:\s*\(\d{1,4}\))?", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}\.?", re.IGNORECASE)
# A line whose text may stand as far in as a cue: ten blanks before it, or a tab.
_FAR_IN = re.compile(r"\n(?:[^\S\n]{10}|[^\S\n]{0,9}\t)[^\S\n]*\S")
_NUMBERED_HEADING = re.compile(r"([A-Za-z]?\d{1,4}[A-Za-z]?)\.?\s{2,}(\S.*?)(?:\s{2,}\1\.?)?")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text: what it says, and at which column it begins to, from 0 (a tab as 8)."""

    number: int
    text: str
    source: str
    indent: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as it is set anew. `whole` rows were rewritten: what is read there spans their whole line."""

    text: str
    line: _Line
    whole: bool = False


def parse_indented(text: str) -> Screenplay | None:
    """Parse a text with "\\n" line ends; None when its indentation is not clearly that of a screenplay."""
    if not _FAR_IN.search("\n" + text):
        return None
    lines = [_line(number, source) for number, source in enumerate(text.split("\n"), start=1)]
    setter = _Setter(lines)
    setter.set()
    headed = any(is_heading(row.text) for row in setter.rows)
    if setter.cues < (1 if headed else _CUES_MIN):
        return None
    read = parse_fountain("\n".join(row.text for row in setter.rows))
    elements = [replace(e, span=_span(e.span, setter.rows)) for e in read.elements]
    elements += [Element(Kind.BONEYARD, line.text, _span_of(line)) for line in setter.furniture]
    elements.sort(key=lambda element: element.span.line_first)
    titles = (replace(entry, span=_span(entry.span, setter.rows)) for entry in read.title_page)
    note = mistake(
        "READ_BY_INDENTATION",
        Span(1, 1),
        "The text is read as a screenplay by its indentation.",
        "Export it as Fountain to see what was understood.",
    )
    remarks = (_moved(remark, setter.rows) for remark in read.diagnostics)
    return replace(
        read, title_page=tuple(titles), elements=tuple(elements), diagnostics=(note, *remarks), source=""
    )


class _Setter:
    """One pass over the lines; `rows` is the text set anew, `furniture` what belongs to its pages."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines
        self._margin = _margin(lines)
        self._next = _next_texts(lines)
        self.rows: list[_Row] = []
        self.furniture: list[_Line] = []
        self.cues = 0

    def set(self) -> None:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            if self._is_furniture(line):
                self.furniture.append(line)
            elif self._is_cue(at):
                at = self._set_speech(at)
                continue
            elif is_heading(_heading(line.text)):
                self._set_apart(_Row(_heading(line.text), line, whole=True))
            elif line.text.isupper() and line.text.endswith("TO:"):
                self._set_apart(_Row(line.text, line))
            else:
                self.rows.append(_Row(line.text, line))
            at += 1

    def _set_apart(self, row: _Row) -> None:
        blank = _Row("", row.line)
        self.rows += [blank, row, blank]

    def _set_speech(self, at: int) -> int:
        """Set a cue and its speech; return the index of the line after it."""
        self.cues += 1
        self.rows += [_Row("", self._lines[at]), _Row(self._lines[at].text, self._lines[at])]
        at += 1
        while at < len(self._lines):
            line = self._lines[at]
            if line.text and self._is_furniture(line):
                self.furniture.append(line)
            elif not line.text:
                after = self._next[at]
                if after - at > 1 or after == len(self._lines) or not self._is_speech(after):
                    break
            elif not self._is_speech(at):
                break
            else:
                self.rows.append(_Row(line.text, line))
            at += 1
        self.rows.append(_Row("", self._lines[at - 1]))
        return at

    def _is_furniture(self, line: _Line) -> bool:
        if _CONTINUED.fullmatch(line.text):
            return True
        aside = line.indent - self._margin >= _PAGE_NUMBER_INDENT_MIN
        return aside and _PAGE_NUMBER.fullmatch(line.text) is not None

    def _is_cue(self, at: int) -> bool:
        line = self._lines[at]
        if line.indent - self._margin < _CUE_INDENT_MIN or read_cue(line.text) is None:
            return False
        after = self._next[at]
        if after - at > 2 or after == len(self._lines):
            return False
        return _SPEECH_INDENT_MIN <= self._lines[after].indent - self._margin < line.indent - self._margin

    def _is_speech(self, at: int) -> bool:
        line = self._lines[at]
        return line.indent - self._margin >= _SPEECH_INDENT_MIN and not self._is_cue(at)


def _line(number: int, source: str) -> _Line:
    text = source.strip()
    opening = source[: len(source) - len(source.lstrip())]
    return _Line(number, text, source, len(opening.expandtabs(_TAB_COLUMNS)))


def _heading(text: str) -> str:
    """Return a heading with the number at its edges, as shooting scripts have it, in Fountain's way."""
    found = _NUMBERED_HEADING.fullmatch(text)
    return f"{found[2]} #{found[1]}#" if found and is_heading(found[2]) else text


def _margin(lines: Sequence[_Line]) -> int:
    """Return the column where headings, else the leftmost lines, begin."""
    headings = [line.indent + _heading_at(line.text) for line in lines if is_heading(_heading(line.text))]
    return min(headings or [line.indent for line in lines if line.text], default=0)


def _heading_at(text: str) -> int:
    """Return where a heading begins in its line, behind its number."""
    found = _NUMBERED_HEADING.fullmatch(text)
    return found.start(2) if found and is_heading(found[2]) else 0


def _next_texts(lines: Sequence[_Line]) -> list[int]:
    """Return for each line the index of the next one with text, past the end if there is none."""
    found = [len(lines)] * len(lines)
    for at in range(len(lines) - 2, -1, -1):
        found[at] = at + 1 if lines[at + 1].text else found[at + 1]
    return found


def _span_of(line: _Line) -> Span:
    return Span(line.number, line.number, _offset(line) + 1, max(len(line.source.rstrip()), 1))


def _offset(line: _Line) -> int:
    return len(line.source) - len(line.source.lstrip())


def _span(span: Span, rows: Sequence[_Row]) -> Span:
    """Return a span of the text set anew as one of the text as it came."""
    first, last = rows[span.line_first - 1], rows[span.line_last - 1]
    column_first = 1 if first.whole else span.column_first
    column_last = span.column_last + _offset(last.line) if span.column_last else 0
    if last.whole:
        column_last = _span_of(last.line).column_last
    return Span(first.line.number, last.line.number, column_first + _offset(first.line), column_last)


def _moved(remark: Diagnostic, rows: Sequence[_Row]) -> Diagnostic:
    row = rows[remark.line - 1]
    offset = 0 if row.whole else _offset(row.line)
    return replace(
        remark,
        line=row.line.number,
        column=remark.column + offset if remark.column and not row.whole else 0,
        column_last=remark.column_last + offset if remark.column_last and not row.whole else 0,
    )
