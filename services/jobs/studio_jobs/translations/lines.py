"""What there is to translate of a film: lines, narration, headings and what cards say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from studio_jobs.cast import NARRATOR
from studio_jobs.narration import narrated
from studio_jobs.scene_tasks import SPEECH_MS_PER_WORD
from studio_jobs.screenplay.scenes import Breakdown, Scene
from studio_jobs.timeline.edits import Titles
from studio_jobs.translations.documents import Tongue

FILM = "film"
"""What owns the texts of cards, where a line has its shot."""


class TextKind(IntEnum):
    """What is translated: as in the contract."""

    DIALOGUE = 1
    NARRATION = 2
    HEADING = 3
    TITLE = 4


class Standing(IntEnum):
    """How a translation stands to its text: as in the contract."""

    MISSING = 1
    TRANSLATED = 2
    STALE = 3


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text to translate. `place` is what people call its shot or scene, "" for the film."""

    line_id: str
    kind: TextKind
    text: str
    place: str = ""
    character: str = ""
    delivery: str = ""
    expected_ms: int = 0
    line: int = 0

    def standing(self, tongue: Tongue) -> Standing:
        """Whether a language has it."""
        if tongue.current(self.line_id, self.text):
            return Standing.TRANSLATED
        return Standing.STALE if self.line_id in tongue.texts else Standing.MISSING


def speech_id(shot_id: str, number: int) -> str:
    """The id of a shot's line, whose numbers count from 1."""
    return f"{shot_id}/line-{number}"


def heading_id(scene: Scene) -> str:
    """The id of a scene's heading."""
    return f"{scene.scene_id}/heading"


def title_id(name: str) -> str:
    """The id of what a card says: "title", "credit" or "end-title"."""
    return f"{FILM}/{name}"


def source_texts(breakdown: Breakdown, titles: Titles, display_name: str) -> list[SourceText]:
    """Everything that can be translated, in the film's order; cards come first."""
    cards = {
        "title": titles.title or breakdown.title or display_name,
        "credit": titles.credit or breakdown.credit,
        "end-title": titles.end_title,
    }
    found = [SourceText(title_id(name), TextKind.TITLE, text) for name, text in cards.items() if text]
    for scene in narrated(breakdown).scenes:
        found += _of_scene(scene)
    return found


def _of_scene(scene: Scene) -> Iterator[SourceText]:
    line = scene.span.line_first
    yield SourceText(heading_id(scene), TextKind.HEADING, scene.heading, scene.number, line=line)
    for shot in scene.shots:
        for number, said in enumerate(shot.lines, start=1):
            kind = TextKind.NARRATION if said.character == NARRATOR else TextKind.DIALOGUE
            yield SourceText(
                speech_id(shot.shot_id, number),
                kind,
                said.text,
                scene.label(shot),
                said.character,
                said.parenthetical,
                SPEECH_MS_PER_WORD * len(said.text.split()),
                said.span.line_first,
            )
