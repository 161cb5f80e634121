"""What videogen is asked to make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studio_platform.engine import Input


class Move(StrEnum):
    """How the camera moves during a shot."""

    HOLD = "HOLD"
    PAN_LEFT = "PAN_LEFT"
    PAN_RIGHT = "PAN_RIGHT"
    TILT_UP = "TILT_UP"
    TILT_DOWN = "TILT_DOWN"
    PUSH_IN = "PUSH_IN"
    PULL_OUT = "PULL_OUT"
    HANDHELD = "HANDHELD"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A speech (its part "speech" is FLAC), and the frame of the clip at which it starts."""

    start_frame: int
    speech: Input


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """A shot's moving picture; `strength_permille` is 1000 for the engine's usual way, 0 for none.

    `speeches` are those of the one in frame whose mouth opens, each with its first frame.
    `prompt` is for engines that take one.
    """

    width_px: int
    height_px: int
    rate_numerator: int
    rate_denominator: int
    length_frames: int
    move: Move
    strength_permille: int
    seed: int
    still: Input
    speeches: tuple[Spoken, ...] = ()
    prompt: str = ""

    @property
    def length_ms(self) -> int:
        """The length of its frames at its rate, rounded."""
        return round(1000 * self.length_frames * self.rate_denominator / self.rate_numerator)
