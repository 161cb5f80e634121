"""Front matter: `key: value` lines between two lines of dashes at the top of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from studio_jobs.screenplay.elements import Element, Kind, Span

_LINES_MAX = 200
_ENTRY = re.compile(r"([A-Za-z][\w -]{0,39}):(?:\s+(.*))?$")
_KEYS = {"lang": "Language", "date": "Draft date", "by": "Author"}


def read_front_matter(lines: Sequence[str]) -> tuple[tuple[Element, ...], int]:
    """Return the title entries of front matter, and how many lines it has: none and 0 without one."""
    last = _last(lines)
    entries: list[Element] = []
    for at in range(1, last):
        text = lines[at].strip()
        found = _ENTRY.fullmatch(lines[at].rstrip())
        span = Span(at + 1, at + 1)
        if found:
            key = found[1].strip()
            name = _KEYS.get(key.casefold(), key[:1].upper() + key[1:])
            entries.append(Element(Kind.TITLE_ENTRY, _unquoted(found[2] or ""), span, name=name))
        elif text:
            entry = entries[-1]
            value = _unquoted(text.removeprefix("- "))
            joined = f"{entry.text}\n{value}" if entry.text else value
            entries[-1] = replace(entry, text=joined, span=entry.span.through(span))
    return tuple(entries), last + 1 if last else 0


def _last(lines: Sequence[str]) -> int:
    """Return the index of the closing line, 0 when the text does not open with front matter."""
    if lines[0].rstrip() != "---" or len(lines) < 3 or not _ENTRY.fullmatch(lines[1].rstrip()):
        return 0
    for at in range(1, min(len(lines), _LINES_MAX)):
        line = lines[at].rstrip()
        if line in ("---", "..."):
            return at
        if line and not line[0].isspace() and not line.startswith(("- ", "#")) and not _ENTRY.fullmatch(line):
            return 0
    return 0


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
