"""A cut as tracks: pieces one after the other, and the joints between them.

A crossfade's pieces meet in its middle, as editing programs have it: each file goes on under the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from studio_jobs.cutlists.cut import Blend, Cut, Scene, Shot, Stem


@dataclass(frozen=True, slots=True)
class Piece:
    """`length_frames` of a file from `source_frame` on; at `start_frame` of the film.

    A frozen one shows that one frame. `shot` is set where a shot begins; a stem's piece has its `stem`.
    An empty path is a gap.
    """

    name: str
    path: str
    source_frame: int
    length_frames: int
    available_frames: int
    is_frozen: bool = False
    shot: Shot | None = None
    stem: Stem | None = None
    start_frame: int = 0


class JointKind(StrEnum):
    """How a piece gives way to the next."""

    CROSSFADE = "crossfade"
    WIPE = "wipe"
    IRIS = "iris"
    DIP = "dip"
    DIP_TO_WHITE = "dip to white"

    @property
    def is_shared(self) -> bool:
        """Whether both pieces show in it."""
        return self in _SHARED


_SHARED = frozenset({JointKind.CROSSFADE, JointKind.WIPE, JointKind.IRIS})
_KINDS = {
    Blend.DISSOLVE: JointKind.CROSSFADE,
    Blend.WIPE: JointKind.WIPE,
    Blend.IRIS: JointKind.IRIS,
}


@dataclass(frozen=True, slots=True)
class Joint:
    """A transition from so many frames before a cut to so many after it."""

    kind: JointKind
    before_frames: int
    after_frames: int


Track = list[Piece | Joint]


def picture_track(cut: Cut) -> Track:
    """The cards and what shows of each shot, whole film long."""
    track: Track = [*_card(cut, "Title card", 0, cut.opening_frames)]
    end = _End()
    for scene in cut.scenes:
        rising, is_white = scene.fade_in_frames, scene.fade_in_white
        for shot in scene.shots:
            track += _joint(end, rising, is_white=is_white or end.is_white)
            begin = end.shared
            end = _end(scene, shot)
            track += _shown(shot, begin // 2, shot.shown_frames - (end.shared - end.shared // 2))
            rising, is_white = shot.dip_frames, False
    track += _joint(end, 0, is_white=end.is_white)
    track += _card(cut, "Credits", cut.length_frames - cut.closing_frames, cut.closing_frames)
    return _placed(_fitted(track))


def stem_tracks(cut: Cut) -> dict[str, Track]:
    """A track for each kind of stem that the scenes have, with gaps where the cards are."""
    kinds = dict.fromkeys(stem.kind for scene in cut.scenes for stem in scene.stems)
    return {kind: _placed(_fitted(_stem_track(cut, kind))) for kind in kinds}


def pieces_of(track: Iterable[Piece | Joint]) -> list[Piece]:
    """The pieces alone."""
    return [item for item in track if isinstance(item, Piece)]


def _stem_track(cut: Cut, kind: str) -> Track:
    track: Track = [*_gap(cut.opening_frames)]
    shared = 0
    for scene in cut.scenes:
        out = scene.crossfade_frames
        first, last = shared // 2, scene.length_frames - (out - out // 2)
        track += _joint(_End(shared), 0)
        stem = next(stem for stem in scene.stems if stem.kind == kind)
        name = f"{scene.heading}, {kind}"
        track.append(Piece(name, stem.path, first, last - first, scene.length_frames, stem=stem))
        shared = out
    return [*track, *_gap(cut.closing_frames)]


def _card(cut: Cut, name: str, start_frame: int, length_frames: int) -> list[Piece]:
    if not length_frames:
        return []
    return [Piece(name, cut.film_path, start_frame, length_frames, cut.length_frames)]


def _gap(length_frames: int) -> list[Piece]:
    return [Piece("", "", 0, length_frames, length_frames)] if length_frames else []


@dataclass(frozen=True, slots=True)
class _End:
    """How a shot ends: frames shared with the next one, and how, or frames to black or white."""

    shared: int = 0
    blend: Blend = Blend.DISSOLVE
    falling: int = 0
    is_white: bool = False


def _end(scene: Scene, shot: Shot) -> _End:
    if shot is scene.shots[-1]:
        return _End(scene.crossfade_frames, scene.blend, scene.fade_out_frames, scene.fade_out_white)
    falling = 0 if shot.dip_from_cut else shot.dip_frames
    return _End(shot.crossfade_frames, shot.blend, falling, shot.dip_to_white)


def _joint(end: _End, rising: int, *, is_white: bool = False) -> list[Joint]:
    shared = end.shared
    if shared:
        return [Joint(_KINDS[end.blend], shared // 2, shared - shared // 2)]
    kind = JointKind.DIP_TO_WHITE if is_white else JointKind.DIP
    return [Joint(kind, end.falling, rising)] if end.falling or rising else []


def _shown(shot: Shot, first: int, last: int) -> list[Piece]:
    """The frames [first, last) of what shows of a shot."""
    moving = shot.moving_frames
    piece = Piece(shot.name, shot.path, shot.head_frames + first, 0, shot.length_frames, shot=shot)
    pieces = []
    if first < min(last, moving):
        pieces.append(replace(piece, length_frames=min(last, moving) - first))
    if max(first, moving) < last:
        held = replace(piece, source_frame=shot.head_frames + moving - 1, is_frozen=True)
        held = replace(held, length_frames=last - max(first, moving), shot=None if pieces else shot)
        pieces.append(held)
    return pieces


def _fitted(track: Sequence[Piece | Joint]) -> Track:
    """Joints no longer than the pieces beside them; a crossfade may go into a held picture, which is one."""
    fitted: Track = []
    for position, item in enumerate(track):
        if isinstance(item, Joint):
            before, after = _frames_at(track, position - 1), _frames_at(track, position + 1)
            item = Joint(item.kind, min(item.before_frames, before), min(item.after_frames, after))
        fitted.append(item)
    return fitted


def _frames_at(track: Sequence[Piece | Joint], position: int) -> int:
    item = track[position] if 0 <= position < len(track) else None
    return item.length_frames if isinstance(item, Piece) else 0


def _placed(track: Track) -> Track:
    placed: Track = []
    at = 0
    for item in track:
        if isinstance(item, Piece):
            item = replace(item, start_frame=at)
            at += item.length_frames
        placed.append(item)
    return placed
