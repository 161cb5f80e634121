"""What a first assistant director asks of any screenplay, whatever it was written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay
from studio_jobs.screenplay.mistakes import mistake
from studio_jobs.screenplay.spelling import almost, shortened

SPEECH_WORDS_MAX = 200
_CAPITALS_WORDS_MIN = 4
_NAME_CHARACTERS_MIN = 4
# Above this many names, a screenplay is no screenplay, and comparing them would cost more than it tells.
_NAMES_MAX = 2_000
_FILMED = frozenset({Kind.ACTION, Kind.SHOT, Kind.DIALOGUE, Kind.LYRICS, Kind.CENTRED})


def continuity(screenplay: Screenplay) -> Iterator[Diagnostic]:
    """Yield what the scenes, names and speeches of a screenplay leave open."""
    yield from _scenes(screenplay.elements)
    yield from _names(screenplay.elements)
    yield from _speeches(screenplay.elements)


def _scenes(elements: Sequence[Element]) -> Iterator[Diagnostic]:
    heading: Element | None = None
    numbers: dict[str, int] = {}
    for element in elements:
        if element.kind in _FILMED:
            heading = None
        elif element.kind is Kind.SCENE_HEADING:
            if heading:
                yield _empty(heading)
            heading = element
            first = numbers.setdefault(element.scene_number, element.span.line_first)
            if element.scene_number and first != element.span.line_first:
                said = f"Scene number {element.scene_number} is taken by the scene on line {first}."
                yield mistake("SCENE_NUMBER_TWICE", element.span, said, "Give one of them another number.")
    if heading:
        yield _empty(heading)


def _empty(heading: Element) -> Diagnostic:
    said = f"Nothing happens in {heading.text or 'this scene'}, and nobody speaks."
    return mistake("SCENE_EMPTY", heading.span, said, "Write what is seen, or take the heading out.")


def _names(elements: Sequence[Element]) -> Iterator[Diagnostic]:
    """Yield each name that is used once and is almost another, which is used more often."""
    cues = [element for element in elements if element.kind is Kind.CHARACTER]
    counts = Counter(cue.name for cue in cues)
    if len(counts) > _NAMES_MAX:
        return
    often: dict[str, list[str]] = {}
    for name, count in counts.items():
        for form in shortened(name) if count > 1 else ():
            often.setdefault(form, []).append(name)
    for cue in cues:
        if counts[cue.name] > 1:
            continue
        near = (name for form in shortened(cue.name) for name in often.get(form, ()))
        meant = next((name for name in near if _is_slip(cue.name, name)), "")
        if meant:
            said = f"{cue.name} speaks once, and {meant} {counts[meant]} times: they differ by one letter."
            yield mistake("NAME_MISSPELT", cue.span, said, f"If they are one person, write {meant}.")


def _is_slip(one: str, other: str) -> bool:
    """Say whether two names are almost equal and not meant to be two, as GUARD 1 and GUARD 2, or GUARDS."""
    if min(len(one), len(other)) < _NAME_CHARACTERS_MIN or not almost(one, other):
        return False
    if one + "S" == other or other + "S" == one:
        return False
    differing = set(one.split()) ^ set(other.split())
    return all(len(word) > 2 and not any(sign.isdigit() for sign in word) for word in differing)


def _speeches(elements: Sequence[Element]) -> Iterator[Diagnostic]:
    for element in elements:
        if element.kind is not Kind.DIALOGUE:
            continue
        capitals = element.text.isupper()
        if not capitals and len(element.text) <= 2 * SPEECH_WORDS_MAX:
            continue
        words = len(element.text.split())
        if words > SPEECH_WORDS_MAX:
            said = f"{element.name} speaks {words} words without a pause."
            yield mistake("SPEECH_LONG", element.span, said, "Break it by action, or by another voice.")
        elif capitals and words >= _CAPITALS_WORDS_MIN:
            said = f"The speech of {element.name} is all in capitals."
            suggestion = "Write it in small letters, with (shouting) if it is shouted."
            yield mistake("SPEECH_IN_CAPITALS", element.span, said, suggestion)
