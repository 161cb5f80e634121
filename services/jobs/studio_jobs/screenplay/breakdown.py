"""A screenplay into scenes and shots, by rules: sounds, camera, length, prompt and identity of each shot."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio_jobs.screenplay.cast import Cast
from studio_jobs.screenplay.drafts import Draft, draft_shots
from studio_jobs.screenplay.durations import silent_ms, speech_ms
from studio_jobs.screenplay.elements import Element, Kind, Screenplay, Span
from studio_jobs.screenplay.headings import Place, Setting, TimeOfDay, normalised, read_setting
from studio_jobs.screenplay.lexicon import (
    AMBIENCES,
    EFFECTS,
    MOODS,
    Ambience,
    Effect,
    Mood,
    words_of,
)
from studio_jobs.screenplay.moves import Suggestion, suggested
from studio_jobs.screenplay.passages import without_aside
from studio_jobs.screenplay.prompts import Scenery, prompt_of
from studio_jobs.screenplay.scenes import Breakdown, EffectCue, Scene, Shot
from studio_jobs.screenplay.transitions import Opening, opening_after
from studio_jobs.screenplay.wording import unmarked

_EFFECTS_PER_SHOT_MAX = 3
_OPENING_HEADING = "OPENING"
_UNHEARD = frozenset({Kind.NOTE, Kind.BONEYARD})


def break_down(screenplay: Screenplay) -> Breakdown:
    """Break a screenplay down into shots; the same screenplay always gives the same shots."""
    cast = Cast(element.name for element in screenplay.elements if element.kind is Kind.CHARACTER)
    scenes = _Scenes(cast)
    for heading, elements in _by_scene(screenplay.elements):
        scenes.add(heading, elements)
    return Breakdown(
        title=unmarked(screenplay.title_entry("title")),
        credit=unmarked(screenplay.title_entry("credit")),
        author=unmarked(screenplay.title_entry("author", "authors")),
        language=(screenplay.language or screenplay.title_entry("language")).strip(),
        scenes=tuple(scenes.found),
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the shots of a scene share: the heading's identity and words, where and when they are, its sounds.

    `ambiences` are those of a shot of which the words name none.
    """

    identity: str
    words: tuple[str, ...]
    scenery: Scenery
    ambiences: tuple[Ambience, ...]


class _Scenes:
    """The scenes so far, with what a later one takes from earlier ones: ids, the time, who was where."""

    def __init__(self, cast: Cast) -> None:
        self.found: list[Scene] = []
        self._cast = cast
        self._scene_ids, self._shot_ids = _Identities("scene"), _Identities("shot")
        self._times: dict[bool, TimeOfDay] = {}
        self._whereabouts: dict[str, Scenery] = {}
        self._opening = Opening.PLAIN

    def add(self, heading: Element, elements: Sequence[Element]) -> None:
        """Break one scene down."""
        told, aside = without_aside(heading.text)
        setting = read_setting(told)
        time_of_day = self._time_of(setting, bool(aside))
        scenery = Scenery(setting.place, setting.location, time_of_day, aside=aside)
        identity, words = normalised(heading.text), words_of(heading.text)
        drafts = draft_shots(heading, elements, self._cast)
        last = max((element.span.line_last for element in elements), default=heading.span.line_last)
        ordinal = len(self.found) + 1
        scene = Scene(
            scene_id=self._scene_ids.of(identity),
            ordinal=ordinal,
            number=heading.scene_number or str(ordinal),
            heading=heading.text,
            place=setting.place,
            location=setting.location,
            time_of_day=time_of_day,
            span=Span(heading.span.line_first, max(last, heading.span.line_last)),
            mood=_mood(heading, elements),
            shots=self._shots(_Ground(identity, words, scenery, _ambiences(words, scenery)), drafts),
            aside=aside,
            opening=self._opening,
        )
        self._opening = _opening(elements)
        self.found.append(scene)
        here = (name for draft in drafts if not draft.elsewhere for name in draft.figures)
        self._whereabouts.update(dict.fromkeys(here, scenery))

    def _time_of(self, setting: Setting, is_aside: bool) -> TimeOfDay:
        """The time that a heading says or continues; flashbacks have a time of their own."""
        before = self._times.get(is_aside, TimeOfDay.UNSPECIFIED)
        self._times[is_aside] = before if setting.continues else setting.time_of_day
        return self._times[is_aside]

    def _shots(self, ground: _Ground, drafts: Sequence[Draft]) -> tuple[Shot, ...]:
        moves = suggested(drafts, ground.scenery.place)
        return tuple(
            self._shot(ground, draft, ordinal, move)
            for ordinal, (draft, move) in enumerate(zip(drafts, moves, strict=True), start=1)
        )

    def _shot(self, ground: _Ground, draft: Draft, ordinal: int, move: Suggestion) -> Shot:
        there, ambiences = ground.scenery, ground.ambiences
        words = () if draft.lines else words_of(draft.action)
        if draft.elsewhere:
            there = self._whereabouts.get(draft.speaker, there)
        if words or draft.elsewhere:
            ambiences = _ambiences((*ground.words, *words), there)
        return Shot(
            shot_id=self._shot_ids.of(ground.identity, *draft.content),
            ordinal=ordinal,
            span=draft.span,
            size=draft.size,
            figures=draft.figures,
            speaker=draft.speaker,
            action=draft.action,
            lines=draft.lines,
            move=move.move,
            move_reason=move.reason,
            place=there.place,
            location=there.location,
            time_of_day=there.time_of_day,
            estimated_ms=speech_ms(draft.lines) if draft.lines else silent_ms(draft.action),
            prompt=prompt_of(draft.size, there, dict.fromkeys(draft.figures, ""), draft.action),
            ambiences=ambiences,
            effects=_effects(words) if words else (),
            joint=draft.joint,
            supers=draft.supers,
        )


