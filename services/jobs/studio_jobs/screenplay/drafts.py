"""A scene's elements into drafts of shots: a master, action beats, inserts, and a shot for each speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio_jobs.screenplay.cast import Cast, is_off_screen
from studio_jobs.screenplay.elements import Element, Kind, Span
from studio_jobs.screenplay.lexicon import OBJECTS, words_of
from studio_jobs.screenplay.scenes import Line
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.screenplay.wording import pieces, unmarked

_SPEECH_CHARACTERS_MAX = 220
_BEAT_CHARACTERS_MAX = 180
_INSERT_CHARACTERS_MAX = 120
# "Someone knocks." is best told by the faces of those who hear it.
_REACTION_CHARACTERS_MAX = 40
_SPOKEN = (Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS)
_UNSEEN = frozenset({"THE END", "FIN", "END"})
_ASKED: tuple[tuple[str, ShotSize], ...] = (
    ("INSERT", ShotSize.INSERT),
    ("CLOSE ON", ShotSize.CLOSE),
    ("CLOSE UP", ShotSize.CLOSE),
    ("CLOSE-UP", ShotSize.CLOSE),
    ("ON THE ", ShotSize.INSERT),
    ("WIDE", ShotSize.WIDE),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A shot before its sounds, camera and identity; `content` is the text that its identity rests on."""

    size: ShotSize
    span: Span
    content: tuple[str, ...]
    figures: tuple[str, ...] = ()
    speaker: str = ""
    action: str = ""
    lines: tuple[Line, ...] = ()


def draft_shots(heading: Element, elements: Sequence[Element], cast: Cast) -> list[Draft]:
    """Return the scene's drafts in order, at least one; `elements` are those after the heading."""
    drafter = _Drafter(elements, cast)
    drafts = drafter.draft()
    return drafts or [Draft(ShotSize.WIDE, heading.span, ("HEADING",))]


class _Drafter:
    """One pass over a scene's elements."""

    def __init__(self, elements: Sequence[Element], cast: Cast) -> None:
        self._elements = [e for e in elements if e.kind is Kind.ACTION or _is_heard_or_seen(e)]
        self._cast = cast
        self._drafts: list[Draft] = []
        self._speeches = 0
        self._in_frame: tuple[str, ...] = ()
        speakers = (e.name for e in elements if e.kind is Kind.CHARACTER and not is_off_screen(e.extensions))
        self._speakers = tuple(dict.fromkeys(speakers))

    def draft(self) -> list[Draft]:
        at = 0
        while at < len(self._elements):
            element = self._elements[at]
            at += 1
            if element.kind is not Kind.CHARACTER:
                self._draft_action(element)
                continue
            spoken: list[Element] = []
            while at < len(self._elements) and self._elements[at].name and self._elements[at].kind in _SPOKEN:
                spoken.append(self._elements[at])
                at += 1
            self._draft_speech(element, spoken)
        return self._drafts

    def _draft_action(self, element: Element) -> None:
        self._speeches = 0
        for text in pieces(unmarked(element.text), _BEAT_CHARACTERS_MAX):
            figures = self._cast.meant_by(text, self._in_frame)
            size = self._size_of_action(text, figures)
            if size is ShotSize.WIDE and self._drafts and len(text) <= _REACTION_CHARACTERS_MAX:
                figures = self._in_frame
                size = ShotSize.MEDIUM if figures else size
            if size is ShotSize.INSERT:
                figures = ()
            else:
                self._in_frame = figures or self._in_frame
            self._drafts.append(Draft(size, element.span, ("ACTION", text), figures, action=text))

    def _size_of_action(self, text: str, figures: tuple[str, ...]) -> ShotSize:
        upper = text.upper()
        for opening, size in _ASKED:
            if upper.startswith(opening):
                return size
        if not self._drafts:
            return ShotSize.WIDE
        shows_object = any(word in OBJECTS for word in words_of(text))
        if shows_object and not self._cast.named_in(text) and len(text) <= _INSERT_CHARACTERS_MAX:
            return ShotSize.INSERT
        return ShotSize.MEDIUM if figures else ShotSize.WIDE

    def _draft_speech(self, cue: Element, spoken: Sequence[Element]) -> None:
        lines = _lines(spoken)
        if not lines:
            return
        if cue.dual and self._drafts and self._drafts[-1].lines:
            self._join_dual(cue, lines)
            return
        for group in _groups(lines):
            self._drafts.append(self._speech_shot(cue, group))
            self._speeches += 1

    def _speech_shot(self, cue: Element, lines: tuple[Line, ...]) -> Draft:
        content = ("SPEECH", cue.name, *(part for line in lines for part in (line.parenthetical, line.text)))
        span = lines[0].span.through(lines[-1].span).through(cue.span)
        if is_off_screen(cue.extensions):
            figures = tuple(name for name in self._in_frame if name != cue.name)
            size = ShotSize.MEDIUM if figures else ShotSize.WIDE
            action = "" if figures else lines[0].text
            return Draft(size, span, content, figures, cue.name, action, lines)
        listener = self._listener(cue.name)
        over_shoulder = bool(listener) and self._speeches % 2 == 1
        size = ShotSize.OVER_SHOULDER if over_shoulder else ShotSize.CLOSE
        if not listener and self._speeches % 2 == 1:
            size = ShotSize.MEDIUM
        self._in_frame = (cue.name, listener) if listener else (cue.name,)
        figures = self._in_frame if over_shoulder else (cue.name,)
        action = next((line.parenthetical for line in lines if line.parenthetical), "")
        return Draft(size, span, content, figures, cue.name, action, lines)

    def _listener(self, speaker: str) -> str:
        """Return who the speaker faces: who was in frame, else another speaker of the scene, else ""."""
        return next((name for name in (*self._in_frame, *self._speakers) if name != speaker), "")

    def _join_dual(self, cue: Element, lines: tuple[Line, ...]) -> None:
        """Put the second speech of a dual dialogue into the first one's shot."""
        first = self._drafts[-1]
        both = (*(replace(line, dual=True) for line in first.lines), *(replace(x, dual=True) for x in lines))
        content = (*first.content, "DUAL", cue.name, *(line.text for line in lines))
        span = first.span.through(cue.span).through(lines[-1].span)
        figures = tuple(dict.fromkeys((first.speaker, cue.name)))
        self._in_frame = figures
        self._drafts[-1] = Draft(ShotSize.MEDIUM, span, content, figures, first.speaker, first.action, both)


def _is_heard_or_seen(element: Element) -> bool:
    if element.kind is Kind.CENTRED:
        return element.text.strip(" .*_").upper() not in _UNSEEN
    return element.kind in (Kind.CHARACTER, *_SPOKEN)


def _lines(spoken: Sequence[Element]) -> tuple[Line, ...]:
    """Return the speech as lines, each with the parenthetical before it, none longer than a shot holds."""
    lines: list[Line] = []
    parenthetical = ""
    for element in spoken:
        if element.kind is Kind.PARENTHETICAL:
            parenthetical = unmarked(element.text)
            continue
        texts = pieces(unmarked(element.text), _SPEECH_CHARACTERS_MAX)
        lines.extend(Line(element.name, text, parenthetical, element.span) for text in texts)
        parenthetical = ""
    return tuple(lines)


def _groups(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    """Group lines into shots, each of as much speech as one shot holds."""
    groups: list[list[Line]] = []
    length = 0
    for line in lines:
        if groups and length + len(line.text) <= _SPEECH_CHARACTERS_MAX:
            groups[-1].append(line)
            length += len(line.text)
        else:
            groups.append([line])
            length = len(line.text)
    return [tuple(group) for group in groups]
