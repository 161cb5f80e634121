"""A screenplay into scenes and shots, by rules: sounds, camera, length, prompt and identity of each shot."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from studio_jobs.screenplay.cast import Cast
from studio_jobs.screenplay.drafts import Draft, draft_shots
from studio_jobs.screenplay.elements import Element, Kind, Screenplay, Span
from studio_jobs.screenplay.headings import Place, Setting, TimeOfDay, normalised, read_setting
from studio_jobs.screenplay.lexicon import (
    AMBIENCES,
    EFFECTS,
    MOODS,
    MOVES,
    Ambience,
    Effect,
    Mood,
    Move,
    words_of,
)
from studio_jobs.screenplay.prompts import Scenery, prompt_of
from studio_jobs.screenplay.scenes import Breakdown, EffectCue, Scene, Shot
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.screenplay.wording import unmarked

_SILENT_MS_MIN = 2_000
_SILENT_MS_MAX = 6_000
_SILENT_MS_BASE = 1_000
_SILENT_MS_PER_WORD = 200
_SPEECH_WORDS_PER_MINUTE = 165
_SPEECH_PAUSE_MS = 400
_EFFECTS_PER_SHOT_MAX = 3
_OPENING_HEADING = "OPENING"

# Shots of odd and of even ordinal draw on different moves, and masters on moves of their own: neighbours
# never repeat a default, yet no shot's move depends on the text of another.
_MASTER_MOVES = (Move.PAN_RIGHT, Move.TILT_DOWN)
_ODD_MOVES = {ShotSize.WIDE: Move.PAN_LEFT, ShotSize.MEDIUM: Move.PAN_LEFT}
_EVEN_MOVES = {ShotSize.INSERT: Move.PULL_OUT, ShotSize.WIDE: Move.PULL_OUT}


def break_down(screenplay: Screenplay) -> Breakdown:
    """Break a screenplay down into shots; the same screenplay always gives the same shots."""
    cast = Cast(screenplay.elements)
    scene_ids, shot_ids = _Identities("scene"), _Identities("shot")
    scenes: list[Scene] = []
    before = TimeOfDay.UNSPECIFIED
    for heading, elements in _by_scene(screenplay.elements):
        setting = read_setting(heading.text)
        time_of_day = before if setting.continues else setting.time_of_day
        before = time_of_day
        ordinal = len(scenes) + 1
        drafts = draft_shots(heading, elements, cast)
        last = max((element.span.line_last for element in elements), default=heading.span.line_last)
        scenes.append(
            Scene(
                scene_id=scene_ids.of(normalised(heading.text)),
                ordinal=ordinal,
                number=heading.scene_number or str(ordinal),
                heading=heading.text,
                place=setting.place,
                location=setting.location,
                time_of_day=time_of_day,
                span=Span(heading.span.line_first, max(last, heading.span.line_last)),
                mood=_mood(heading, elements),
                shots=_shots(heading, setting, time_of_day, drafts, ordinal, shot_ids),
            )
        )
    return Breakdown(
        title=unmarked(screenplay.title_entry("title")),
        credit=unmarked(screenplay.title_entry("credit")),
        author=unmarked(screenplay.title_entry("author", "authors")),
        language=screenplay.title_entry("language").strip(),
        scenes=tuple(scenes),
    )


class _Identities:
    """Ids made of content: a hash of the text, and the number of its occurrence for texts that repeat."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._seen: Counter[str] = Counter()

    def of(self, *texts: str) -> str:
        body = "\x1f".join(" ".join(text.split()) for text in texts)
        digest = hashlib.sha256(body.encode()).hexdigest()[:16]
        self._seen[digest] += 1
        return f"{self._prefix}-{digest}-{self._seen[digest]}"


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


def _shots(
    heading: Element,
    setting: Setting,
    time_of_day: TimeOfDay,
    drafts: Sequence[Draft],
    scene_ordinal: int,
    identities: _Identities,
) -> tuple[Shot, ...]:
    scenery = Scenery(setting.place, setting.location, time_of_day)
    return tuple(
        Shot(
            shot_id=identities.of(normalised(heading.text), *draft.content),
            ordinal=ordinal,
            span=draft.span,
            size=draft.size,
            figures=draft.figures,
            speaker=draft.speaker,
            action=draft.action,
            lines=draft.lines,
            move=_move(draft, ordinal, scene_ordinal),
            estimated_ms=_estimated_ms(draft),
            prompt=prompt_of(draft.size, scenery, dict.fromkeys(draft.figures, ""), draft.action),
            ambiences=_ambiences(heading, setting, time_of_day, draft),
            effects=_effects(draft),
        )
        for ordinal, draft in enumerate(drafts, start=1)
    )


def _mood(heading: Element, elements: Sequence[Element]) -> Mood:
    """Return the mood that most words of the scene name; the first named wins a tie."""
    texts = (e.text for e in (heading, *elements) if e.kind not in (Kind.NOTE, Kind.BONEYARD))
    counts = Counter(MOODS[word] for text in texts for word in words_of(text) if word in MOODS)
    return counts.most_common(1)[0][0] if counts else Mood.NEUTRAL


def _move(draft: Draft, ordinal: int, scene_ordinal: int) -> Move:
    """Return the move that the action asks for, else the default of the shot's place and size."""
    if not draft.lines:
        asked = next((MOVES[word] for word in words_of(draft.action) if word in MOVES), None)
        if asked is not None:
            return asked
    if ordinal == 1:
        return _MASTER_MOVES[scene_ordinal % len(_MASTER_MOVES)]
    if ordinal % 2:
        return _ODD_MOVES.get(draft.size, Move.PUSH_IN)
    return _EVEN_MOVES.get(draft.size, Move.HOLD)


def _estimated_ms(draft: Draft) -> int:
    """Return the expected length: speech at 165 words a minute, silence by the words of its action."""
    if draft.lines:
        voices = Counter({line.character: 0 for line in draft.lines})
        for line in draft.lines:
            voices[line.character] += len(line.text.split())
        dual = any(line.dual for line in draft.lines)
        words = max(voices.values()) if dual else sum(voices.values())
        return words * 60_000 // _SPEECH_WORDS_PER_MINUTE + _SPEECH_PAUSE_MS
    length_ms = _SILENT_MS_BASE + _SILENT_MS_PER_WORD * len(draft.action.split())
    return min(max(length_ms, _SILENT_MS_MIN), _SILENT_MS_MAX)


def _ambiences(
    heading: Element, setting: Setting, time_of_day: TimeOfDay, draft: Draft
) -> tuple[Ambience, ...]:
    """Return what the heading and the action name; else the tone of a room, or of a night outside."""
    words = (*words_of(heading.text), *(words_of(draft.action) if not draft.lines else ()))
    found = dict.fromkeys(AMBIENCES[word] for word in words if word in AMBIENCES)
    if setting.place is Place.INT:
        found[Ambience.ROOM_TONE] = None
    elif time_of_day is TimeOfDay.NIGHT:
        found[Ambience.NIGHT] = None
    return tuple(found)


def _effects(draft: Draft) -> tuple[EffectCue, ...]:
    """Return the sounds of the action, each where its first word stands in the text."""
    if draft.lines:
        return ()
    words = list(words_of(draft.action))
    found: dict[Effect, int] = {}
    for at, word in enumerate(words):
        if word in EFFECTS:
            found.setdefault(EFFECTS[word], at * 1000 // len(words))
    return tuple(EffectCue(kind, at) for kind, at in list(found.items())[:_EFFECTS_PER_SHOT_MAX])
