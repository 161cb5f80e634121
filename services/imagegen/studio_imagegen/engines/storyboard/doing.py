"""What each figure of a shot does, by the sentences of its action."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studio_imagegen.engines.storyboard.props import carried, in_words
from studio_imagegen.engines.storyboard.vocabulary import all_meant, meant
from studio_imagegen.orders import Figure, StillOrder

# What the other does of whom a sentence says that something is done to.
IN_ANSWER = {"GIVE": "TAKE", "SHAKE": "SHAKE", "EMBRACE": "EMBRACE"}
# What is done with the whole body is seen from farther off.
WHOLE_BODY = frozenset(
    {"WALK", "RUN", "CLIMB", "KNEEL", "SIT", "LIE", "LEAVE", "BOW", "FALL", "DANCE", "HIDE", "PUSH"}
)
_OTHERS = re.compile(
    r"(?:some|no|every)(?:one|body)\b"
    r"|(?:the|a|an|behind|above|below|beside|in|on|at|outside|far|there|two|three|snow|rain|night|dusk|darkness|silence)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:they|both|all)\b", re.IGNORECASE)
_PRONOUNS = {"he": "MALE", "she": "FEMALE"}
_PRONOUN = re.compile(r"(he|she)\b", re.IGNORECASE)
_HIM_OR_HER = re.compile(r"\b(?:him|her|it over)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doing:
    """A pose of pose.POSES and the thing in hand; empty where the words say none. `words` say it."""

    pose: str = ""
    prop: str = ""
    words: str = ""


def sentences(action: str) -> list[str]:
    """An action's sentences."""
    return re.split(r"(?<=[.!?;])\s+", action)


def unowned(action: str) -> str:
    """The sentences of an action that somebody in frame may be the subject of."""
    return " ".join(line for line in sentences(action) if not _OTHERS.match(line))


def doings_of(order: StillOrder) -> Mapping[str, Doing]:
    """What the action says that each figure does, by name; who is not in it is left out."""
    doings: dict[str, Doing] = {}
    for line, subjects, others in _told(order):
        held = next((prop for prop in in_words(line) if carried(prop)), "")
        pose = meant("POSES", line)
        for figure in subjects:
            before = doings.get(figure.name, Doing())
            words = f"{before.words} {line}".strip()
            doings[figure.name] = Doing(before.pose or pose, before.prop or held, words)
        for figure in others:
            if pose in IN_ANSWER and figure.name not in doings:
                doings[figure.name] = Doing(IN_ANSWER[pose], "", line)
    return doings


def subject_of(order: StillOrder) -> Figure:
    """Who the shot is about: the speaker, else the first whom the action names, else the first of all."""
    by_name = {figure.name: figure for figure in order.figures}
    if order.speaker in by_name:
        return by_name[order.speaker]
    named = _named(order, order.action)
    if named:
        return named[0]
    found = _PRONOUN.match(order.action)
    return _meant_by(order, found.group(1)) if found else order.figures[0]


def _told(order: StillOrder) -> Iterator[tuple[str, tuple[Figure, ...], tuple[Figure, ...]]]:
    """The sentences that somebody in frame is the subject of, with those whom they do something to."""
    last: Figure | None = None
    for line in sentences(order.action):
        named = _named(order, line)
        pronoun = _PRONOUN.match(line)
        if named:
            last = named[0]
        elif pronoun:
            last = last or _meant_by(order, pronoun.group(1))
        elif _ALL.search(line):
            yield line, order.figures, ()
            continue
        elif _OTHERS.match(line) or not order.figures:
            continue
        else:
            last = subject_of(order)
        rest = tuple(figure for figure in order.figures if figure.name != last.name)
        one = rest if len(rest) == 1 and _HIM_OR_HER.search(line) else ()
        yield line, (last,), tuple(named[1:]) or one


def _named(order: StillOrder, text: str) -> list[Figure]:
    """The figures that a text names, in its order."""
    found = []
    for figure in order.figures:
        match = re.search(rf"\b{re.escape(figure.name)}\b", text, re.IGNORECASE)
        if match is not None:
            found.append((match.start(), figure.name, figure))
    return [figure for _, _, figure in sorted(found, key=lambda each: each[:2])]


def _meant_by(order: StillOrder, pronoun: str) -> Figure:
    bearing = _PRONOUNS[pronoun.lower()]
    fitting = [
        figure
        for figure in order.figures
        if bearing in all_meant("BEARINGS", f"{figure.name} {figure.look}")[:1]
    ]
    return (fitting or list(order.figures))[0]
