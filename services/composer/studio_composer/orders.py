"""What the composer is asked for: the orders of one scene's segment and of the whole film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio_platform.engine import Input

SHOTS_MAX = 500
SEGMENTS_MAX = 3_000
CARD_MAX_FRAMES = 7_200


@dataclass(frozen=True, slots=True)
class SpeechCue:
    """A speech in its shot: the input's role, and the frames after the shot's start when it begins."""

    role: str
    start_frame: int
    character: str
    text: str


@dataclass(frozen=True, slots=True)
class SegmentShot:
    """One shot of a scene, exactly `length_frames` long."""

    shot_id: str
    clip_role: str
    length_frames: int
    cues: tuple[SpeechCue, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentOrder:
    """One scene. An empty role means that the scene has no such sound; 0 frames of fade is a cut."""

    width_px: int
    height_px: int
    rate_numerator: int
    rate_denominator: int
    shots: tuple[SegmentShot, ...]
    music_role: str = ""
    effects_role: str = ""
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    inputs: Mapping[str, Input] = field(default_factory=dict)

    @property
    def length_frames(self) -> int:
        """The scene's length."""
        return sum(shot.length_frames for shot in self.shots)


@dataclass(frozen=True, slots=True)
class FilmSegment:
    """A scene in the film: the role of its segment, and its heading, which names its chapter."""

    role: str
    heading: str


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """The film. `language` is BCP-47; a card of 0 frames is left out."""

    title: str
    width_px: int
    height_px: int
    rate_numerator: int
    rate_denominator: int
    segments: tuple[FilmSegment, ...]
    credit: str = ""
    author: str = ""
    loudness_target_millilufs: int = -16_000
    title_card_frames: int = 0
    end_card_frames: int = 0
    language: str = "en"
    inputs: Mapping[str, Input] = field(default_factory=dict)
