"""Drafts in parts into Fountain that reads back as those parts, whatever the parts' words are."""

from __future__ import annotations

from collections.abc import Iterator

from filmstudio.scripthelp.v1 import answers_pb2
from studio_jobs.screenplay.abilities import EMBEDDED
from studio_jobs.screenplay.elements import Element, Kind, Screenplay, ScreenplayRefused, Severity, Span
from studio_jobs.screenplay.fountain_writing import write_fountain
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.languages import primary
from studio_jobs.screenplay.reader import Form, read

CREDIT = "a first draft"
FAULTS_TOLD_MAX = 5
_NOWHERE = Span(1, 1)
# What would open or close a remark, and so swallow text.
_REMARK_MARKS = ("[[", "]]", "/*", "*/")
# What is no part of a text.
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


class DraftUnreadable(Exception):
    """A draft that the reader finds an error in, or reads otherwise; its text says what."""


def fountain_of(draft: answers_pb2.ScreenplayDraft, language: str) -> bytes:
    """The draft as Fountain. Raises DraftUnreadable when it does not read back as what it says.

    Words that no voice can say are a fault only where voices speak the language.
    """
    screenplay = Screenplay(tuple(_title_page(draft, language)), tuple(_elements(draft)))
    content = write_fountain(screenplay).encode()
    _require_same(screenplay, content, is_spoken=primary(language) in EMBEDDED.languages)
    return content


def _title_page(draft: answers_pb2.ScreenplayDraft, language: str) -> Iterator[Element]:
    for key, value in (("Title", _line(draft.title)), ("Credit", CREDIT), ("Language", language)):
        yield Element(Kind.TITLE_ENTRY, value, _NOWHERE, name=key)


def _elements(draft: answers_pb2.ScreenplayDraft) -> Iterator[Element]:
    for scene in draft.scenes:
        heading = _line(scene.heading).lstrip(".").upper()
        yield Element(Kind.SCENE_HEADING, heading, _NOWHERE, forced=not is_heading(heading))
        for element in scene.elements:
            if element.kind == answers_pb2.DRAFT_ELEMENT_KIND_SPEECH:
                yield from _speech(element)
            else:
                yield Element(Kind.ACTION, _line(element.text), _NOWHERE)


def _speech(element: answers_pb2.DraftElement) -> Iterator[Element]:
    name = _line(element.character).upper().lstrip("@")
    yield Element(Kind.CHARACTER, name, _NOWHERE, name=name)
    manner = _line(element.parenthetical).strip("() ")
    if manner:
        yield Element(Kind.PARENTHETICAL, manner, _NOWHERE, name=name)
    yield Element(Kind.DIALOGUE, _line(element.text), _NOWHERE, name=name)


def _line(text: str) -> str:
    text = text.translate(_CONTROLS)
    for mark in _REMARK_MARKS:
        text = text.replace(mark, " ")
    return " ".join(text.split())


def _require_same(wanted: Screenplay, content: bytes, *, is_spoken: bool) -> None:
    try:
        found = read(content, form=Form.FOUNTAIN)
    except ScreenplayRefused as refused:
        raise DraftUnreadable(f"{refused.text} {refused.suggestion}") from refused
    errors = [
        remark
        for remark in found.diagnostics
        if remark.severity is Severity.ERROR and (is_spoken or remark.code != "WORDS_NOT_SPOKEN")
    ]
    if errors:
        told = errors[:FAULTS_TOLD_MAX]
        raise DraftUnreadable("; ".join(f"{remark.text} {remark.suggestion}" for remark in told))
    for ours, theirs in zip(wanted.elements, found.elements, strict=False):
        if (ours.kind, ours.text) != (theirs.kind, theirs.text):
            raise DraftUnreadable(
                f"as Fountain, the {ours.kind.value} {ours.text!r} reads as the {theirs.kind.value} "
                f"{theirs.text!r}; use plain words"
            )
    if len(wanted.elements) != len(found.elements):
        raise DraftUnreadable("as Fountain, it has other elements than were given; use plain words")
