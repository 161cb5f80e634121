"""What a breakdown holds: scenes, their shots, and the lines, sounds and camera of each shot."""

from __future__ import annotations

from dataclasses import dataclass

from studio_jobs.screenplay.elements import Span
from studio_jobs.screenplay.headings import Place, TimeOfDay
from studio_jobs.screenplay.joints import Joint
from studio_jobs.screenplay.lexicon import Ambience, Effect, Mood, Move
from studio_jobs.screenplay.shot_sizes import ShotSize
from studio_jobs.screenplay.supers import Super
from studio_jobs.screenplay.transitions import Opening


@dataclass(frozen=True, slots=True)
class Line:
    """What one character says in a shot, without marks of emphasis; lines with `dual` sound together."""

    character: str
    text: str
    parenthetical: str
    span: Span
    dual: bool = False


@dataclass(frozen=True, slots=True)
class EffectCue:
    """A sound named by the action, at `at_permille` of its shot."""

    kind: Effect
    at_permille: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot. `ordinal` counts from 1 in its scene; `figures` are those in frame, the speaker first.

    `place`, `location` and `time_of_day` are the scene's, but in an intercut those of the speaker.
    `estimated_ms` is 2,000 to 6,000 for a silent shot, by the page that its action takes, and by words a
    minute and pauses for speech; `edited_ms` wins over it, 0 for none. `move_reason` is a clause for people.
    `shot_id` depends on the heading and the shot's own text alone, until `align` gives it the one of the
    revision before. `joint` is how it gives way to the next shot, where a transition says so;
    `supers` are written over its picture. Its last line is heard `heard_after_ms` after its end, and that of
    the shot before `heard_before_ms` after its start.
    """

    shot_id: str
    ordinal: int
    span: Span
    size: ShotSize
    figures: tuple[str, ...]
    speaker: str
    action: str
    lines: tuple[Line, ...]
    move: Move
    move_reason: str
    place: Place
    location: str
    time_of_day: TimeOfDay
    estimated_ms: int
    prompt: str
    ambiences: tuple[Ambience, ...]
    effects: tuple[EffectCue, ...]
    edited_ms: int = 0
    joint: Joint | None = None
    supers: tuple[Super, ...] = ()
    heard_after_ms: int = 0
    heard_before_ms: int = 0

    @property
    def people(self) -> tuple[str, ...]:
        """Who is in frame or speaks, each once."""
        return tuple(dict.fromkeys((*self.figures, *(line.character for line in self.lines))))


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: `number` is the writer's or, without one, its place in the film, from 1.

    `aside` is "flashback", "flash forward" or "dream" for a scene out of the story's own time, else "".
    `opening` follows from the transition before it.
    """

    scene_id: str
    ordinal: int
    number: str
    heading: str
    place: Place
    location: str
    time_of_day: TimeOfDay
    span: Span
    mood: Mood
    shots: tuple[Shot, ...]
    aside: str = ""
    opening: Opening = Opening.PLAIN

    def label(self, shot: Shot) -> str:
        """What people call one of its shots: the numbers under which both were written, such as "3.2"."""
        return f"{self.number}.{shot.ordinal}"

    @property
    def ambiences(self) -> tuple[Ambience, ...]:
        """The ambiences of all shots, each once, in order."""
        return tuple(dict.fromkeys(ambience for shot in self.shots for ambience in shot.ambiences))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A screenplay as a film crew works from it; no scene is without a shot."""

    title: str
    credit: str
    author: str
    language: str
    scenes: tuple[Scene, ...]

    @property
    def characters(self) -> tuple[str, ...]:
        """Everyone who speaks, each once, in order of the first line."""
        lines = (line for scene in self.scenes for shot in scene.shots for line in shot.lines)
        return tuple(dict.fromkeys(line.character for line in lines))
