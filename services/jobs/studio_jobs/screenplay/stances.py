"""How a scene leaves its people from shot to shot: who sat down still sits, who took the lamp has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from studio_jobs.screenplay.cast import Cast
from studio_jobs.screenplay.lexicon import HOLDABLE, words_of
from studio_jobs.screenplay.scenes import Scene, Shot


class Posture(StrEnum):
    """How someone is; who neither sits, lies nor kneels stands."""

    STANDING = "STANDING"
    SITTING = "SITTING"
    LYING = "LYING"
    KNEELING = "KNEELING"


@dataclass(frozen=True, slots=True)
class Stance:
    """How someone is at the end of a shot: `holding` is a word of HOLDABLE or empty.

    `is_kept` says that the shot's own text tells nothing of it.
    """

    posture: Posture = Posture.STANDING
    holding: str = ""
    is_kept: bool = True

    def in_words(self) -> str:
        """What the shot's own text leaves out, such as "seated, holding a letter"; may be empty."""
        if not self.is_kept:
            return ""
        article = "an" if self.holding[:1] in "aeiou" else "a"
        holding = f"holding {article} {self.holding}" if self.holding else ""
        return ", ".join(filter(None, (_SAID[self.posture], holding)))


_SAID = {
    Posture.STANDING: "",
    Posture.SITTING: "seated",
    Posture.LYING: "lying down",
    Posture.KNEELING: "kneeling",
}
_POSTURES = {
    Posture.SITTING: (
        r"sits?|sitting|seated|takes (?:a|his|her) seat"
        r"|(?:slumps|sinks|drops) (?:down )?in(?:to)? (?:a|the|his|her)"
        r"|at (?:a|the|his|her) (?:\w+ )?(?:desk|table|piano)"
    ),
    Posture.LYING: r"lies (?:down|on|in|back|still|there)|lying|asleep|sleeps|sleeping|in bed",
    Posture.KNEELING: r"kneels?|kneeling|crouches|crouching",
    Posture.STANDING: (
        r"stands?|standing|rises|gets (?:up|to (?:his|her) feet)|(?:jumps|leaps) (?:up|to (?:his|her) feet)"
        r"|straightens|walks|walking|enters|leaves|exits|runs|running|paces|climbs|approaches|strides|rushes"
        r"|wanders|hurries|crosses (?:the|to|over)"
        r"|(?:comes|goes|steps) (?:to|in|into|out|off|away|down|up|back|over)"
    ),
}
_TAKES = (
    r"takes|picks|holds|holding|grips|clutches|carries|carrying|lifts|raises|grabs|snatches|draws|pulls out"
    r"|opens|reads|reading|unfolds|lights|with"
)
_WORDS: dict[str, str] = {
    **{posture.value: words for posture, words in _POSTURES.items()},
    "GIVES": r"gives|hands|passes|offers|holds out",
    "TAKES": _TAKES,
    "DROPS": r"puts|sets|lays|drops|throws|tosses|pockets",
}
_ACTS = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _WORDS.items()), re.IGNORECASE)
# What ends the words that belong to a verb.
_NEXT = re.compile(r"[.,;:!?]|\b(?:and|then|from|into|onto|on|in|at|while|as|but|of|over|under|beside|by)\b")
_IT = re.compile(r"\b(?:it|them)\b", re.IGNORECASE)
_WITH_THAT = re.compile(r"\s*(?:a|an|the|his|her)\b", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?;])\s+")
_PRONOUN = re.compile(r"(he|she)\b", re.IGNORECASE)
_THEY = re.compile(r"(?:they|both)\b", re.IGNORECASE)
_BEARINGS = {"he": "man", "she": "woman"}


def stances_of(scene: Scene, looks: Mapping[str, str]) -> Mapping[str, Mapping[str, Stance]]:
    """By shot id and name how everybody of a scene is at the end of the shot; each scene begins anew.

    `looks` begin with "man" or "woman", by which "he" and "she" are told apart.
    """
    stances = {name: Stance() for shot in scene.shots for name in shot.figures}
    cast = Cast(stances)
    found, last = {}, ""
    for shot in scene.shots:
        told = dict(stances)
        for sentence in _SENTENCE_ENDS.split(shot.action) if shot.action else ():
            named = cast.named_in(sentence)
            subjects = named[:1] or _meant(sentence, shot, (last, *shot.figures, *stances), looks)
            rest = [name for name in stances if name not in subjects]
            others = named[1:] or (rest if len(rest) == 1 else [])
            for name in subjects:
                _play(told, name, others, sentence)
            last = subjects[0] if subjects else last
        last = next(iter(shot.figures), last)
        changed = [name for name, stance in told.items() if stance != stances[name]]
        found[shot.shot_id] = told | {name: replace(told[name], is_kept=False) for name in changed}
        stances = told
    return found


def _meant(sentence: str, shot: Shot, names: Sequence[str], looks: Mapping[str, str]) -> Sequence[str]:
    """Whom a sentence that names nobody is about: the first of the names whom "he" or "she" fits, or all."""
    if _THEY.match(sentence):
        return shot.figures
    pronoun = _PRONOUN.match(sentence)
    if pronoun is None:
        return ()
    bearing = _BEARINGS[pronoun.group(1).casefold()]
    return [name for name in names if looks.get(name, "").split(",")[0] == bearing][:1]


def _play(stances: dict[str, Stance], name: str, others: Sequence[str], sentence: str) -> None:
    """Let someone do what a sentence says, word after word."""
    for act in _ACTS.finditer(sentence):
        kind = str(act.lastgroup)
        rest = sentence[act.end() :]
        stop = _NEXT.search(rest)
        clause = rest[: stop.start()] if stop else rest
        if kind in _POSTURES:
            stances[name] = replace(stances[name], posture=Posture(kind))
        elif kind == "TAKES":
            _take(stances, name, act.group(), clause)
        else:
            _part(stances, name, others if kind == "GIVES" else (), clause)


def _take(stances: dict[str, Stance], name: str, verb: str, clause: str) -> None:
    """Let someone hold what a clause names; whoever held it has it no longer."""
    thing = _thing_in(clause)
    if not thing and _IT.search(clause):
        thing = next((stance.holding for other, stance in stances.items() if other != name), "")
    # "a table with a lamp", but "with his lantern"
    if not thing or (verb.casefold() == "with" and not _WITH_THAT.match(clause)):
        return
    for other, stance in stances.items():
        if stance.holding == thing:
            stances[other] = replace(stance, holding="")
    stances[name] = replace(stances[name], holding=thing)


def _part(stances: dict[str, Stance], name: str, others: Sequence[str], clause: str) -> None:
    """Let someone put down or give away what they hold, if the clause means it."""
    thing, held = _thing_in(clause), stances[name].holding
    if not thing and _IT.search(clause):
        thing = held
    if thing and thing == held:
        stances[name] = replace(stances[name], holding="")
    if thing and others:
        stances[others[0]] = replace(stances[others[0]], holding=thing)


def _thing_in(clause: str) -> str:
    return next((word for word in words_of(clause) if word in HOLDABLE), "")
