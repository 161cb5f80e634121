"""A film's cut: its scenes, what shows of each shot, and who says what when; in frames of the film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Blend(StrEnum):
    """How one picture turns into another while both show."""

    DISSOLVE = "dissolve"
    WIPE = "wipe"
    IRIS = "iris"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the screenplay, 1-based; 0 where there are none."""

    first: int
    last: int

    def __str__(self) -> str:
        """Such as "line 4" or "lines 4-7"; empty without any."""
        if not self.first:
            return ""
        return f"line {self.first}" if self.first >= self.last else f"lines {self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Speech:
    """What is said, from `start_frame` of the shot's clip on for `length_frames`."""

    character: str
    text: str
    start_frame: int
    length_frames: int
    lines: Lines


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip of `length_frames`, less its trims, with its last picture held.

    `crossfade_frames` are shared with the next shot of its scene; `dip_frames` go to black here, and from
    black there, or to white, or to black at once. `path` and `task` say where its file lies and what made it.
    """

    shot_id: str
    name: str
    path: str
    task: int
    length_frames: int
    head_frames: int
    tail_frames: int
    hold_frames: int
    crossfade_frames: int
    dip_frames: int
    lines: Lines
    speeches: Sequence[Speech]
    blend: Blend = Blend.DISSOLVE
    dip_to_white: bool = False
    dip_from_cut: bool = False

    @property
    def moving_frames(self) -> int:
        """How long it shows before its last picture is held."""
        return self.length_frames - self.head_frames - self.tail_frames

    @property
    def shown_frames(self) -> int:
        """How long it shows."""
        return self.moving_frames + self.hold_frames


@dataclass(frozen=True, slots=True)
class Stem:
    """A scene's speech, music or effects: what it is, its file, and how the film mixes it."""

    kind: str
    path: str
    muted: bool
    gain_millibels: int


@dataclass(frozen=True, slots=True)
class Scene:
    """Shots in order between two fades; `crossfade_frames` are shared with the next scene."""

    heading: str
    task: int
    shots: Sequence[Shot]
    stems: Sequence[Stem]
    crossfade_frames: int
    fade_in_frames: int
    fade_out_frames: int
    blend: Blend = Blend.DISSOLVE
    fade_in_white: bool = False
    fade_out_white: bool = False

    @property
    def length_frames(self) -> int:
        """How long its picture and its stems are."""
        shared = sum(shot.crossfade_frames for shot in self.shots[:-1])
        return sum(shot.shown_frames for shot in self.shots) - shared


@dataclass(frozen=True, slots=True)
class Cut:
    """The scenes between the title card and the cards at the end; `film_path` is the finished film's file."""

    title: str
    job: str
    revision: str
    film_path: str
    width_px: int
    height_px: int
    rate_hz: Fraction
    opening_frames: int
    closing_frames: int
    scenes: Sequence[Scene]

    @property
    def starts(self) -> list[int]:
        """The first frame of each scene, and last that of the cards at the end."""
        starts = [self.opening_frames]
        for scene in self.scenes:
            starts.append(starts[-1] + scene.length_frames - scene.crossfade_frames)
        return starts

    @property
    def length_frames(self) -> int:
        """The film's length."""
        return self.starts[-1] + self.closing_frames
