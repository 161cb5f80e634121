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
class ClipOrder:
    """A shot's moving picture; `strength_permille` is 1000 for the engine's usual way, 0 for none.

    `loudness` is what the speaker in frame says in each frame, 0 to 1; empty where nothing is known of it.
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
    loudness: tuple[float, ...] = ()

    @property
    def length_ms(self) -> int:
        """The length of its frames at its rate, rounded."""
        return round(1000 * self.length_frames * self.rate_denominator / self.rate_numerator)
