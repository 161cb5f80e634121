"""Dips to black or white: the gains of a scene's first and last frames, and the pieces that carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio_composer.shelf import digest_of
from studio_composer.splice import Piece, key_frames
from studio_composer.workbench import Workbench
from studio_media.picture import Plane, Planes, Source, frames

_BLACK_Y = 16
_WHITE_Y = 235
_GREY_C = 128


@dataclass(frozen=True, slots=True)
class Fades:
    """How many frames a scene takes from black and to black, or white."""

    in_frames: int
    out_frames: int
    in_white: bool = False
    out_white: bool = False

    def within(self, first_frames: int, last_frames: int) -> Fades:
        """The same, no longer than these first and last shots."""
        return replace(
            self, in_frames=min(self.in_frames, first_frames), out_frames=min(self.out_frames, last_frames)
        )

    def over(self, picture: Planes, frame: int, length_frames: int) -> Planes:
        """The picture as it shows at a frame of a scene of `length_frames`."""
        if not self.in_white and not self.out_white:
            return dimmed(picture, self.gain(frame, length_frames))
        for alone in (replace(self, out_frames=0), replace(self, in_frames=0)):
            is_white = self.in_white if alone.in_frames else self.out_white
            ground = _WHITE_Y if is_white else _BLACK_Y
            picture = dimmed(picture, alone.gain(frame, length_frames), ground)
        return picture

    def gain(self, frame: int, length_frames: int) -> float:
        """Return the share of light, 0 to 1, of a frame of a scene of `length_frames`."""
        rising = min(1.0, frame / self.in_frames) if self.in_frames else 1.0
        falling = min(1.0, (length_frames - 1 - frame) / self.out_frames) if self.out_frames else 1.0
        return _eased(rising) * _eased(falling)


def dimmed(picture: Planes, gain: float, ground_y: int = _BLACK_Y) -> Planes:
    """Return a BT.709 studio-range picture at `gain` of its light; 0 is black, or a grey of `ground_y`."""
    if gain >= 1:
        return picture
    levels = np.arange(256)
    light = np.rint(ground_y + (levels - ground_y) * gain).clip(0, 255).astype(np.uint8)
    colour = np.rint(_GREY_C + (levels - _GREY_C) * gain).astype(np.uint8)
    return Planes(_mapped(picture.y, light), _mapped(picture.u, colour), _mapped(picture.v, colour))


def _mapped(plane: Plane, table: Plane) -> Plane:
    # A third of the time of indexing the table by the plane.
    return np.frombuffer(plane.tobytes().translate(table.tobytes()), np.uint8).reshape(plane.shape)


def faded_pieces(clips: Sequence[Piece], fades: Fades, workbench: Workbench) -> list[Piece]:
    """Return the scene's pieces with its first and last frames dimmed and encoded again.

    A fade ends within its own shot. Only the frames up to the next IDR picture are encoded: 12 in a
    house clip, when the fade is no longer than that.
    """
    first, last = clips[0], clips[-1]
    fades = fades.within(first.length_frames, last.length_frames)
    if len(clips) == 1:
        return _faded_ends(first, fades, workbench, "only")
    opening, closing = replace(fades, out_frames=0), replace(fades, in_frames=0)
    return [
        *_faded_ends(first, opening, workbench, "first"),
        *clips[1:-1],
        *_faded_ends(last, closing, workbench, "last"),
    ]


def _faded_ends(clip: Piece, fades: Fades, workbench: Workbench, name: str) -> list[Piece]:
    if not fades.in_frames and not fades.out_frames:
        return [clip]
    end = clip.length_frames
    cuts = key_frames(clip.source, workbench.reference)
    head = min((cut for cut in cuts if cut >= fades.in_frames), default=end) if fades.in_frames else 0
    tail = max((cut for cut in cuts if cut <= end - fades.out_frames), default=0) if fades.out_frames else end
    if head >= tail:
        head, tail = end, end
    pieces = []
    for start, stop in ((0, head), (tail, end)):
        if start < stop:
            pictures = _dimmed_frames(clip.source, start, stop, end, fades)
            key = ("faded", digest_of(clip.source), start, stop, fades, end)
            pieces.append(workbench.encoded(pictures, stop - start, f"joint-{name}-{start}.mp4", key))
    if head < tail:
        pieces.insert(1 if head else 0, Piece(clip.source, head, tail))
    return pieces


def _dimmed_frames(
    source: Source, start: int, stop: int, length_frames: int, fades: Fades
) -> Iterator[Planes]:
    for index, picture in enumerate(frames(source, start, stop), start=start):
        yield fades.over(picture, index, length_frames)


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)
