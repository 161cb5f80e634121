"""The title page: `Key: value` entries at the top of a Fountain screenplay."""

from __future__ import annotations

from collections.abc import Sequence

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Severity, Span
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.remarks import SourceLine

_KNOWN_KEYS = frozenset(
    {
        "title",
        "credit",
        "author",
        "authors",
        "source",
        "notes",
        "draft date",
        "date",
        "contact",
        "copyright",
        "revision",
        "episode",
        "series",
        "language",
        "tl",
        "tc",
        "tr",
        "cc",
        "bl",
        "br",
    }
)
_KEY_CHARACTERS_MAX = 40


def read_title_page(lines: Sequence[SourceLine]) -> tuple[tuple[Element, ...], tuple[Diagnostic, ...], int]:
    """Return the entries, diagnostics, and the number of lines taken from the front.

    The first block is a title page when its first line has a known key, or when it has two keys or more
    and nothing else. `FADE IN:` alone is a transition and stays where it is.
    """
    first = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    last = first
    while last < len(lines) and lines[last].text.strip():
        last += 1
    block = lines[first:last]
    if not _is_title_page(block):
        return (), (), 0
    entries: list[Element] = []
    diagnostics: list[Diagnostic] = []
    for line in block:
        key, value = _split(line.text)
        if key:
            entries.append(Element(Kind.TITLE_ENTRY, value, Span(line.number, line.number), name=key))
        else:
            entries[-1] = _continued(entries[-1], line)
            if not line.text[0].isspace():
                diagnostics.append(
                    Diagnostic(
                        line.number,
                        Severity.WARNING,
                        "A line of the title page has no key; it is read as part of the entry above.",
                        "Indent it by three spaces, or leave a blank line after the title page.",
                    )
                )
    return tuple(entries), tuple(diagnostics), last


def _is_title_page(block: Sequence[SourceLine]) -> bool:
    if not block:
        return False
    first_key, first_value = _split(block[0].text)
    if not first_key:
        return False
    indented = len(block) > 1 and block[1].text[0].isspace()
    if first_key.casefold() in _KNOWN_KEYS:
        return bool(first_value) or indented or len(block) > 1
    keys = [line for line in block if _split(line.text)[0]]
    return len(keys) >= 2 and all(_split(line.text)[0] or line.text[0].isspace() for line in block)


def _split(text: str) -> tuple[str, str]:
    """Return key and value; the key is "" when the line has none."""
    key, colon, value = text.partition(":")
    key = key.strip()
    named = colon and key and len(key) <= _KEY_CHARACTERS_MAX and not text[0].isspace()
    if not named or is_heading(text) or not all(c.isalnum() or c in " _-'" for c in key):
        return "", ""
    return key, value.strip()


def _continued(entry: Element, line: SourceLine) -> Element:
    text = f"{entry.text}\n{line.text.strip()}" if entry.text else line.text.strip()
    return Element(Kind.TITLE_ENTRY, text, Span(entry.span.line_first, line.number), name=entry.name)
