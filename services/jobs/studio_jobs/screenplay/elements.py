"""The parts of a screenplay as it was written: elements with their lines, and what was odd about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

_LINE_END = 1 << 62


class Kind(StrEnum):
    """What an element is, in the terms of the Fountain syntax.

    SHOT is the one that Fountain has no mark for: a shot called for by name within a scene, as Final Draft
    has it ("CLOSE ON THE CLOCK").
    """

    TITLE_ENTRY = "TITLE_ENTRY"
    SCENE_HEADING = "SCENE_HEADING"
    SHOT = "SHOT"
    ACTION = "ACTION"
    CHARACTER = "CHARACTER"
    DIALOGUE = "DIALOGUE"
    PARENTHETICAL = "PARENTHETICAL"
    TRANSITION = "TRANSITION"
    SECTION = "SECTION"
    SYNOPSIS = "SYNOPSIS"
    NOTE = "NOTE"
    BONEYARD = "BONEYARD"
    CENTRED = "CENTRED"
    LYRICS = "LYRICS"
    PAGE_BREAK = "PAGE_BREAK"


class Severity(StrEnum):
    """How much a diagnostic matters: INFO changes nothing, WARNING may be a mistake, ERROR is one."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in its source: lines and columns, 1-based, first and last included.

    A column counts the characters (Unicode code points) of its line, a tab as one; the byte order mark and
    the line's end are not counted. `column_first` is the column of the first character on `line_first`,
    `column_last` that of the last one on `line_last`; 0 means up to the end of the line. The marks of an
    element (`.`, `@`, `!`, `^`, `#12A#`, its parentheses) lie within its span.
    """

    line_first: int
    line_last: int
    column_first: int = 1
    column_last: int = 0

    def through(self, other: Span) -> Span:
        """Return the smallest span that holds both."""
        first = min((self.line_first, self.column_first), (other.line_first, other.column_first))
        last = max(self._last(), other._last())
        column_last = 0 if last[1] == _LINE_END else last[1]
        return Span(first[0], last[0], first[1], column_last)

    def _last(self) -> tuple[int, int]:
        return self.line_last, self.column_last or _LINE_END


@dataclass(frozen=True, slots=True)
class Element:
    """One element, its marks (`.`, `@`, `!`, `^`, `#12A#`) taken off its text.

    `text` keeps Fountain's marks of emphasis and their escapes, whatever the source was: `emphasis.py`
    reads them into runs and writes runs back. Lines within an element are joined by "\n".

    `name` is the speaker of CHARACTER, DIALOGUE, PARENTHETICAL and sung LYRICS, and the key of a
    TITLE_ENTRY. `extensions` are those of a cue ("V.O.", "CONT'D"). `dual` marks every element of
    the second speech of a dual dialogue. `level` is the depth of a SECTION, from 1. `language` is the
    BCP-47 tag of what is said or shown, "" where it is the screenplay's.
    """

    kind: Kind
    text: str
    span: Span
    name: str = ""
    extensions: tuple[str, ...] = ()
    dual: bool = False
    scene_number: str = ""
    level: int = 0
    forced: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a writer may want to know: where, how bad, what, and what to do about it.

    `code` is one UPPER_SNAKE word for each kind of mistake, which does not change with the wording.
    `column` and `column_last` are those of a Span on `line`; 0 means the whole line.
    """

    line: int
    severity: Severity
    text: str
    suggestion: str = ""
    code: str = ""
    column: int = 0
    column_last: int = 0


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A screenplay read: nothing of its text is missing from its title page and elements.

    `language` is its BCP-47 tag, "" where it says none. `source` is the text that it was read from, "" when
    it is not known; two screenplays of the same elements are equal whatever their sources.
    """

    title_page: tuple[Element, ...]
    elements: tuple[Element, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    language: str = ""
    source: str = field(default="", compare=False, repr=False)

    def title_entry(self, *keys: str) -> str:
        """Return the text of the first title entry with one of these keys (any case), or ""."""
        wanted = {key.casefold() for key in keys}
        return next((entry.text for entry in self.title_page if entry.name.casefold() in wanted), "")


class ScreenplayRefused(Exception):
    """Bytes that cannot be read as a screenplay.

    `reason` is an UPPER_SNAKE word, `field` the field at fault, `line` the 1-based line (0: the whole),
    `text` says what is wrong and `suggestion` what to do.
    """

    def __init__(
        self, reason: str, text: str, suggestion: str, *, line: int = 0, field: str = "screenplay"
    ) -> None:
        super().__init__(f"{reason}: line {line}: {text}" if line else f"{reason}: {text}")
        self.reason = reason
        self.field = field
        self.line = line
        self.text = text
        self.suggestion = suggestion
