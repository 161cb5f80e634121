"""Takes: what shows of a clip, with its last picture held, and takes joined by crossfades and dips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from studio_composer.blending import blended
from studio_composer.blends import Blend
from studio_composer.fades import Fades
from studio_composer.given import refusal
from studio_composer.shelf import Key, digest_of
from studio_composer.splice import Piece, key_frames
from studio_composer.workbench import Workbench
from studio_media.picture import ClipError, Planes, Source, frames, probe

# Each is encoded on one thread, as every house clip; a joint is short, and memory small.
_JOINTS_AT_A_TIME = 2

_Coming = Piece | Future[Piece]


@dataclass(frozen=True, slots=True)
class Take:
    """The frames [start_frame, stop_frame) of a clip, the last of which then stands for `hold_frames`.

    `crossfade_frames` are shared with the next take, into which it turns by its `blend`; `dip_frames` go to
    black here, and from black there: to white for `dips_to_white`, at once for `dips_from_cut`.
    """

    source: Source
    start_frame: int
    stop_frame: int
    hold_frames: int = 0
    crossfade_frames: int = 0
    dip_frames: int = 0
    blend: Blend = Blend.DISSOLVE
    dips_to_white: bool = False
    dips_from_cut: bool = False

    @property
    def length_frames(self) -> int:
        """How long it shows."""
        return self.stop_frame - self.start_frame + self.hold_frames

    def pictures(self, first: int, last: int) -> Iterator[Planes]:
        """Decode its frames [first, last), counted from its own start."""
        moving = self.stop_frame - self.start_frame
        start = self.start_frame + min(first, moving - 1)
        stop = self.start_frame + min(last, moving)
        still: Planes | None = None
        for picture in frames(self.source, start, max(stop, start + 1)):
            still = picture
            if first < moving:
                yield picture
        if still is None:
            raise ClipError(f"no picture at frame {start}")
        for _ in range(max(first, moving), last):
            yield still


@dataclass(frozen=True, slots=True)
class _Part:
    """A take with what its neighbours make of its ends; all in frames."""

    take: Take
    shared_in: int
    shared_out: int
    fades: Fades


class Joiner:
    """Joins takes by copying what shows as it is; the rest is encoded, some joints at a time."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._pool = ThreadPoolExecutor(_JOINTS_AT_A_TIME, thread_name_prefix="joint")
        self._encoded = 0

    def join(self, takes: Sequence[Take], fades: Fades) -> list[Piece]:
        """The pieces of the takes in order, between a dip from black and one to black.

        Raises EngineFailure, permanent, when a crossfade is longer than what it joins.
        """
        parts = [_part(takes, index, fades) for index in range(len(takes))]
        try:
            coming = self._pieces(parts)
            return [piece.result() if isinstance(piece, Future) else piece for piece in coming]
        finally:
            self._pool.shutdown(cancel_futures=True)

    def _pieces(self, parts: Sequence[_Part]) -> list[_Coming]:
        pieces: list[_Coming] = []
        for part, following in zip(parts, [*parts[1:], None], strict=True):
            pieces += self._own(part)
            if following is not None and part.shared_out:
                shared, length = part.shared_out, part.take.length_frames
                key = (part.take.blend, *_key(part, length - shared, length), *_key(following, 0, shared))
                pieces.append(self._encode(_crossfaded(part, following), shared, key))
        return pieces

    def _own(self, part: _Part) -> list[_Coming]:
        """The frames that a take shares with no other: those that show as they are, between encoded ones."""
        take, first = part.take, part.shared_in
        last = take.length_frames - part.shared_out
        copy_first, copy_last = self._copied(part, first, last)
        pieces: list[_Coming] = []
        if first < copy_first:
            pieces.append(self._shown(part, first, copy_first))
        if copy_first < copy_last:
            start = take.start_frame
            pieces.append(Piece(take.source, start + copy_first, start + copy_last))
        if max(copy_first, copy_last) < last:
            begin = max(copy_first, copy_last)
            pieces.append(self._shown(part, begin, last))
        return pieces

    def _shown(self, part: _Part, first: int, last: int) -> Future[Piece]:
        key = ("shown", *_key(part, first, last))
        return self._encode(_shown(part, first, last), last - first, key)

    def _copied(self, part: _Part, first: int, last: int) -> tuple[int, int]:
        """The longest run of frames between key pictures that nothing touches; else (last, last)."""
        take, length = part.take, part.take.length_frames
        touched_in = max(first, min(part.fades.in_frames, length))
        touched_out = min(
            last, take.stop_frame - take.start_frame, length - min(part.fades.out_frames, length)
        )
        keys = [key - take.start_frame for key in key_frames(take.source, self._workbench.reference)]
        if take.stop_frame == probe(take.source).frames:
            keys.append(take.stop_frame - take.start_frame)
        begin = min((key for key in keys if key >= touched_in), default=last)
        end = max((key for key in keys if key <= touched_out), default=0)
        return (begin, end) if begin < end else (last, last)

    def _encode(self, pictures: Iterator[Planes], length_frames: int, key: Key) -> Future[Piece]:
        self._encoded += 1
        name = f"take-{self._encoded}.mp4"
        return self._pool.submit(self._workbench.encoded, pictures, length_frames, name, key)


def _part(takes: Sequence[Take], index: int, fades: Fades) -> _Part:
    take = takes[index]
    before = takes[index - 1] if index else None
    is_last = index == len(takes) - 1
    shared_in = before.crossfade_frames if before else 0
    shared_out = 0 if is_last else take.crossfade_frames
    if shared_in + shared_out > take.length_frames:
        text = f"Crossfades of {shared_in + shared_out} frames don't fit into {take.length_frames} frames."
        raise refusal("CROSSFADE_TOO_LONG", text)
    if before is not None:
        fades = replace(fades, in_frames=before.dip_frames, in_white=before.dips_to_white)
    if not is_last:
        falling = 0 if take.dips_from_cut else take.dip_frames
        fades = replace(fades, out_frames=falling, out_white=take.dips_to_white)
    return _Part(take, shared_in, shared_out, fades.within(take.length_frames, take.length_frames))


def _key(part: _Part, first: int, last: int) -> Key:
    """All that its frames [first, last) are made from."""
    take = part.take
    cut = (take.start_frame, take.stop_frame, take.hold_frames)
    return (digest_of(take.source), *cut, part.fades, first, last)


def _shown(part: _Part, first: int, last: int) -> Iterator[Planes]:
    for frame, picture in enumerate(part.take.pictures(first, last), start=first):
        yield part.fades.over(picture, frame, part.take.length_frames)


def _crossfaded(out: _Part, into: _Part) -> Iterator[Planes]:
    shared, length = out.shared_out, out.take.length_frames
    pairs = zip(_shown(out, length - shared, length), _shown(into, 0, shared), strict=True)
    for frame, (going, coming) in enumerate(pairs, start=1):
        yield blended(out.take.blend, going, coming, frame, shared + 1)
