"""What help with screenplays is, whoever gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio_jobs.screenplay.elements import Diagnostic
from studio_jobs.screenplay.scenes import Breakdown

RULES = "rules"
"""The name of the help that needs no model."""

DEFAULT_LANGUAGE = "en"

TRANSLATED_LINES_MAX = 40
"""At a time."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a screenplay shall be about, its length in minutes, and its language, BCP-47."""

    text: str
    minutes: int
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Written:
    """Fountain that this studio's reader finds no error in, and what its writer remarks."""

    content: bytes
    remarks: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class LineToTranslate:
    """A line of a film: who says it ("" for a heading or a title), how, and in about which time (0: any)."""

    text: str
    character: str = ""
    delivery: str = ""
    expected_ms: int = 0


class ScriptHelp(Protocol):
    """Suggestions for one screenplay at a time. Raises StudioError."""

    @property
    def name(self) -> str:
        """ "rules", or the name of the model."""

    async def write(self, topic: Topic) -> Written:
        """A first draft."""

    async def prompts(self, breakdown: Breakdown, shot_ids: Sequence[str]) -> Mapping[str, str]:
        """A prompt for each of these shots of the breakdown, by id."""

    async def looks(self, breakdown: Breakdown) -> Mapping[str, str]:
        """The look of each character of the breakdown, by name; "" where nothing is known."""

    async def translate(self, lines: Sequence[LineToTranslate], source: str, language: str) -> Sequence[str]:
        """Each line in another language, both BCP-47; at most TRANSLATED_LINES_MAX."""
