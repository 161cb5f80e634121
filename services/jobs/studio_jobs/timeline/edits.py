"""What was edited of a film's timeline, by ids of shots and scenes that survive edits of the screenplay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from studio_jobs.timeline.locks import Brought, Lock

TRIM_MAX_MS = 600_000
HOLD_MAX_MS = 60_000
TRANSITION_MAX_MS = 5_000
GAIN_MIN_MILLIBELS = -6_000
GAIN_MAX_MILLIBELS = 1_200
TITLE_MAX_CHARACTERS = 200


class TransitionKind(IntEnum):
    """How a shot gives way to the next; the numbers are the contract's."""

    CUT = 1
    CROSSFADE = 2
    DIP = 3
    WIPE = 4
    IRIS = 5
    DIP_TO_WHITE = 6
    CUT_TO_BLACK = 7


SHARED_KINDS = frozenset({TransitionKind.CROSSFADE, TransitionKind.WIPE, TransitionKind.IRIS})
"""In which both shots show at once."""
DIP_KINDS = frozenset({TransitionKind.DIP, TransitionKind.DIP_TO_WHITE, TransitionKind.CUT_TO_BLACK})
"""In which neither shows for a moment."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The joint after a shot; a shared one is in both shots, a dip goes out of one and into the next."""

    kind: TransitionKind
    length_ms: int = 0

    @property
    def shared_ms(self) -> int:
        """For how long both shots show."""
        return self.length_ms if self.kind in SHARED_KINDS else 0

    @property
    def fall_ms(self) -> int:
        """How long the first shot takes to black or white; 0 is at once or never."""
        return self.length_ms if self.kind in (TransitionKind.DIP, TransitionKind.DIP_TO_WHITE) else 0

    @property
    def rise_ms(self) -> int:
        """How long the next shot takes from black or white."""
        return self.length_ms if self.kind in DIP_KINDS else 0

    @property
    def is_white(self) -> bool:
        """Whether it goes over white."""
        return self.kind is TransitionKind.DIP_TO_WHITE


@dataclass(frozen=True, slots=True)
class Level:
    """How much louder a sound is than the mix would have it, 1/100 dB, or that it is not heard."""

    gain_millibels: int = 0
    muted: bool = False


@dataclass(frozen=True, slots=True)
class ShotEdit:
    """What was edited of a shot; `lines` by a line's number in it, from 1, `effects` by their kind."""

    head_trim_ms: int = 0
    tail_trim_ms: int = 0
    hold_ms: int = 0
    transition: Transition | None = None
    lines: Mapping[int, Level] = field(default_factory=dict)
    effects: Mapping[str, Level] = field(default_factory=dict)

    @property
    def moves_time(self) -> bool:
        """Whether what follows the shot starts at another time, its transition apart."""
        return bool(self.head_trim_ms or self.tail_trim_ms or self.hold_ms)


@dataclass(frozen=True, slots=True)
class SceneEdit:
    """How loud a scene's score is, and its ambience and effects together."""

    music: Level = Level()
    effects: Level = Level()


@dataclass(frozen=True, slots=True)
class Place:
    """A shot moved next to another; places are taken in the order of their numbers."""

    shot_id: str
    anchor_id: str
    is_before: bool
    number: int


@dataclass(frozen=True, slots=True)
class Titles:
    """The texts of the cards; empty ones are as the screenplay has them."""

    title: str = ""
    credit: str = ""
    author: str = ""
    end_title: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEdits:
    """All edits of a project's timeline; `locks` by the ids of locked shots, `brought` by `media_subject`."""

    shots: Mapping[str, ShotEdit] = field(default_factory=dict)
    scenes: Mapping[str, SceneEdit] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    titles: Titles = Titles()
    locks: Mapping[str, Lock] = field(default_factory=dict)
    brought: Mapping[str, Brought] = field(default_factory=dict)

    def media(self, subject_id: str, what: str) -> Brought | None:
        """The file in place of a shot's "still" or "line-1", a scene's "music", a character's "portrait"."""
        return self.brought.get(f"{subject_id}/{what}")

    def shot(self, shot_id: str) -> ShotEdit:
        """The edit of a shot; an empty one where nothing was edited."""
        return self.shots.get(shot_id, _UNEDITED_SHOT)

    def scene(self, scene_id: str) -> SceneEdit:
        """The edit of a scene; an empty one where nothing was edited."""
        return self.scenes.get(scene_id, _UNEDITED_SCENE)


_UNEDITED_SHOT = ShotEdit()
_UNEDITED_SCENE = SceneEdit()
