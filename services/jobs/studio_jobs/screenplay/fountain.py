"""Fountain text into elements, line by line and in linear time; what it does not know becomes action."""

from __future__ import annotations

from collections.abc import Sequence

from studio_jobs.screenplay.cues import Cue, read_cue
from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay, Severity, Span
from studio_jobs.screenplay.headings import is_heading, split_scene_number
from studio_jobs.screenplay.remarks import SourceLine, take_out_remarks
from studio_jobs.screenplay.titlepage import read_title_page

# A parenthetical over more lines than this is taken for speech that opens with a parenthesis.
_PARENTHETICAL_LINES_MAX = 4
_TRANSITIONS = frozenset({"FADE IN:", "FADE OUT.", "FADE OUT:", "FADE TO BLACK.", "CUT TO BLACK.", "THE END"})


def parse_fountain(text: str) -> Screenplay:
    """Parse a text with "\\n" line ends and without byte order mark. Never raises."""
    remarks = take_out_remarks(text)
    title_page, title_diagnostics, taken = read_title_page(remarks.lines)
    reader = _Reader(remarks.lines[taken:])
    reader.read()
    elements = sorted((*reader.elements, *remarks.remarks), key=lambda element: element.span.line_first)
    diagnostics = [*remarks.diagnostics, *title_diagnostics, *reader.diagnostics, *_lone_names(elements)]
    diagnostics.sort(key=lambda diagnostic: diagnostic.line)
    return Screenplay(title_page, tuple(elements), tuple(diagnostics))


def _lone_names(elements: Sequence[Element]) -> list[Diagnostic]:
    """Report each action that is nothing but the name of somebody who speaks elsewhere."""
    names = {element.text for element in elements if element.kind is Kind.CHARACTER}
    return [
        Diagnostic(
            element.span.line_first,
            Severity.WARNING,
            f"{element.text} stands alone and says nothing; it is read as action.",
            "Put the speech on the line directly below the name.",
        )
        for element in elements
        if element.kind is Kind.ACTION and not element.forced and element.text in names
    ]


