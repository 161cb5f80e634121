"""Dips to black: the gains of a scene's first and last frames, and the pieces that carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studio_composer.shelf import digest_of
from studio_composer.splice import Piece, key_frames
from studio_composer.workbench import Workbench
from studio_media.picture import Plane, Planes, Source, frames

_BLACK_Y = 16
_GREY_C = 128


@dataclass(frozen=True, slots=True)
class Fades:
    """How many frames a scene takes from black and to black."""

    in_frames: int
    out_frames: int

    def gain(self, frame: int, length_frames: int) -> float:
        """Return the share of light, 0 to 1, of a frame of a scene of `length_frames`."""
        rising = min(1.0, frame / self.in_frames) if self.in_frames else 1.0
        falling = min(1.0, (length_frames - 1 - frame) / self.out_frames) if self.out_frames else 1.0
        return _eased(rising) * _eased(falling)


def dimmed(picture: Planes, gain: float) -> Planes:
    """Return a BT.709 studio-range picture at `gain` of its light; 0 is black."""
    if gain >= 1:
        return picture
    levels = np.arange(256)
    light = np.rint(_BLACK_Y + (levels - _BLACK_Y) * gain).clip(0, 255).astype(np.uint8)
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
    fades = Fades(min(fades.in_frames, first.length_frames), min(fades.out_frames, last.length_frames))
    if len(clips) == 1:
        return _faded_ends(first, fades, workbench, "only")
    opening, closing = Fades(fades.in_frames, 0), Fades(0, fades.out_frames)
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
        yield dimmed(picture, fades.gain(index, length_frames))


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)
