"""A scene's elements into drafts of shots: a master, action beats, inserts, and a shot for each speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from studio_jobs.screenplay.camera import CameraLine, read_camera_line
from studio_jobs.screenplay.cast import Cast, is_off_screen, meant_by
from studio_jobs.screenplay.elements import Element, Kind, Span
from studio_jobs.screenplay.joints import Joint, joint_of
from studio_jobs.screenplay.lexicon import OBJECTS, Move, words_of
from studio_jobs.screenplay.passages import (
    closes_intercut,
    closes_montage,
    entries,
    opens_intercut,
    opens_montage,
)
from studio_jobs.screenplay.scenes import Line
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.screenplay.speech import SPOKEN, groups, lines_of
from studio_jobs.screenplay.supers import Super, without_supers
from studio_jobs.screenplay.wording import one_line, pieces, sentences, unmarked

_BEAT_CHARACTERS_MAX = 180
_INSERT_CHARACTERS_MAX = 120
# "Someone knocks." is best told by the faces of those who hear it.
_REACTION_CHARACTERS_MAX = 40
_HEARD_OR_SEEN = frozenset({Kind.ACTION, Kind.SHOT, Kind.CHARACTER, *SPOKEN})
_UNSEEN = frozenset({"THE END", "FIN", "END"})


class Draft(NamedTuple):
    """A shot before its sounds, camera and identity.

    `content` is what its identity rests on: texts of one line each, with single blanks.
    `move` is what a camera line asks for. `elsewhere` means that the speaker is where they were last, not
    at the scene's place; `joint` is what a transition after it asks for, `supers` what is written over it.
    It is a tuple since one is made for each shot and soon forgotten: a frozen dataclass takes several times
    as long to make.
    """

    size: ShotSize
    span: Span
    content: tuple[str, ...]
    figures: tuple[str, ...] = ()
    speaker: str = ""
    action: str = ""
    lines: tuple[Line, ...] = ()
    move: Move | None = None
    elsewhere: bool = False
    joint: Joint | None = None
    supers: tuple[Super, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A camera line that stands alone, for the shot after it."""

    line: CameraLine
    text: str
    span: Span


def draft_shots(heading: Element, elements: Sequence[Element], cast: Cast) -> list[Draft]:
    """Return the scene's drafts in order, at least one; `elements` are those after the heading."""
    drafter = _Drafter(
        elements,
        cast,
        intercut=opens_intercut(heading.text),
        montage=opens_montage(heading.text),
    )
    return drafter.draft() or [drafter.establishing(heading)]


