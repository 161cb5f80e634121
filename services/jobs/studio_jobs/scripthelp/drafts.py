"""Drafts in parts into Fountain that reads back as those parts, whatever the parts' words are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from filmstudio.scripthelp.v1 import answers_pb2
from studio_jobs.screenplay.elements import Kind, Screenplay, ScreenplayRefused, Severity
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.reader import Form, read

CREDIT = "a first draft"
# What would open or close a remark, and so swallow text.
_REMARK_MARKS = re.compile(r"\[\[|\]\]|/\*|\*/")


class DraftUnreadable(Exception):
    """A draft that the reader finds an error in, or reads otherwise; its text says what."""


def fountain_of(draft: answers_pb2.ScreenplayDraft, language: str) -> bytes:
    """The draft as Fountain. Raises DraftUnreadable when it does not read back as what it says."""
    content = ("\n\n".join(_blocks(draft, language)) + "\n").encode()
    _require_same(draft, content)
    return content


def _blocks(draft: answers_pb2.ScreenplayDraft, language: str) -> Iterator[str]:
    yield f"Title: {_line(draft.title)}\nCredit: {CREDIT}\nLanguage: {language}"
    for scene in draft.scenes:
        heading = _line(scene.heading).lstrip(".")
        yield heading.upper() if is_heading(heading.upper()) else f".{heading.upper()}"
        for element in scene.elements:
            if _is_speech(element):
                yield _speech(element)
            else:
                # The mark takes every other meaning from the words.
                yield f"!{_line(element.text)}" if _means_more(_line(element.text)) else _line(element.text)


def _speech(element: answers_pb2.DraftElement) -> str:
    name = _line(element.character).upper().lstrip("@")
    rows = [name if re.fullmatch(r"[A-Z][A-Z .'-]*", name) else f"@{name}"]
    manner = _line(element.parenthetical).strip("() ")
    if manner:
        rows.append(f"({manner})")
    rows.append(_line(element.text))
    return "\n".join(rows)


def _line(text: str) -> str:
    return " ".join(_REMARK_MARKS.sub(" ", text).split())


def _means_more(action: str) -> bool:
    """Whether Fountain might read an action as something else."""
    return action.upper() == action or action[:1] in ".!@>~=#(" or is_heading(action) or action.endswith(":")


def _require_same(draft: answers_pb2.ScreenplayDraft, content: bytes) -> None:
    try:
        screenplay = read(content, form=Form.FOUNTAIN)
    except ScreenplayRefused as refused:
        raise DraftUnreadable(f"{refused.text} {refused.suggestion}") from refused
    errors = [remark for remark in screenplay.diagnostics if remark.severity is Severity.ERROR]
    if errors:
        raise DraftUnreadable("; ".join(f"{remark.text} {remark.suggestion}" for remark in errors[:5]))
    wanted = _Parts(len(draft.scenes), sum(_is_speech(e) for scene in draft.scenes for e in scene.elements))
    found = _Parts(_count(screenplay, Kind.SCENE_HEADING), _count(screenplay, Kind.CHARACTER))
    if wanted != found:
        raise DraftUnreadable(
            f"the draft has {wanted}, but as Fountain it reads as {found}; "
            "use plain words in headings, names and texts"
        )


class _Parts(NamedTuple):
    scenes: int
    speeches: int

    def __str__(self) -> str:
        return f"{self.scenes} scenes and {self.speeches} speeches"


def _is_speech(element: answers_pb2.DraftElement) -> bool:
    return element.kind == answers_pb2.DRAFT_ELEMENT_KIND_SPEECH


def _count(screenplay: Screenplay, kind: Kind) -> int:
    return sum(element.kind is kind for element in screenplay.elements)
