"""Help without a model: a short draft from the topic's words, and what the screenplay says of its cast."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filmstudio.scripthelp.v1 import answers_pb2
from studio_jobs.looks import first_looks_of
from studio_jobs.screenplay.abilities import EMBEDDED
from studio_jobs.screenplay.elements import Diagnostic, Severity
from studio_jobs.screenplay.lexicon import OBJECTS, words_of
from studio_jobs.screenplay.scenes import Breakdown, Shot
from studio_jobs.scripthelp import faults
from studio_jobs.scripthelp.drafts import DraftUnreadable, fountain_of
from studio_jobs.scripthelp.port import RULES, LineToTranslate, Topic, Written

TEMPLATE_DRAFT = "TEMPLATE_DRAFT"
TITLE_MAX_CHARS = 60
TOPIC_MAX_CHARS = 400

_INSIDE = (
    "kitchen",
    "office",
    "room",
    "house",
    "school",
    "church",
    "hospital",
    "bar",
    "cafe",
    "shop",
    "train",
    "station",
    "library",
    "theatre",
    "museum",
    "hotel",
    "factory",
    "ship",
    "lighthouse",
    "cellar",
    "attic",
)
_OUTSIDE = (
    "street",
    "harbour",
    "harbor",
    "beach",
    "forest",
    "field",
    "garden",
    "mountain",
    "river",
    "lake",
    "sea",
    "desert",
    "island",
    "bridge",
    "park",
    "village",
    "city",
    "town",
    "roof",
    "farm",
    "pier",
)
_TIMES = {"night": "NIGHT", "midnight": "NIGHT", "dawn": "DAWN", "sunrise": "DAWN", "morning": "MORNING",
          "evening": "EVENING", "dusk": "DUSK", "sunset": "DUSK"}  # fmt: skip
_PAIRS = (("MARA", "TOM"), ("IRIS", "JONAS"), ("LENA", "PAUL"), ("NORA", "EMIL"), ("ADA", "OSCAR"))
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,19}\b")


@dataclass(frozen=True, slots=True)
class _Story:
    """What the templates are filled with."""

    title: str
    about: str
    inside: str
    outside: str
    time: str
    thing: str
    first: str
    second: str


class RulesHelp:
    """Always there, always the same for the same words."""

    @property
    def name(self) -> str:
        """ "rules"."""
        return RULES

    async def write(self, topic: Topic) -> Written:
        """Three scenes in English, filled with the topic's words.

        Raises InvalidInput for words that make no screenplay, such as those that no voice can say.
        """
        draft = _draft(_story(" ".join(topic.text.split())[:TOPIC_MAX_CHARS]))
        note = Diagnostic(
            1,
            Severity.INFO,
            "These three scenes are a template with the words of the topic, in English, whatever length and "
            "language were asked for.",
            "Rewrite them, or set up a language model for the studio (FILM_SCRIPT_HELP_BASE_URL).",
            code=TEMPLATE_DRAFT,
        )
        try:
            return Written(fountain_of(draft, "en"), (note,))
        except DraftUnreadable as unreadable:
            raise faults.unwritable(str(unreadable)) from unreadable

    async def prompts(self, breakdown: Breakdown, shot_ids: Sequence[str]) -> Mapping[str, str]:
        """The breakdown's own prompts with the looks of those in frame."""
        looks, wanted = await self.looks(breakdown), frozenset(shot_ids)
        shots = (shot for scene in breakdown.scenes for shot in scene.shots)
        return {shot.shot_id: _prompt(shot, looks) for shot in shots if shot.shot_id in wanted}

    async def looks(self, breakdown: Breakdown) -> Mapping[str, str]:
        """How the text introduces each character."""
        return first_looks_of(breakdown)

    async def translate(self, lines: Sequence[LineToTranslate], source: str, language: str) -> Sequence[str]:
        """No rule translates. Raises FailedPrecondition."""
        del lines, source, language
        raise faults.without_model()


def _prompt(shot: Shot, looks: Mapping[str, str]) -> str:
    seen = "; ".join(f"{name}: {looks[name]}" for name in shot.figures if looks.get(name))
    return f"{shot.prompt.rstrip('. ')}. {seen}." if seen else shot.prompt


def _story(topic: str) -> _Story:
    words = tuple(words_of(topic))
    chosen = _PAIRS[hashlib.sha256(topic.casefold().encode()).digest()[0] % len(_PAIRS)]
    named = [name.upper() for name in dict.fromkeys(_NAME.findall(topic))]
    first, second = [*named, *(name for name in chosen if name not in named)][:2]
    return _Story(
        title=_title(topic),
        about=topic.rstrip(" .!?"),
        inside=next((word for word in words if word in _INSIDE), "room").upper(),
        outside=next((word for word in words if word in _OUTSIDE), "street").upper(),
        time=next((_TIMES[word] for word in words if word in _TIMES), "DAY"),
        thing=next((word for word in words if word in OBJECTS), "letter"),
        first=first,
        second=second,
    )


def _title(topic: str) -> str:
    """The topic's first words, as many as fit."""
    title = ""
    for word in topic.split():
        if len(title) + 1 + len(word) > TITLE_MAX_CHARS:
            break
        title = f"{title} {word}".strip()
    title = (title or topic[:TITLE_MAX_CHARS]).strip(" .,;:!?") or "Untitled"
    return title[0].upper() + title[1:]


def _draft(story: _Story) -> answers_pb2.ScreenplayDraft:
    return answers_pb2.ScreenplayDraft(
        title=story.title,
        scenes=[
            _scene(
                f"INT. {story.inside} - {story.time}",
                _action(f"{story.first}, thirty, a grey coat, stands still and listens."),
                *_told(story),
                _action(f"{story.second}, forty, in a blue jacket, opens the door."),
                _speech(story.second, "You should not be alone with this."),
            ),
            _scene(
                f"EXT. {story.outside} - {story.time}",
                _action(f"{story.first} and {story.second} walk side by side. The wind is strong."),
                _speech(story.second, "And if it is not true?"),
                _speech(story.first, "Then at least we went to see.", "softly"),
                _action("Far ahead, one small light."),
            ),
            _scene(
                f"INT. {story.inside} - LATER",
                _action(f"The {story.thing} again. Beside it, two cups, still warm."),
                _speech(story.second, "What now?"),
                _speech(story.first, "Now we tell it as it was."),
                _action(f"{story.first} smiles and puts out the lamp."),
            ),
        ],
    )


def _told(story: _Story) -> Sequence[answers_pb2.DraftElement]:
    """The topic, said if a voice can say its words, else seen."""
    if all(map(EMBEDDED.can_say, story.about.split())):
        return (
            _action(f"On the table, a {story.thing}."),
            _speech(story.first, f"So this is it: {story.about}."),
        )
    return (
        _action(f"On the table, a {story.thing}. Beside it, a note: {story.about}."),
        _speech(story.first, "So this is it."),
    )


def _scene(heading: str, *elements: answers_pb2.DraftElement) -> answers_pb2.DraftScene:
    return answers_pb2.DraftScene(heading=heading, elements=elements)


def _action(text: str) -> answers_pb2.DraftElement:
    return answers_pb2.DraftElement(kind=answers_pb2.DRAFT_ELEMENT_KIND_ACTION, text=text)


def _speech(character: str, text: str, parenthetical: str = "") -> answers_pb2.DraftElement:
    return answers_pb2.DraftElement(
        kind=answers_pb2.DRAFT_ELEMENT_KIND_SPEECH,
        character=character,
        parenthetical=parenthetical,
        text=text,
    )
