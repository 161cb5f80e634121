"""Who somebody is by the words right before the name: "Her husband HELMER", "The old woman MARTA"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio_jobs.cast import tells_kind

_ADJECTIVES_MAX = 2
_AGED = r"(?:old|elderly|aged|ancient|retired|(?:gr[ea]y|white)-haired|[\w-]+-years?-old)"
_OWNERS = "his|her|their|my|our|your|the|an?|another"
_WHOSE = rf"(?:\b(?:{_OWNERS})|\w['’]s)"
_JOINING = rf"{_OWNERS}|and|as|at|behind|by|for|from|in|of|on|or|to|with"
_WORD = rf"(?!(?:{_JOINING})\b)[a-z][\w-]*"
# What stands before the rest of a name: "Her husband Doctor TORVALD HELMER".
_FORENAMES = r"\s+(?:[A-Z][\w.'’-]*\s+){0,2}\Z"
_ADJECTIVES = rf"(?:{_WORD},?\s+){{0,{_ADJECTIVES_MAX}}}"
_APPOSITION = re.compile(
    rf"(?i:{_WHOSE})\s+(?P<adjectives>{_ADJECTIVES})(?P<noun>{_WORD})(?P<comma>,?){_FORENAMES}"
)
_AGE_ALONE = re.compile(rf"\b(?P<age>(?i:{_AGED})){_FORENAMES}")
# As far back as such a phrase reaches.
_REACH_CHARS = 100
# Whose somebody is can't be seen, and man or woman is said anyway.
_UNSEEN = frozenset(
    {
        "man", "woman", "husband", "wife", "father", "mother", "dad", "mom", "mum", "son", "daughter",
        "brother", "sister", "uncle", "aunt", "nephew", "niece", "boyfriend", "girlfriend", "fiancé",
        "fiancée", "stepfather", "stepmother", "widow", "widower",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Apposition:
    """What is said before a name: "old" and "woman"; either may be empty."""

    adjectives: str = ""
    noun: str = ""

    @property
    def told(self) -> str:
        """All of it."""
        return f"{self.adjectives} {self.noun}".strip()

    @property
    def seen(self) -> str:
        """What of it is a look."""
        return self.adjectives if self.noun in _UNSEEN else self.told


def apposition_before(name: str, action: str) -> Apposition:
    """What stands before a mention of the name and tells sex or age, without whose it is; empty for nothing.

    After a comma it counts only where the name ends it: "Her husband, HELMER, forty", not "A boy, TOM runs".
    """
    for mention in re.finditer(rf"\b{re.escape(name)}\b(?!['’]s)(?P<ends>\s*[,(])?", action, re.IGNORECASE):
        before = action[max(0, mention.start() - _REACH_CHARS) : mention.start()]
        if (found := _apposition(before, ends=mention["ends"] is not None)) != Apposition():
            return found
    return Apposition()


def _apposition(before: str, *, ends: bool) -> Apposition:
    if alone := _AGE_ALONE.search(before):
        return Apposition(alone["age"].lower())
    found = _APPOSITION.search(before)
    if found is None or not tells_kind(found["noun"]) or (found["comma"] and not ends):
        return Apposition()
    return Apposition(found["adjectives"].strip(), found["noun"])
