"""Screenplays as Fountain: a text that reads back as the same document, or the source as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio_jobs.screenplay.elements import Element, Kind, Screenplay
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.fountain_rows import SPOKEN, is_misread, remark_rows, rows_of, title_rows
from studio_jobs.screenplay.remarks import MARKS
from studio_jobs.screenplay.transitions import is_in_form, is_transition

_REMARKS = (Kind.NOTE, Kind.BONEYARD)
# What ends with its line: action may stand directly below.
_ONE_LINE = (Kind.SCENE_HEADING, Kind.SECTION, Kind.SYNOPSIS, Kind.CENTRED, Kind.PAGE_BREAK)
_UNCLOSED_NOTE = re.compile(r"(?<!\\)\[\[")
_UNCLOSED_BONEYARD = re.compile(r"/\*")


def exact_fountain(screenplay: Screenplay) -> bytes:
    """Return the bytes that an unchanged screenplay was read from; else `write_fountain`'s text as UTF-8.

    Unchanged means that its source still reads as its title page and elements, spans included.
    """
    if screenplay.source:
        read = parse_fountain(screenplay.source)
        if (read.title_page, read.elements) == (screenplay.title_page, screenplay.elements):
            return screenplay.source.encode("utf-8", "surrogatepass")
    return write_fountain(screenplay).encode("utf-8", "surrogatepass")


def write_fountain(screenplay: Screenplay) -> str:
    """Return a Fountain text with "\\n" line ends that reads as the same title page and elements.

    Elements of a parsed Fountain document come back equal but for their spans. Those of other sources come
    back forced where their text would be read as something else, and a SHOT as action, for which Fountain
    has no mark.
    """
    passages = _passages(screenplay.elements)
    blocks: list[list[str]] = []
    if screenplay.title_page:
        title = [row for entry in screenplay.title_page for row in title_rows(entry)]
        # The "*/" of a remark below would close what the title page leaves open.
        open_ended = any(_UNCLOSED_BONEYARD.search(row) for row in title)
        blocks += (
            [*passages[0].remark_blocks(), title] if open_ended else [title, *passages[0].remark_blocks()]
        )
    else:
        blocks += passages[0].remark_blocks()
    for at, passage in enumerate(passages[1:], start=1):
        after = passages[at + 1].element if at + 1 < len(passages) else None
        passage.write(blocks, passages[at - 1].element, after, first=at == 1 and not screenplay.title_page)
    return "\n\n".join("\n".join(block) for block in blocks) + ("\n" if blocks else "")


class _Passage:
    """An element and the remarks before the next one; the first passage has remarks alone."""

    def __init__(self, element: Element | None) -> None:
        self.element = element
        self.remarks: list[Element] = []

    def remark_blocks(self) -> list[list[str]]:
        return [remark_rows(remark) for remark in self.remarks]

    def write(
        self, blocks: list[list[str]], before: Element | None, after: Element | None, *, first: bool
    ) -> None:
        """Add the passage to the blocks; `first` when nothing but remarks stands before."""
        element = self.element
        if element is None:
            return
        tight = _is_tight(before, element)
        goes_on = after is not None and _is_tight(element, after)
        rows = rows_of(
            element, speaks=_goes_on(element, after), orphan=not tight, tight=tight or goes_on, first=first
        )
        remarks = self.remark_blocks()
        if remarks:
            remarks = _not_placed_inside(rows, remarks, goes_on=goes_on)
        if tight and blocks:
            blocks[-1] += rows
        else:
            blocks.append(rows)
        if goes_on:
            blocks[-1] += [row for remark in remarks for row in remark]
        else:
            blocks += remarks


def _passages(elements: Sequence[Element]) -> list[_Passage]:
    passages = [_Passage(None)]
    for element in elements:
        if element.kind in _REMARKS:
            passages[-1].remarks.append(element)
        else:
            passages.append(_Passage(element))
    return passages


def _is_tight(before: Element | None, element: Element) -> bool:
    """Say whether an element stands directly below the one before it."""
    if before is None:
        return False
    if _goes_on(before, element) or (_wants_text_below(before) and _is_marked(element)):
        return True
    if element.kind is not Kind.ACTION or element.forced or not is_misread(element.text):
        return False
    if before.kind is Kind.LYRICS:
        return not before.name
    if before.kind is Kind.TRANSITION:
        return before.forced or is_transition(before.text, blank_below=False)
    return before.kind in _ONE_LINE


def _wants_text_below(element: Element) -> bool:
    """Say whether action would be a transition, were there a blank line below it."""
    return element.kind is Kind.ACTION and not element.forced and is_in_form(element.text.strip() or " ")


def _is_marked(element: Element) -> bool:
    """Say whether an element can stand directly below action."""
    if element.kind in (Kind.TRANSITION, Kind.SCENE_HEADING, Kind.ACTION):
        return element.forced
    return element.kind in (Kind.SECTION, Kind.SYNOPSIS, Kind.CENTRED, Kind.PAGE_BREAK) or (
        element.kind is Kind.LYRICS and not element.name
    )


def _goes_on(before: Element, element: Element | None) -> bool:
    """Say whether an element continues the speech of the one before."""
    if element is None or element.kind not in SPOKEN or not element.name:
        return False
    return before.name == element.name and before.kind in (Kind.CHARACTER, *SPOKEN)


def _not_placed_inside(rows: list[str], remarks: list[list[str]], *, goes_on: bool) -> list[list[str]]:
    """Put remarks into an element that holds an opening which they would close if they stood below it.

    They go where they came from: somewhere before that opening. Returns the other remarks. A blank line
    keeps a note below from closing an opening above, unless the element goes on.
    """
    texts = ["\n".join(remark) for remark in remarks]
    closings = {sign: [at for at, text in enumerate(texts) if sign in text] for sign in ("*/", "]]")}
    written = "\n".join(rows)
    needed = closings["*/"] and _UNCLOSED_BONEYARD.search(written)
    if not needed and not (goes_on and closings["]]"] and _UNCLOSED_NOTE.search(written)):
        return remarks
    for at, row in enumerate(rows):
        bone, note = _UNCLOSED_BONEYARD.search(row), _UNCLOSED_NOTE.search(row)
        openings = [(found.start(), sign) for found, sign in ((bone, "*/"), (note, "]]")) if found]
        last = max((closings[sign][-1] for _, sign in openings if closings[sign]), default=-1)
        if last < 0:
            continue
        inside = remarks[: last + 1]
        if at:
            rows[at:at] = [line for remark in inside for line in remark]
            return remarks[last + 1 :]
        column = min(place for place, _ in openings)
        while column and (row[column - 1] == "\\" or row[column - 1 : column + 1] in MARKS):
            column -= 1
        if column:
            rows[0] = row[:column] + "".join("\n".join(remark) for remark in inside) + row[column:]
            return remarks[last + 1 :]
    return remarks
