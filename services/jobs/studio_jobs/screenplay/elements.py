"""The parts of a screenplay as it was written: elements with their lines, and what was odd about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an element is, in the terms of the Fountain syntax."""

    TITLE_ENTRY = "TITLE_ENTRY"
    SCENE_HEADING = "SCENE_HEADING"
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
    """The lines that something came from, 1-based, both included."""

    line_first: int
    line_last: int

    def through(self, other: Span) -> Span:
        """Return the smallest span that holds both."""
        return Span(min(self.line_first, other.line_first), max(self.line_last, other.line_last))


@dataclass(frozen=True, slots=True)
class Element:
    """One element, its marks (`.`, `@`, `!`, `^`, `#12A#`) taken off its text.

    `name` is the speaker of CHARACTER, DIALOGUE, PARENTHETICAL and sung LYRICS, and the key of a
    TITLE_ENTRY. `extensions` are those of a cue ("V.O.", "CONT'D"). `dual` marks every element of
    the second speech of a dual dialogue. `level` is the depth of a SECTION, from 1.
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


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a writer may want to know: where, how bad, what, and what to do about it."""

    line: int
    severity: Severity
    text: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Screenplay:
    """A screenplay read: nothing of its text is missing from its title page and elements."""

    title_page: tuple[Element, ...]
    elements: tuple[Element, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

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
