"""Title pages: FDX has lines at places of a page, a screenplay has entries with keys; both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from studio_jobs.screenplay.elements import Element, Kind
from studio_jobs.screenplay.emphasis import escaped, plain
from studio_jobs.screenplay.fdx.markup import Node

# An attribute of our own, by which a page that we wrote reads back exactly. Others pass over it.
ENTRY = "Entry"
CENTRED = frozenset({"title", "credit", "author", "authors", "source"})
# Entries whose text speaks for itself on the page; all others are written as "Key: text".
UNNAMED = CENTRED | {"", "contact", "draft date", "date", "copyright"}

_CREDIT = re.compile(
    r"(?:(?:screenplay|teleplay|script|story|original screenplay)\s+)?(?:and\s+\S+\s+)?(?:written\s+)?by\b.*"
    r"|an?\s+(?:original\s+)?(?:screenplay|script|film)(?:\s+by)?|created by|adapted by",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"(?:based|inspired|adapted)\s+(?:up)?on\b", re.IGNORECASE)
_DATE = re.compile(
    r"(?:\b(?:draft|revis\w*|version)\b.*)|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    r"|(?:\d{1,2}\.?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}?,?\s*\d{4}",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"©|\(c\)\s|copyright\b", re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z][A-Za-z ]{1,30}):\s+(\S.*)", re.DOTALL)
_NAMES = {
    "title": "Title",
    "credit": "Credit",
    "author": "Author",
    "authors": "Authors",
    "written by": "Author",
    "source": "Source",
    "contact": "Contact",
    "draft date": "Draft date",
    "date": "Date",
    "copyright": "Copyright",
    "notes": "Notes",
    "revision": "Revision",
    "language": "Language",
    "episode": "Episode",
    "series": "Series",
}


def read_titles(page: Node, text_of: Callable[[Node], str]) -> tuple[Element, ...]:
    """Read a `TitlePage`: by our own attribute, by a type, by "Key: text", else by place and order.

    In the middle stand title, credit, author and source, in this order; at the sides contact and date.
    """
    content = page.child("Content") or page
    entries: list[Element] = []
    for paragraph in content.named("Paragraph"):
        text = text_of(paragraph)
        given = paragraph.attributes.get(ENTRY)
        if not text and given is None:
            continue
        centred = paragraph.attribute("Alignment").casefold() in ("center", "centre", "full")
        key, text = _given(given, text) if given is not None else _found(paragraph, text, centred, entries)
        _add(entries, Element(Kind.TITLE_ENTRY, text, paragraph.span, name=key), joins=given is None)
    return tuple(entries)


def _given(key: str, text: str) -> tuple[str, str]:
    if key.casefold() in UNNAMED:
        return key, text
    return key, text.removeprefix(f"{escaped(key)}:").strip()


def _found(paragraph: Node, text: str, centred: bool, before: Iterable[Element]) -> tuple[str, str]:
    kind = _NAMES.get(paragraph.attribute("Type").casefold())
    if kind is not None:
        return kind, text
    named = _NAMED.fullmatch(text)
    if named and named[1].casefold() in _NAMES:
        return _NAMES[named[1].casefold()], named[2]
    words = plain(text)
    if _COPYRIGHT.match(words):
        return "Copyright", text
    keys = {entry.name.casefold() for entry in before}
    if centred and not (keys & {"contact"}):
        return _centred_key(words, keys), text
    return ("Draft date" if _DATE.fullmatch(words) and "draft date" not in keys else "Contact"), text


def _centred_key(text: str, keys: set[str]) -> str:
    if "title" not in keys:
        return "Title"
    if _SOURCE.match(text):
        return "Source"
    if _CREDIT.fullmatch(text) and "author" not in keys:
        return "Credit"
    if _DATE.fullmatch(text):
        return "Draft date"
    if "source" in keys:
        return "Source"
    return "Author" if keys & {"credit"} or len(keys) == 1 else "Notes"


def _add(entries: list[Element], entry: Element, *, joins: bool) -> None:
    """Add an entry; lines of one key that follow each other are one."""
    if joins and entries and entries[-1].name == entry.name:
        last = entries[-1]
        entries[-1] = replace(last, text=f"{last.text}\n{entry.text}", span=last.span.through(entry.span))
    else:
        entries.append(entry)
