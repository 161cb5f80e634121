"""What the studio refuses to film or to keep: a port, and the local list of rules that is its default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text to check, with the line that it starts on and its scene, from 1; 0 for an edit's."""

    text: str
    line: int
    scene: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first passage that breaks a rule, and the rule's category."""

    category: str
    line: int
    scene: int = 0


class Moderator(Protocol):
    """Judges what a workspace brings before anything is made of it: never passes in doubt."""

    @property
    def policy(self) -> str:
        """By what it judges, such as "local" or "local, omni-moderation-latest"."""

    @property
    def sees_pictures(self) -> bool:
        """Whether it judges pictures at all; else all of them pass unseen."""

    async def check(self, workspace: UUID, passages: Sequence[Passage]) -> Refusal | None:
        """The first refusal, or None. Raises Unavailable when nothing can be said."""

    async def check_pictures(self, workspace: UUID, pictures: Sequence[bytes]) -> str:
        """The category of the first JPEG that is refused, or empty. Raises Unavailable as `check` does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A category of what is not filmed, and the words that show it when they stand in one passage."""

    category: str
    pattern: re.Pattern[str]


_MINOR = r"(?:child|children|minor|underage|schoolgirl|schoolboy|toddler|infant)"
_SEXUAL = r"(?:sex|sexual|sexually|naked|nude|porn|pornographic|erotic)"

LOCAL_RULES = (
    Rule(
        "sexual content with minors",
        re.compile(rf"\b{_MINOR}\b.{{0,200}}\b{_SEXUAL}\b|\b{_SEXUAL}\b.{{0,200}}\b{_MINOR}\b", re.I | re.S),
    ),
    Rule(
        "instructions for weapons of mass harm",
        re.compile(
            r"\b(?:step[- ]by[- ]step|instructions?|recipe|how to)\b.{0,120}"
            r"\b(?:nerve agent|sarin|dirty bomb|pipe bomb|anthrax)\b",
            re.I | re.S,
        ),
    ),
)


class LocalPolicy:
    """The default moderator: a short list of rules for texts, read here, nothing leaves the machine."""

    policy = "local"
    sees_pictures = False

    def __init__(self, rules: Sequence[Rule] = LOCAL_RULES) -> None:
        self._rules = tuple(rules)

    async def check(self, workspace: UUID, passages: Sequence[Passage]) -> Refusal | None:  # noqa: ARG002 - the port's
        """The first passage that one of the rules fits."""
        for passage in passages:
            for rule in self._rules:
                if rule.pattern.search(passage.text):
                    return Refusal(rule.category, passage.line, passage.scene)
        return None

    async def check_pictures(self, workspace: UUID, pictures: Sequence[bytes]) -> str:  # noqa: ARG002 - the port's
        """Nothing: a list of words sees no picture."""
        return ""
