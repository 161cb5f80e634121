"""Fountain text into elements, line by line and in linear time; what it does not know becomes action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio_jobs.screenplay.cues import Cue, read_cue
from studio_jobs.screenplay.elements import Element, Kind, Screenplay
from studio_jobs.screenplay.headings import is_forced_heading, is_heading, split_scene_number
from studio_jobs.screenplay.languages import tag_of
from studio_jobs.screenplay.lines import SourceLine, span_of, with_plain_ends
from studio_jobs.screenplay.misreadings import misreadings, tight_names
from studio_jobs.screenplay.mistakes import Report, in_order
from studio_jobs.screenplay.oddities import oddities
from studio_jobs.screenplay.remarks import take_out_remarks
from studio_jobs.screenplay.speeches import Speech
from studio_jobs.screenplay.titlepage import read_title_page
from studio_jobs.screenplay.transitions import is_in_form, is_transition

_SPOKEN = (Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS)
_MARKS = "#>~!="
_TAB = "    "


def parse_fountain(text: str) -> Screenplay:
    """Parse a text with any line ends, with or without byte order mark. Never raises.

    Its diagnostics are those of the syntax alone.
    """
    plain_text = with_plain_ends(text)
    remarks = take_out_remarks(plain_text)
    title_page = read_title_page(remarks.lines)
    reader = _Reader(remarks.lines[title_page.lines :])
    reader.read()
    elements = reader.elements
    if remarks.remarks:
        elements = sorted(
            (*elements, *remarks.remarks), key=lambda one: (one.span.line_first, one.span.column_first)
        )
    diagnostics = in_order(
        (
            *remarks.diagnostics,
            *title_page.diagnostics,
            *reader.report.found,
            *misreadings(reader.elements),
            *tight_names(reader.names, reader.elements),
            *oddities(plain_text, remarks.lines),
        )
    )
    read = Screenplay(title_page.entries, tuple(elements), diagnostics, source=text)
    return replace(read, language=tag_of(read.title_entry("language")))


def is_marked(body: str) -> bool:
    """Say whether a stripped line opens an element by a mark of its own, wherever it stands."""
    return body[0] in _MARKS or is_forced_heading(body)


class _Reader:
    """One pass over the lines; `_at` is the next line to read.

    `names` are lines within other elements that look like cues.
    """

    def __init__(self, lines: Sequence[SourceLine]) -> None:
        self._lines = lines
        self._at = 0
        self.elements: list[Element] = []
        self.report = Report()
        self.names: list[tuple[SourceLine, str]] = []

    def read(self) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.body:
                self._at += 1
            elif line.body[0] in _MARKS:
                self._read_marked(line)
            elif not (self._read_heading(line) or self._read_transition(line) or self._read_speech(line)):
                self._read_action()

    def _blank_above(self) -> bool:
        return self._at == 0 or not self._lines[self._at - 1].body

    def _blank_below(self) -> bool:
        return self._at + 1 >= len(self._lines) or not self._lines[self._at + 1].body

    def _add(self, element: Element) -> bool:
        self.elements.append(element)
        self._at += 1
        return True

    def _read_marked(self, line: SourceLine) -> None:
        """Read an element that a mark of its own announces."""
        text = line.body
        if text[0] == "!":
            self._read_action()
        elif len(text) >= 3 and not text.strip("="):
            self._add(Element(Kind.PAGE_BREAK, text, line.span))
        elif text[0] == "#":
            title = text.lstrip("#")
            self._add(Element(Kind.SECTION, title.strip(), line.span, level=len(text) - len(title)))
        elif text[0] == "=":
            self._add(Element(Kind.SYNOPSIS, text[1:].strip(), line.span))
        elif text[0] == "~":
            self._add(Element(Kind.LYRICS, text[1:].strip(), line.span))
        elif text.endswith("<"):
            self._add(Element(Kind.CENTRED, text[1:-1].strip(), line.span))
        else:
            self._add(Element(Kind.TRANSITION, text[1:].strip(), line.span, forced=True))

    def _read_heading(self, line: SourceLine) -> bool:
        text = line.body
        forced = is_forced_heading(text)
        if not forced and not (is_heading(text) and self._blank_above()):
            return False
        if not self._blank_below() and self._lines[self._at + 1].body[0] not in "#=":
            text = "No blank line follows this scene heading."
            self.report.add("HEADING_WITHOUT_BLANK_BELOW", lambda: line.span, text, "Leave one.")
        heading, number = split_scene_number(line.body[1:] if forced else line.body)
        return self._add(Element(Kind.SCENE_HEADING, heading, line.span, scene_number=number, forced=forced))

    def _read_transition(self, line: SourceLine) -> bool:
        if line.body[-1] not in ":.D" or not self._blank_above():
            return False
        if not is_transition(line.body, blank_below=self._blank_below()):
            return False
        return self._add(Element(Kind.TRANSITION, line.body, line.span))

    def _read_speech(self, line: SourceLine) -> bool:
        """Read a cue and the block below it."""
        cue = read_cue(line.body) if self._blank_above() and not is_in_form(line.body) else None
        if cue is None:
            if line.body[-1] == ":":
                self._look_at_colon(line)
            return False
        if self._blank_below() and not cue.forced:
            return False
        dual = cue.dual and self._has_partner()
        self._look_at_cue(line, cue, dual=dual)
        speech = Speech(self._lines, self._at, cue, self.report, dual=dual)
        self.elements += speech.elements
        self.names += speech.names
        self._at = speech.end
        if len(speech.elements) == 1:
            text = f"{cue.name} says nothing."
            suggestion = "Put the speech on the line directly below."
            self.report.add("CUE_WITHOUT_SPEECH", lambda: line.span, text, suggestion)
        return True

    def _has_partner(self) -> bool:
        """Say whether the element before is the end of a speech that is itself no second one."""
        before = self.elements[-1] if self.elements else None
        return before is not None and before.kind in _SPOKEN and bool(before.name) and not before.dual

    def _look_at_cue(self, line: SourceLine, cue: Cue, *, dual: bool) -> None:
        if cue.dual and not dual:
            text = "The ^ asks for dual dialogue, but no single speech comes before it."
            caret = line.text.rindex("^")
            self.report.add(
                "CARET_WITHOUT_PARTNER", lambda: line.part(caret, caret + 1), text, "Take it off."
            )
        if cue.unclosed:
            opening = line.text.rindex("(")
            text = f"The parenthesis beside {cue.name} is not closed."
            self.report.add(
                "PARENTHESIS_UNCLOSED", lambda: line.part(opening, opening + 1), text, "Close it with )."
            )

    def _look_at_colon(self, line: SourceLine) -> None:
        if self._blank_below() or not self._blank_above() or is_in_form(line.body):
            return
        if read_cue(line.body[:-1].rstrip()):
            text = f"{line.body} is read as action."
            self.report.add(
                "CUE_WITH_COLON", lambda: line.span, text, "If it names who speaks, take the colon off."
            )

    def _read_action(self) -> None:
        """Read action up to the next blank line or the next line that a mark announces."""
        rows = [self._lines[self._at]]
        forced = rows[0].body[0] == "!"
        if not forced:
            self._look_for_openings(rows[0], above=not self._blank_above())
        self._at += 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.body or is_marked(line.body):
                break
            self._look_for_openings(line, above=True)
            rows.append(line)
            self._at += 1
        texts = [_indented(row.text) for row in rows]
        if forced:
            texts[0] = _indented(rows[0].text.lstrip()[1:])
        text = "\n".join(texts).lstrip("\n")
        self.elements.append(Element(Kind.ACTION, text, span_of(rows), forced=forced))

    def _look_for_openings(self, line: SourceLine, *, above: bool) -> None:
        """Report what is read as action only because of the lines around it."""
        body = line.body
        if above and is_heading(body):
            text = "This looks like a scene heading, but the line above is not blank; it is read as action."
            self.report.add("HEADING_TIGHT", lambda: line.span, text, "Leave a blank line before it.")
        elif is_in_form(body) or (above and is_transition(body, blank_below=True)):
            text = f"{body} is read as action: the lines above and below are not both blank."
            suggestion = "Leave a blank line on both sides, or begin it with >."
            self.report.add("TRANSITION_AS_ACTION", lambda: line.span, text, suggestion)
        elif above and (body[0] == "@" or body.isupper()) and not self._blank_below():
            cue = read_cue(body)
            if cue:
                self.names.append((line, cue.name))


def _indented(text: str) -> str:
    """Return a line of action with its indentation, and without the blanks at its end."""
    return text.replace("\t", _TAB).rstrip()
