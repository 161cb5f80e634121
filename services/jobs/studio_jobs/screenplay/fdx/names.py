"""Names in FDX: one spelling for each, and those of the file's lists that nobody speaks under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Span
from studio_jobs.screenplay.fdx.markup import Node
from studio_jobs.screenplay.fdx.texts import one_line
from studio_jobs.screenplay.fdx.vocabulary import SPOKEN
from studio_jobs.screenplay.mistakes import mistake

_NAMES_SHOWN_MAX = 10


def one_spelling(elements: Iterable[Element]) -> tuple[Element, ...]:
    """Return the elements with names that differ in case alone made one: the one in capitals, if there is.

    Final Draft shows every cue in capitals however it was typed, so a writer can't see the difference.
    """
    elements = tuple(elements)
    spellings: dict[str, Element] = {}
    for element in elements:
        if element.kind is Kind.CHARACTER:
            known = spellings.setdefault(element.name.casefold(), element)
            if not known.name.isupper() and element.name.isupper():
                spellings[element.name.casefold()] = element
    return tuple(_spelled(element, spellings) for element in elements)


def _spelled(element: Element, spellings: dict[str, Element]) -> Element:
    if element.kind is not Kind.CHARACTER and (element.kind not in SPOKEN or not element.name):
        return element
    known = spellings.get(element.name.casefold())
    if known is None or known.name == element.name:
        return element
    if element.kind is Kind.CHARACTER:
        return replace(element, text=known.text, name=known.name, forced=known.forced)
    return replace(element, name=known.name)


def silent_names(root: Node, elements: Iterable[Element]) -> list[Diagnostic]:
    """Report who stands in the file's lists of characters (SmartType, Cast) and never speaks."""
    speakers = {element.name.casefold() for element in elements if element.kind is Kind.CHARACTER}
    listed: dict[str, tuple[str, int]] = {}
    for holder in (root.child("SmartType"), root.child("Cast")):
        for name, line in _listed(holder) if holder else ():
            listed.setdefault(name.casefold(), (name, line))
    silent = [entry for key, entry in listed.items() if key not in speakers]
    if not silent:
        return []
    names = ", ".join(name[:60] for name, _ in silent[:_NAMES_SHOWN_MAX])
    more = f" and {len(silent) - _NAMES_SHOWN_MAX} more" if len(silent) > _NAMES_SHOWN_MAX else ""
    line = silent[0][1]
    text = f"In the file's lists of characters, but without a speech: {names}{more}."
    cure = "Nothing, if they are meant to be silent; else check the spelling of their cues."
    return [mistake("CHARACTER_SILENT", Span(line, line), text, cure)]


def _listed(holder: Node) -> list[tuple[str, int]]:
    """Return the names and lines of `Characters/Character`, and of the cast's `Member Character=""`."""
    found: list[tuple[str, int]] = []
    waiting = [holder]
    while waiting:
        node = waiting.pop()
        if node.name == "Character":
            found.append((one_line("".join(p for p in node.parts if isinstance(p, str))), node.line))
        elif node.name == "Member":
            found.append((one_line(node.attribute("Character")), node.line))
        waiting.extend(list(node.children)[::-1])
    return [(name, line) for name, line in found if name]
