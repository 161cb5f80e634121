"""What the cast looks like and where it stands, from the screenplay's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from studio_jobs.appositions import Apposition, apposition_before
from studio_jobs.cast import bearing_of, cast_voices
from studio_jobs.casting.entries import site_name
from studio_jobs.screenplay.lexicon import SURROUNDING_WORDS, WALL_WORDS, words_of
from studio_jobs.screenplay.scenes import Breakdown, Scene

_CLAUSE_WORDS_MAX = 6
_CLAUSES_MAX = 3
_UNBROKEN = re.compile(r"\b(?:CONTINUOUS|SAME(?: TIME)?|(?:MOMENTS|SECONDS) LATER)\b", re.IGNORECASE)
# What someone does, after what they look like: "stands by the table" of "MARA, sixty, stands by the table."
_PREDICATE = re.compile(r"[a-z]+[^\Ws]s\b(?! *$)")


def looks_of(breakdown: Breakdown, voices: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """Each character's look: the kept one, else how the text introduces them and what their voice says."""
    actions = _actions_of(breakdown)
    looks = {}
    for name, voice in voices.items():
        before, clauses = _introduced(name, actions)
        looks[name] = kept.get(name) or _joined(bearing_of(voice), before.seen, *clauses)
    return looks


def first_looks_of(breakdown: Breakdown) -> dict[str, str]:
    """Each character's look in a film that has no cast list yet."""
    names = breakdown.characters
    return looks_of(breakdown, cast_voices(names, {}, introductions(breakdown, names)), {})


def introductions(breakdown: Breakdown, names: Iterable[str]) -> dict[str, str]:
    """How the text introduces each of these characters; empty where it doesn't."""
    actions = _actions_of(breakdown)
    introduced = ((name, *_introduced(name, actions)) for name in names)
    return {name: _joined(before.told, *clauses) for name, before, clauses in introduced}


def _actions_of(breakdown: Breakdown) -> list[tuple[str, str]]:
    return [(shot.action, shot.action.casefold()) for scene in breakdown.scenes for shot in scene.shots]


def place_looks_of(breakdown: Breakdown) -> dict[str, str]:
    """By a place's name, what its scenes say of weather and walls: "rain, clock"; only places with any."""
    words: dict[str, dict[str, None]] = {}
    for scene in breakdown.scenes:
        told = surroundings_of(scene).split()
        if told:
            words.setdefault(site_name(scene.location), {}).update(dict.fromkeys(told))
    return {name: ", ".join(told) for name, told in words.items()}


def _introduced(name: str, actions: Sequence[tuple[str, str]]) -> tuple[Apposition, list[str]]:
    """What stands before and after the first mention of a name that clauses follow, else before the first.

    "wife" and "sixty" of "His wife IRIS, sixty, winds the clock".
    """
    folded_name = name.casefold()
    named = [action for action, folded in actions if folded_name in folded]
    for action in named:
        found = re.search(rf"\b{re.escape(name)}\b\s*[,(]([^.;)]*)", action, re.IGNORECASE)
        if found is not None:
            return apposition_before(name, action), _clauses(found.group(1))
    return apposition_before(name, named[0]) if named else Apposition(), []


def _clauses(text: str) -> list[str]:
    clauses = [clause.strip() for clause in text.split(",")]
    if _PREDICATE.match(clauses[-1]):
        clauses.pop()
    return [clause for clause in clauses if 0 < len(clause.split()) <= _CLAUSE_WORDS_MAX][:_CLAUSES_MAX]


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))


def sides_of(scene: Scene) -> dict[str, int]:
    """The side of each of a scene's people: -1 left, 1 right, by turns in the order of their appearance."""
    names = dict.fromkeys(name for shot in scene.shots for name in shot.figures)
    return {name: -1 if index % 2 == 0 else 1 for index, name in enumerate(names)}


def surroundings_of(scene: Scene, look: str = "") -> str:
    """The words that a scene and the look of its place say of its weather and its walls, each once."""
    text = " ".join((scene.heading, *(shot.action for shot in scene.shots), look))
    return " ".join(surroundings_in(text))


def weather_before(scenes: Sequence[Scene], scene: Scene) -> list[str]:
    """What the scene says of the weather that this one goes on from without a break."""
    told: list[str] = []
    at = scene.ordinal - 1
    while at > 0 and _UNBROKEN.search(scenes[at].heading) and not told:
        at -= 1
        told = [word for word in surroundings_of(scenes[at]).split() if word not in WALL_WORDS]
    return told


def surroundings_in(text: str) -> list[str]:
    """The words of a text for weather and for what hangs on walls, each once."""
    return list(dict.fromkeys(word for word in words_of(text) if word in SURROUNDING_WORDS))