class _Drafter:
    """One pass over a scene's elements."""

    def __init__(self, elements: Sequence[Element], cast: Cast, *, intercut: bool, montage: bool) -> None:
        self._elements = [e for e in elements if _is_heard_or_seen(e)]
        self._cast = cast
        self._drafts: list[Draft] = []
        self._speeches = 0
        self._in_frame: tuple[str, ...] = ()
        self._asked: _Asked | None = None
        self._supers: tuple[Super, ...] = ()
        self._joint: Joint | None = None
        self._intercut = intercut
        self._montage = montage
        speakers = (e.name for e in elements if e.kind is Kind.CHARACTER and not is_off_screen(e.extensions))
        self._speakers = tuple(dict.fromkeys(speakers))

    def draft(self) -> list[Draft]:
        at = 0
        while at < len(self._elements):
            element = self._elements[at]
            at += 1
            if element.kind is Kind.TRANSITION and not _is_of_intercut(element):
                self._join(element)
                continue
            if element.kind is not Kind.CHARACTER:
                self._draft_unspoken(element)
                continue
            spoken: list[Element] = []
            while at < len(self._elements) and self._elements[at].name and self._elements[at].kind in SPOKEN:
                spoken.append(self._elements[at])
                at += 1
            self._draft_speech(element, spoken)
        self._flush_asked()
        if self._supers and self._drafts:
            first = self._drafts[0]
            self._drafts[0] = first._replace(supers=(*self._supers, *first.supers))
        return self._drafts

    def _join(self, transition: Element) -> None:
        """Give the shot before a transition its joint; one that opens a scene has none before it."""
        if not self._drafts:
            self._joint = joint_of(transition.text, self._joint)
            return
        last = self._drafts[-1]
        self._drafts[-1] = last._replace(joint=joint_of(transition.text, last.joint))

    def establishing(self, heading: Element) -> Draft:
        """The shot of a scene in which nothing is seen or said."""
        return Draft(ShotSize.WIDE, heading.span, ("HEADING",), joint=self._joint, supers=self._supers)

    def _write(self, supers: tuple[Super, ...]) -> None:
        """Write over the shot before, or over the first one of the scene."""
        if self._drafts:
            last = self._drafts[-1]
            self._drafts[-1] = last._replace(supers=(*last.supers, *supers))
        else:
            self._supers += supers

    def _draft_unspoken(self, element: Element) -> None:
        seen, supers = without_supers(element.text)
        if supers and not seen:
            self._write(supers)
            return
        drafts = len(self._drafts)
        self._draft_seen(replace(element, text=seen) if supers else element)
        if supers and len(self._drafts) > drafts:
            self._drafts[drafts] = self._drafts[drafts]._replace(supers=supers)
        elif supers:
            self._write(supers)

    def _draft_seen(self, element: Element) -> None:
        text = unmarked(element.text)
        first_line = unmarked(element.text.partition("\n")[0]) if "\n" in element.text else text
        if opens_intercut(text) or closes_intercut(text):
            self._intercut = opens_intercut(text)
        elif closes_montage(text):
            self._montage = False
        elif opens_montage(first_line):
            self._montage = True
            self._draft_entries(element, element.text.partition("\n")[2])
        elif self._montage and entries(element.text):
            self._draft_entries(element, element.text)
        elif element.kind is Kind.SHOT or (text.isupper() and read_camera_line(text)):
            self._flush_asked()
            line = read_camera_line(text) or CameraLine(None, None, text, "")
            self._asked = _Asked(line, text, element.span)
        else:
            self._draft_action(element, text)

    def _draft_entries(self, element: Element, text: str) -> None:
        """Draft the entries of a montage, each a shot that looks at nobody seen before."""
        for entry in entries(text):
            self._in_frame = ()
            self._draft_action(element, unmarked(entry), reacts=False)

    def _draft_action(self, element: Element, text: str, *, reacts: bool = True) -> None:
        self._speeches = 0
        for part in _parts(text):
            for piece in pieces(part, _BEAT_CHARACTERS_MAX):
                self._drafts.append(self._action_shot(element.span, piece, reacts))

    def _action_shot(self, span: Span, text: str, reacts: bool) -> Draft:
        asked, self._asked = self._asked, None
        content: tuple[str, ...] = ("ACTION", text)
        line = asked.line if asked else read_camera_line(text)
        seen = text
        if asked:
            seen = f"{asked.line.rest.rstrip('.')}. {text}" if asked.line.rest else text
            content, span = ("ACTION", asked.text, text), asked.span.through(span)
        elif line:
            seen = line.rest or text
        named = self._cast.named_in(seen)
        figures = meant_by(seen, named, self._in_frame)
        if line and line.point_of_view:
            figures = tuple(name for name in figures if name != line.owner)
        size = line.size if line and line.size else self._size_of_action(seen, named, figures)
        is_reaction = reacts and line is None and len(text) <= _REACTION_CHARACTERS_MAX
        if size is ShotSize.WIDE and self._drafts and is_reaction:
            figures = self._in_frame
            size = ShotSize.MEDIUM if figures else size
        if size is ShotSize.INSERT:
            figures = ()
        elif line is None or not line.point_of_view:
            self._in_frame = figures or self._in_frame
        return Draft(size, span, content, figures, action=seen, move=line.move if line else None)

    def _size_of_action(self, text: str, named: tuple[str, ...], figures: tuple[str, ...]) -> ShotSize:
        if not self._drafts:
            return ShotSize.WIDE
        may_insert = not named and len(text) <= _INSERT_CHARACTERS_MAX
        if may_insert and not OBJECTS.isdisjoint(words_of(text)):
            return ShotSize.INSERT
        return ShotSize.MEDIUM if figures else ShotSize.WIDE

    def _flush_asked(self) -> None:
        """Draft a camera line that nothing came after as a shot of its own."""
        asked = self._asked
        if asked is not None:
            self._asked = None
            self._drafts.append(self._action_shot(asked.span, asked.text, reacts=False))

    def _draft_speech(self, cue: Element, spoken: Sequence[Element]) -> None:
        lines = lines_of(spoken)
        if not lines:
            return
        if cue.dual and self._drafts and self._drafts[-1].lines:
            self._join_dual(cue, lines)
            return
        asked, self._asked = self._asked, None
        for group in groups(lines):
            shot = self._speech_shot(cue, group)
            self._drafts.append(_as_asked(shot, asked) if asked else shot)
            self._speeches += 1
            asked = None

    def _speech_shot(self, cue: Element, lines: tuple[Line, ...]) -> Draft:
        told = [part for line in lines for part in (line.parenthetical, line.text)]
        content = ("SPEECH", one_line(cue.name), *told)
        span = cue.span.through(lines[0].span)
        span = span if len(lines) == 1 else span.through(lines[-1].span)
        if is_off_screen(cue.extensions) and not self._intercut:
            figures = tuple(name for name in self._in_frame if name != cue.name)
            size = ShotSize.MEDIUM if figures else ShotSize.WIDE
            action = "" if figures else lines[0].text
            return Draft(size, span, content, figures, cue.name, action, lines)
        listener = "" if self._intercut else self._listener(cue.name)
        over_shoulder = bool(listener) and self._speeches % 2 == 1
        size = ShotSize.OVER_SHOULDER if over_shoulder else ShotSize.CLOSE
        if not listener and not self._intercut and self._speeches % 2 == 1:
            size = ShotSize.MEDIUM
        self._in_frame = (cue.name, listener) if listener else (cue.name,)
        figures = self._in_frame if over_shoulder else (cue.name,)
        action = next((line.parenthetical for line in lines if line.parenthetical), "")
        return Draft(size, span, content, figures, cue.name, action, lines, elsewhere=self._intercut)

    def _listener(self, speaker: str) -> str:
        """Return who the speaker faces: who was in frame, else another speaker of the scene, else ""."""
        return next((name for name in (*self._in_frame, *self._speakers) if name != speaker), "")

    def _join_dual(self, cue: Element, lines: tuple[Line, ...]) -> None:
        """Put the second speech of a dual dialogue into the first one's shot."""
        first = self._drafts[-1]
        both = (*(replace(line, dual=True) for line in first.lines), *(replace(x, dual=True) for x in lines))
        content = (*first.content, "DUAL", one_line(cue.name), *(line.text for line in lines))
        span = first.span.through(cue.span).through(lines[-1].span)
        figures = tuple(dict.fromkeys((first.speaker, cue.name)))
        self._in_frame = figures
        self._drafts[-1] = Draft(ShotSize.MEDIUM, span, content, figures, first.speaker, first.action, both)


def _as_asked(shot: Draft, asked: _Asked) -> Draft:
    """The shot of a speech as the camera line before it wants it."""
    size = shot.size if asked.line.size in (None, ShotSize.INSERT) else asked.line.size
    figures = (shot.speaker,) if size is ShotSize.CLOSE and shot.speaker in shot.figures else shot.figures
    return shot._replace(
        size=size or shot.size,
        figures=figures,
        span=asked.span.through(shot.span),
        move=asked.line.move,
        action=shot.action or asked.line.rest,
    )


def _parts(text: str) -> list[str]:
    """Split an action before each sentence that asks something of the camera."""
    parts: list[list[str]] = []
    for sentence in sentences(text):
        if not parts or read_camera_line(sentence):
            parts.append([])
        parts[-1].append(sentence)
    return [" ".join(part) for part in parts]


def _is_heard_or_seen(element: Element) -> bool:
    if element.kind is Kind.CENTRED:
        return element.text.strip(" .*_").upper() not in _UNSEEN
    return element.kind in _HEARD_OR_SEEN or element.kind is Kind.TRANSITION


def _is_of_intercut(transition: Element) -> bool:
    return opens_intercut(transition.text) or closes_intercut(transition.text)
