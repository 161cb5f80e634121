"""Framing: the window of a clip that an output of other proportions shows, frame by frame.

The window is as large as the clip allows, so it has room along one side only. It stands still wherever one
place holds who matters for the whole shot; else it moves with the camera, by as little as keeps them in. When
somebody else speaks who is not in the window, it glides over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from studio_composer.figures import Figure, Span, Track, Views
from studio_composer.orders import SpeechCue

MARGIN_SHARE = 0.05
"""Of the window's length, between its edge and a head."""

BODY_SHARE = 0.25
"""How much the window's place goes by the whole body, the rest by the head: people look into the picture."""

SMOOTHING_SECONDS = 0.5
GLIDE_SECONDS = 0.8
HOLD_MIN_SECONDS = 1.2
HEADROOM_SHARE = 0.42
"""Where down a wide window a head's middle stands."""

_STEPS = 64
# Windows start at such shares of a pixel: equal numbers on every machine.
_PIXEL_PARTS = 64


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, in pixels of it."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Shot:
    """What a framing goes by: sizes in pixels, who is in frame, who speaks from when, who matters else."""

    clip_width_px: int
    clip_height_px: int
    width_px: int
    height_px: int
    rate_hz: float
    figures: Sequence[Figure]
    views: Views
    cues: Sequence[SpeechCue] = ()
    subject: str = ""

    @property
    def length_frames(self) -> int:
        """How many frames it has."""
        return len(self.views.boxes)

    @property
    def is_narrowed(self) -> bool:
        """Whether the window is narrower than the clip, and not lower."""
        return self.width_px * self.clip_height_px < self.height_px * self.clip_width_px

    @property
    def share(self) -> float:
        """The window's length along the side where it has room, as a share of the clip's."""
        across = self.width_px * self.clip_height_px / (self.height_px * self.clip_width_px)
        return across if self.is_narrowed else 1 / across


def windows(shot: Shot) -> list[Window]:
    """The window of each frame."""
    begins = _places(shot) - shot.share / 2
    side_px = shot.clip_width_px if shot.is_narrowed else shot.clip_height_px
    length_px = shot.share * side_px
    starts_px = np.clip(np.round(begins * side_px * _PIXEL_PARTS) / _PIXEL_PARTS, 0, side_px - length_px)
    if shot.is_narrowed:
        return [Window(float(start), 0.0, length_px, float(shot.clip_height_px)) for start in starts_px]
    return [Window(0.0, float(start), float(shot.clip_width_px), length_px) for start in starts_px]


def _places(shot: Shot) -> Track:
    """Where the window's middle is."""
    if not shot.figures or shot.share >= 1:
        return np.full(shot.length_frames, 0.5)
    holds = _holds(shot)
    places = _held(shot, holds[0])
    frames = np.arange(shot.length_frames)
    glide = max(1.0, GLIDE_SECONDS * shot.rate_hz)
    for before, hold in pairwise(holds):
        if hold.name != before.name:
            time = np.clip((frames - hold.start_frame) / glide + 0.5, 0, 1)
            eased = time * time * (3 - 2 * time)
            places = places + eased * (_held(shot, hold) - places)
    return np.clip(places, shot.share / 2, 1 - shot.share / 2)


@dataclass(frozen=True, slots=True)
class _Hold:
    """Who the window is about from a frame on."""

    name: str
    start_frame: int


def _holds(shot: Shot) -> list[_Hold]:
    """Who speaks, one after the other; too short a speech to go there and back changes nothing."""
    names = {figure.name for figure in shot.figures}
    spoken = [_Hold(cue.character, cue.start_frame) for cue in shot.cues if cue.character in names]
    if not spoken:
        return [_Hold(shot.subject if shot.subject in names else _largest(shot.figures).name, 0)]
    holds = [_Hold(spoken[0].name, 0)]
    ends = [*(hold.start_frame for hold in spoken[1:]), shot.length_frames]
    for hold, end_frame in zip(spoken[1:], ends[1:], strict=True):
        if hold.name != holds[-1].name and end_frame - hold.start_frame >= HOLD_MIN_SECONDS * shot.rate_hz:
            holds.append(hold)
    return holds


def _largest(figures: Sequence[Figure]) -> Figure:
    return max(figures, key=lambda figure: figure.body.area)


def _held(shot: Shot, hold: _Hold) -> Track:
    """The middles of a window about somebody, over the whole shot."""
    figure = next(figure for figure in shot.figures if figure.name == hold.name)
    seen = _company(shot, figure)
    heads = Span(
        np.minimum.reduce([_head(shot, other).first for other in seen]),
        np.maximum.reduce([_head(shot, other).last for other in seen]),
    )
    margin = shot.share * MARGIN_SHARE
    lowest = heads.last + margin - shot.share / 2
    highest = heads.first - margin + shot.share / 2
    # A head that is larger than the window has its middle in the middle.
    lowest, highest = np.minimum(lowest, heads.middle), np.maximum(highest, heads.middle)
    aim = _smooth(np.clip(_aim(shot, seen, heads), lowest, highest), shot.rate_hz)
    return _quiet(aim, lowest, highest, shot.share)


def _aim(shot: Shot, seen: Sequence[Figure], heads: Span) -> Track:
    if not shot.is_narrowed:
        return heads.middle + shot.share * (0.5 - HEADROOM_SHARE)
    lefts, rights = [it.body.left for it in seen], [it.body.right for it in seen]
    bodies = shot.views.across(min(lefts), max(rights))
    return heads.middle + BODY_SHARE * (bodies.middle - heads.middle)


def _company(shot: Shot, figure: Figure) -> list[Figure]:
    """The figure, and who else fits beside them with their whole head, the nearest first."""
    room = shot.share * (1 - 2 * MARGIN_SHARE)
    own = _head(shot, figure).middle
    others = sorted(
        (other for other in shot.figures if other is not figure),
        key=lambda other: float(np.abs(_head(shot, other).middle - own).mean()),
    )
    seen = [figure]
    for other in others:
        spans = [_head(shot, it) for it in (*seen, other)]
        extent = np.maximum.reduce([it.last for it in spans]) - np.minimum.reduce([it.first for it in spans])
        if float(extent.max()) > room:
            break
        seen.append(other)
    return seen


def _head(shot: Shot, figure: Figure) -> Span:
    if shot.is_narrowed:
        return shot.views.across(figure.head.left, figure.head.right)
    return shot.views.down(figure.head.top, figure.head.bottom)


def _quiet(aim: Track, lowest: Track, highest: Track, share: float) -> Track:
    """The aim, with as little of its movement as keeps it within bounds; none of it where that does."""
    rest = float(np.clip(aim.mean(), lowest.max(), max(lowest.max(), highest.min())))
    for step in range(_STEPS + 1):
        places = rest + (aim - rest) * (step / _STEPS)
        inside = np.clip(places, share / 2, 1 - share / 2)
        if bool(((inside >= lowest - 1e-9) & (inside <= highest + 1e-9)).all()):
            break
    return inside


def _smooth(track: Track, rate_hz: float) -> Track:
    """The mean of what is half a second around, twice: neither jumps nor corners are left."""
    reach = min(round(SMOOTHING_SECONDS * rate_hz), (len(track) - 1) // 2)
    if reach < 1:
        return track
    kernel = np.full(2 * reach + 1, 1 / (2 * reach + 1))
    for _ in range(2):
        track = np.convolve(np.pad(track, reach, mode="edge"), kernel, mode="valid")
    return track
