"""The film's timeline: where the scenes stand between the cards, in frames, and what that is in time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from studio_composer.blends import Blend
from studio_composer.film_file import Chapter
from studio_composer.splice import Piece
from studio_media.sound import samples_for


@dataclass(frozen=True, slots=True)
class Scene:
    """A segment on the timeline: its heading, the role of its input, its picture and its first frame.

    `crossfade_frames` are shared with the next scene, into which it turns by its `blend`. `shown_role` is
    that of the input whose picture it is.
    """

    heading: str
    role: str
    picture: Piece
    start_frame: int
    encoded_again: bool
    crossfade_frames: int = 0
    shown_role: str = ""
    blend: Blend = Blend.DISSOLVE


@dataclass(frozen=True, slots=True)
class Timeline:
    """The scenes in order; a card may stand before the first and after the last."""

    scenes: tuple[Scene, ...]
    length_frames: int
    rate_hz: Fraction

    @property
    def scene_frames(self) -> range:
        """The frames between the cards."""
        last = self.scenes[-1]
        return range(self.scenes[0].start_frame, last.start_frame + last.picture.length_frames)

    @property
    def scenes_alone(self) -> tuple[Scene, ...]:
        """The scenes that share no frame with another."""
        before = (None, *self.scenes)
        return tuple(
            scene
            for previous, scene in zip(before, self.scenes, strict=False)
            if not scene.crossfade_frames and not (previous and previous.crossfade_frames)
        )

    @property
    def length_ms(self) -> int:
        """The film's length."""
        return self.ms(self.length_frames)

    def ms(self, frames: int) -> int:
        """The milliseconds that so many frames last, rounded."""
        return round(frames * 1_000 / self.rate_hz)

    def frame_at(self, at_ms: int) -> int:
        """The first frame that shows at a time or after it."""
        return -(-at_ms * self.rate_hz.numerator // (1_000 * self.rate_hz.denominator))

    def samples(self, frames: int) -> int:
        """The samples that so many frames last, rounded like every stem's."""
        return samples_for(frames, self.rate_hz.numerator, self.rate_hz.denominator)

    def chapters(self) -> tuple[Chapter, ...]:
        """A chapter for each scene; the first and the last hold the cards, too."""
        starts = [0, *(scene.start_frame for scene in self.scenes[1:]), self.length_frames]
        return tuple(
            Chapter(self.ms(start), self.ms(end), scene.heading)
            for scene, start, end in zip(self.scenes, starts, starts[1:], strict=False)
        )
