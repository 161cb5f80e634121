"""Words over the picture that a screenplay asks for: SUPER: "Dover, 1940", TITLE: and their like."""

from __future__ import annotations

import re
from dataclasses import dataclass

SUPER_MAX_CHARACTERS = 120
_ASKED = (
    r"(?:SUPER(?:IMPOSED?|IMPOSITION)?|TITLE(?: OVER| CARD)?|CHYRON|CAPTION|LEGEND|LOWER[ -]THIRD"
    r"|ON[ -]SCREEN TEXT)"
)
_SUPER = re.compile(
    rf'(?:^|(?<=\n)|(?<=[.!?"”] ))[*_]*{_ASKED}[*_]*\s*(?::|\s[–—-]\s)[*_]*\s*(?P<text>[^\n]+)'
)
_QUOTES = " \t*_\"“”„«»'"
_SMALL = re.compile(r"\s+[/|]\s+")


@dataclass(frozen=True, slots=True)
class Super:
    """What is written over a picture; `small` is a smaller line below, "" without one."""

    text: str
    small: str = ""


def without_supers(action: str) -> tuple[str, tuple[Super, ...]]:
    """Split an action into what is seen and what is written over it.

    Such words are in capitals at the start of a line or of a sentence, and go to the end of the line; a slash
    between blanks begins the smaller line.
    """
    found = tuple(it for match in _SUPER.finditer(action) if (it := _super(match["text"])).text)
    return (_SUPER.sub("", action).strip(), found) if found else (action, ())


def _super(asked: str) -> Super:
    text, *small = _SMALL.split(asked.strip(), maxsplit=1)
    return Super(_bare(text), _bare(small[0]) if small else "")


def _bare(text: str) -> str:
    return text.rstrip(" \t*_.").strip(_QUOTES).rstrip(" .,")[:SUPER_MAX_CHARACTERS].strip()