class _Identities:
    """Ids made of content: a hash of the text, and the number of its occurrence for texts that repeat."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._seen: dict[str, int] = {}

    def of(self, *texts: str) -> str:
        """Return the id of texts of one line, without blanks at the edges and with single ones between."""
        digest = hashlib.sha256("\x1f".join(texts).encode(), usedforsecurity=False).hexdigest()[:16]
        occurrence = self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"{self._prefix}-{digest}-{occurrence}"


def _by_scene(elements: Sequence[Element]) -> Iterator[tuple[Element, list[Element]]]:
    """Yield each heading with what follows it; what is filmed before the first one is an opening."""
    heading: Element | None = None
    body: list[Element] = []
    for element in elements:
        if element.kind is Kind.SCENE_HEADING:
            if heading is not None:
                yield heading, body
            elif any(e.kind in (Kind.ACTION, Kind.DIALOGUE) for e in body):
                yield Element(Kind.SCENE_HEADING, _OPENING_HEADING, body[0].span), body
            heading, body = element, []
        else:
            body.append(element)
    if heading is not None:
        yield heading, body


def _opening(elements: Sequence[Element]) -> Opening:
    """How the scene after these elements begins."""
    last = next((e for e in reversed(elements) if e.kind not in _UNHEARD), None)
    is_left = last is not None and last.kind is Kind.TRANSITION
    return opening_after(last.text) if last is not None and is_left else Opening.PLAIN


def _mood(heading: Element, elements: Sequence[Element]) -> Mood:
    """Return the mood that most words of the scene name; the first named wins a tie."""
    texts = [e.text for e in (heading, *elements) if e.kind not in _UNHEARD]
    counts = Counter([MOODS[word] for word in words_of(" ".join(texts)) if word in MOODS])
    return counts.most_common(1)[0][0] if counts else Mood.NEUTRAL


def _ambiences(words: Sequence[str], scenery: Scenery) -> tuple[Ambience, ...]:
    """Return what words name, then the tone of a room or a night outside; never nothing."""
    found: dict[Ambience, None] = dict.fromkeys([AMBIENCES[word] for word in words if word in AMBIENCES])
    if scenery.place is Place.INT:
        found[Ambience.ROOM_TONE] = None
    elif scenery.time_of_day is TimeOfDay.NIGHT:
        found[Ambience.NIGHT] = None
    if not found:
        found[Ambience.AIR] = None
    return tuple(found)


def _effects(words: Sequence[str]) -> tuple[EffectCue, ...]:
    """Return the sounds that the words of an action name, each where its first word stands among them."""
    found: dict[Effect, int] = {}
    for word in [word for word in words if word in EFFECTS]:
        found.setdefault(EFFECTS[word], words.index(word) * 1000 // len(words))
    return tuple(EffectCue(kind, at) for kind, at in list(found.items())[:_EFFECTS_PER_SHOT_MAX])
