"""Speeches: a cue, and the block of dialogue, parentheticals and lyrics below it up to a blank line."""

from __future__ import annotations

from collections.abc import Sequence

from studio_jobs.screenplay.cues import Cue, read_cue
from studio_jobs.screenplay.elements import Element, Kind, Span
from studio_jobs.screenplay.headings import is_forced_heading, is_heading
from studio_jobs.screenplay.languages import directed
from studio_jobs.screenplay.lines import SourceLine, span_of
from studio_jobs.screenplay.mistakes import Report

# A parenthetical over more lines than this is taken for speech that opens with a parenthesis.
PARENTHETICAL_LINES_MAX = 4


class Speech:
    """One speech, read from `lines` at `at`, where its cue stands; `end` is the line after it.

    `names` are lines within it that look like cues: they matter if somebody of that name speaks elsewhere.
    """

    def __init__(self, lines: Sequence[SourceLine], at: int, cue: Cue, report: Report, *, dual: bool) -> None:
        self._lines = lines
        self._cue = cue
        self._report = report
        self._rows: list[SourceLine] = []
        self._language = directed(cue.extensions) if cue.extensions else ""
        self.end = at + 1
        self.names: list[tuple[SourceLine, str]] = []
        self._dual = dual
        self.elements: list[Element] = []
        self._add(Kind.CHARACTER, cue.written, lines[at].span, forced=cue.forced)
        self._read()
        self._flush()

    def _read(self) -> None:
        while self.end < len(self._lines):
            line = self._lines[self.end]
            if not line.body:
                held = self._held_lines() if line.held and (self._rows or len(self.elements) > 1) else 0
                if not held:
                    return
                self._rows += self._lines[self.end : self.end + held]
                self.end += held
            elif not (line.body[0] == "(" and self._read_parenthetical()):
                self._read_line(line)

    def _held_lines(self) -> int:
        """Return how many blank lines, all held by two spaces, stand before the next line of the speech."""
        at = self.end
        while at < len(self._lines) and self._lines[at].held:
            at += 1
        return at - self.end if at < len(self._lines) and self._lines[at].body else 0

    def _read_line(self, line: SourceLine) -> None:
        self.end += 1
        if line.body[0] == "~":
            self._flush()
            self._add(Kind.LYRICS, line.body[1:].strip(), line.span)
            return
        if line.body[0] == "(":
            text = "The parenthesis opened here is not closed; the line is read as speech."
            if ")" not in line.body:
                self._report.add("PARENTHESIS_UNCLOSED", line.opening, text, "Close it with ).")
        self._look_for_openings(line)
        self._rows.append(line)

    def _look_for_openings(self, line: SourceLine) -> None:
        """Note what would open something else, were there a blank line above it."""
        if is_heading(line.body) or is_forced_heading(line.body):
            text = f"This looks like a scene heading, but it stands in the speech of {self._cue.name}."
            self._report.add("HEADING_TIGHT", lambda: line.span, text, "Leave a blank line before it.")
        elif line.body[0] == "@" or line.body.isupper():
            cue = read_cue(line.body)
            if cue and cue.name != self._cue.name:
                self.names.append((line, cue.name))

    def _read_parenthetical(self) -> bool:
        last = self._closing()
        if last is None:
            return False
        self._flush()
        rows = self._lines[self.end : last + 1]
        text = "\n".join(row.body for row in rows)[1:-1].strip()
        self._language = directed((text,)) or self._language
        self._add(Kind.PARENTHETICAL, text, span_of(rows))
        self.end = last + 1
        return True

    def _closing(self) -> int | None:
        """Return the line that closes the parenthesis opened here; None when none closes it at its end."""
        if self._lines[self.end].body.endswith(")"):
            return self.end
        depth = 0
        for at in range(self.end, min(self.end + PARENTHETICAL_LINES_MAX, len(self._lines))):
            body = self._lines[at].body
            if not body or (at > self.end and body[0] in "(~"):
                return None
            depth += body.count("(") - body.count(")")
            if depth <= 0:
                return at if body.endswith(")") and at > self.end else None
        return None

    def _flush(self) -> None:
        """End the dialogue read so far; blank lines that it held before and after it are not its own."""
        rows = self._rows
        if not rows:
            return
        while rows and not rows[-1].body:
            rows.pop()
        first = 0
        while first < len(rows) and not rows[first].body:
            first += 1
        rows = rows[first:]
        if rows:
            self._add(Kind.DIALOGUE, "\n".join([row.body for row in rows]), span_of(rows))
        self._rows = []

    def _add(self, kind: Kind, text: str, span: Span, *, forced: bool = False) -> None:
        language = self._language if kind in (Kind.DIALOGUE, Kind.LYRICS) else ""
        self.elements.append(
            Element(
                kind,
                text,
                span,
                self._cue.name,
                self._cue.extensions,
                self._dual,
                forced=forced,
                language=language,
            )
        )