class _Reader:
    """One pass over the lines; `_at` is the next line to read."""

    def __init__(self, lines: Sequence[SourceLine]) -> None:
        self._lines = lines
        self._at = 0
        self.elements: list[Element] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.blank:
                self._at += 1
            elif not (self._read_marked(line) or self._read_heading(line) or self._read_by_capitals(line)):
                self._read_action()

    def _blank_before(self) -> bool:
        return self._at == 0 or self._lines[self._at - 1].blank

    def _blank_after(self) -> bool:
        return self._at + 1 >= len(self._lines) or self._lines[self._at + 1].blank

    def _add(self, element: Element) -> bool:
        self.elements.append(element)
        self._at += 1
        return True

    def _read_marked(self, line: SourceLine) -> bool:
        """Read the elements that a mark of their own announces."""
        text = line.text.strip()
        span = Span(line.number, line.number)
        if len(text) >= 3 and not text.strip("="):
            return self._add(Element(Kind.PAGE_BREAK, text, span))
        if text.startswith("#"):
            title = text.lstrip("#")
            return self._add(Element(Kind.SECTION, title.strip(), span, level=len(text) - len(title)))
        if text.startswith("="):
            return self._add(Element(Kind.SYNOPSIS, text[1:].strip(), span))
        if text.startswith(">") and text.endswith("<") and len(text) > 1:
            return self._add(Element(Kind.CENTRED, text[1:-1].strip(), span))
        if text.startswith(">"):
            return self._add(Element(Kind.TRANSITION, text[1:].strip(), span, forced=True))
        if text.startswith("~"):
            return self._add(Element(Kind.LYRICS, text[1:].strip(), span))
        if text.startswith("!"):
            self._read_action()
            return True
        return False

    def _read_heading(self, line: SourceLine) -> bool:
        text = line.text.strip()
        forced = text.startswith(".") and len(text) > 1 and text[1].isalnum()
        if not forced and not is_heading(text):
            return False
        if not forced and not self._blank_before():
            self._report(
                line,
                "This looks like a scene heading, but the line above is not blank; it is read as action.",
                "Leave a blank line before it.",
            )
            return False
        if not self._blank_after():
            self._report(
                line, "No blank line follows this scene heading.", "Leave one.", severity=Severity.INFO
            )
        heading, number = split_scene_number(text[1:] if forced else text)
        span = Span(line.number, line.number)
        return self._add(Element(Kind.SCENE_HEADING, heading, span, scene_number=number, forced=forced))

    def _read_by_capitals(self, line: SourceLine) -> bool:
        """Read a transition or a speech, which their capitals and the lines around them announce."""
        text = line.text.strip()
        if not text.startswith("@") and not text[:1].isupper() and not text[:1].isdigit():
            return False
        if text in _TRANSITIONS or (text.endswith("TO:") and text.isupper() and self._blank_after()):
            return self._add(Element(Kind.TRANSITION, text, Span(line.number, line.number)))
        if not self._blank_before():
            return False
        if self._blank_after():
            return False
        if text.endswith(":") and read_cue(text[:-1].rstrip()):
            self._report(line, f"{text} is read as action.", "If it names who speaks, take the colon off.")
        cue = read_cue(text)
        if cue is None:
            return False
        self._read_speech(line, cue)
        return True

    def _read_speech(self, line: SourceLine, cue: Cue) -> None:
        """Read a cue and its block, up to the next blank line."""
        dual = cue.dual and self._follows_speech()
        if cue.dual and not dual:
            self._report(line, "The ^ asks for dual dialogue, but no speech comes before it.", "Take it off.")
        span = Span(line.number, line.number)
        self._add(
            Element(Kind.CHARACTER, cue.name, span, cue.name, cue.extensions, dual=dual, forced=cue.forced)
        )
        speech: list[SourceLine] = []
        while self._at < len(self._lines):
            current = self._lines[self._at]
            if current.blank and not (current.held and self._speech_goes_on()):
                break
            if current.text.strip().startswith("("):
                closing = self._closing_of_parenthetical()
                if closing is not None:
                    self._flush(speech, cue, dual)
                    self._add_parenthetical(closing, cue, dual)
                    continue
            if current.text.strip().startswith("~"):
                self._flush(speech, cue, dual)
                text = current.text.strip()[1:].strip()
                span = Span(current.number, current.number)
                self._add(Element(Kind.LYRICS, text, span, cue.name, cue.extensions, dual=dual))
                continue
            speech.append(current)
            self._at += 1
        self._flush(speech, cue, dual)

    def _follows_speech(self) -> bool:
        spoken = (Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS)
        return bool(self.elements) and self.elements[-1].kind in spoken and bool(self.elements[-1].name)

    def _speech_goes_on(self) -> bool:
        return not self._blank_after()

    def _closing_of_parenthetical(self) -> int | None:
        """Return the index of the line that closes the parenthesis opened here, None when none does."""
        for index in range(self._at, min(self._at + _PARENTHETICAL_LINES_MAX, len(self._lines))):
            if self._lines[index].blank:
                return None
            if self._lines[index].text.rstrip().endswith(")"):
                return index
        return None

    def _add_parenthetical(self, closing: int, cue: Cue, dual: bool) -> None:
        rows = self._lines[self._at : closing + 1]
        text = " ".join(row.text.strip() for row in rows)[1:-1].strip()
        span = Span(rows[0].number, rows[-1].number)
        self.elements.append(Element(Kind.PARENTHETICAL, text, span, cue.name, cue.extensions, dual=dual))
        self._at = closing + 1

    def _flush(self, speech: list[SourceLine], cue: Cue, dual: bool) -> None:
        if not speech:
            return
        text = "\n".join(row.text.strip() for row in speech)
        span = Span(speech[0].number, speech[-1].number)
        self.elements.append(Element(Kind.DIALOGUE, text, span, cue.name, cue.extensions, dual=dual))
        speech.clear()

    def _read_action(self) -> None:
        """Read action up to the next blank line or the next line that a mark or a heading announces."""
        first = self._lines[self._at]
        forced = first.text.lstrip().startswith("!")
        rows = [first.text.strip()[1:] if forced else first.text.rstrip()]
        last = first
        self._at += 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.blank or line.text.lstrip()[:1] in "#>~!=" or self._is_forced_heading(line):
                break
            self._warn_of_tight_heading(line)
            rows.append(line.text.rstrip())
            last = line
            self._at += 1
        text = "\n".join(rows).strip()
        self.elements.append(Element(Kind.ACTION, text, Span(first.number, last.number), forced=forced))

    @staticmethod
    def _is_forced_heading(line: SourceLine) -> bool:
        text = line.text.lstrip()
        return text.startswith(".") and text[1:2].isalnum()

    def _warn_of_tight_heading(self, line: SourceLine) -> None:
        if is_heading(line.text.strip()):
            self._report(
                line,
                "This looks like a scene heading, but the line above is not blank; it is read as action.",
                "Leave a blank line before it.",
            )

    def _report(
        self, line: SourceLine, text: str, suggestion: str, *, severity: Severity = Severity.WARNING
    ) -> None:
        self.diagnostics.append(Diagnostic(line.number, severity, text, suggestion))
