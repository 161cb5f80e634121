"""The title page: `Key: value` entries at the top of a Fountain screenplay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.lines import SourceLine, span_of
from studio_jobs.screenplay.mistakes import mistake
from studio_jobs.screenplay.spelling import almost

_KNOWN_KEYS = (
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
)
_KEY_CHARACTERS_MAX = 40


@dataclass(frozen=True, slots=True)
class TitlePage:
    """The entries, what was odd about them, and how many lines they take from the front."""

    entries: tuple[Element, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    lines: int = 0


def read_title_page(lines: Sequence[SourceLine]) -> TitlePage:
    """Read the first block as a title page if it is one.

    It is when its first line has a known key, or almost one, or when it has two keys or more and nothing
    else. `FADE IN:` alone is a transition and stays where it is.
    """
    first = next((at for at, line in enumerate(lines) if not line.blank), len(lines))
    last = first
    while last < len(lines) and not lines[last].blank:
        last += 1
    block = lines[first:last]
    if not is_title_page([line.text for line in block]):
        return TitlePage()
    groups: list[list[SourceLine]] = []
    diagnostics: list[Diagnostic] = []
    for line in block:
        key, _ = _split(line.text)
        if key:
            groups.append([line])
            diagnostics += _misspelt(key, line)
            continue
        groups[-1].append(line)
        if not line.text[0].isspace():
            diagnostics.append(_keyless(line))
    return TitlePage(tuple(_entry(group) for group in groups), tuple(diagnostics), last)


def is_title_page(rows: Sequence[str]) -> bool:
    """Say whether the rows of the first block of a text make a title page."""
    if not rows:
        return False
    first_key, first_value = _split(rows[0])
    if not first_key:
        return False
    known = first_key.casefold() in _KNOWN_KEYS or _meant(first_key)
    if known:
        return bool(first_value) or len(rows) > 1
    keys = sum(bool(_split(row)[0]) for row in rows)
    return keys >= 2 and all(_split(row)[0] or row[0].isspace() for row in rows)


def _split(text: str) -> tuple[str, str]:
    """Return key and value; the key is "" when the line has none."""
    key, colon, value = text.partition(":")
    key = key.strip()
    named = colon and key and len(key) <= _KEY_CHARACTERS_MAX and not text[0].isspace()
    if not named or is_heading(text) or not all(c.isalnum() or c in " _-'" for c in key):
        return "", ""
    return key, value.strip()


def _entry(rows: Sequence[SourceLine]) -> Element:
    key, value = _split(rows[0].text)
    texts = [*([value] if value else []), *(row.body for row in rows[1:])]
    return Element(Kind.TITLE_ENTRY, "\n".join(texts), span_of(rows), name=key)


def _meant(key: str) -> str:
    """Return the known key that a key is a misspelling of, or ""."""
    small = key.casefold()
    if small in _KNOWN_KEYS:
        return ""
    return next((known for known in _KNOWN_KEYS if len(known) > 3 and almost(small, known)), "")


def _misspelt(key: str, line: SourceLine) -> list[Diagnostic]:
    meant = _meant(key)
    if not meant:
        return []
    text = f'"{key}" is no key that the title page knows.'
    where = line.part(0, len(key))
    return [mistake("TITLE_KEY_MISSPELT", where, text, f'Write "{meant.capitalize()}:".')]


def _keyless(line: SourceLine) -> Diagnostic:
    return mistake(
        "TITLE_LINE_WITHOUT_KEY",
        line.span,
        "A line of the title page has no key; it is read as part of the entry above.",
        "Indent it by three spaces, or leave a blank line after the title page.",
    )
