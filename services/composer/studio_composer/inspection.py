"""Inspection: every picture is decoded, and what can be wrong with it is told from few of its points.

Some ninety rows of luma are looked at, whole, so that a mouth that moves far away is not missed. Loop filters
make pictures smooth, and nothing black or still: all but key pictures go without them, at two thirds of the
price.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from studio_composer.defects import FilmFault, time_code
from studio_composer.poster import poster_score
from studio_composer.shelf import Key, Shelf
from studio_composer.splice import Reference
from studio_composer.stretches import GRID, GroupLook, Stretch, joined, look_from
from studio_media.picture import Planes

# Studio range has its black at 16: a thirtieth of the light.
BLACK_LUMA_MAX = 24
_LIT_SHARE_MAX = 0.0005
# What moves changes at least a point in twenty thousand by as much as one can see: a mouth at rest in a drawn
# face stays still for 28 frames at most by this, a frozen clip from end to end.
MOVED_LUMA_MIN = 10
_MOVED_SHARE_MAX = 0.00005
_ROWS = 90
# What is lit or moves shows in few rows already, nearly always.
_FEW = 9

Rows = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Group:
    """A key picture and the packets up to the next, in decoding order, and the first frame that they show."""

    start_frame: int
    frames: tuple[int, ...]
    packets: tuple[Packet[VideoStream], ...]

    def digest(self) -> bytes:
        """The SHA-256 of the packets and of the order in which they show."""
        sha256 = hashlib.sha256(repr([frame - self.start_frame for frame in self.frames]).encode())
        for packet in self.packets:
            sha256.update(packet)
        return sha256.digest()


class Looker:
    """Decodes groups of pictures; those on the shelf it knows."""

    def __init__(self, reference: Reference, shelf: Shelf) -> None:
        self._reference = reference
        self._shelf = shelf
        self._decoder = _decoder(reference)

    def look(self, group: Group) -> tuple[GroupLook, Planes | None]:
        """What a group shows, and its key picture if it was decoded now.

        Raises FilmFault for a picture that can't be decoded.
        """
        key: Key = ("pictures", self._reference.parameter_sets, group.digest())
        known = self._shelf.find(key)
        if known is not None:
            return look_from(known), None
        seen, first = self._decode(group)
        self._shelf.keep(key, seen.packed())
        return seen, first

    def _decode(self, group: Group) -> tuple[GroupLook, Planes]:
        eye = _Eye()
        first: Planes | None = None
        for picture in self._pictures(group):
            first = first or _planes(picture)
            eye.see(picture)
        if first is None or eye.frames != len(group.packets):
            where = self._code(group.start_frame)
            raise FilmFault(f"{eye.frames} of {len(group.packets)} pictures decode, from {where}")
        return eye.look(poster_score(first)), first

    def _pictures(self, group: Group) -> Iterator[VideoFrame]:
        given = 0
        try:
            for packet in group.packets:
                yield from self._decoder.decode(packet)
                given += 1
            yield from self._decoder.decode(None)
        except av.InvalidDataError as error:
            at = self._code(group.frames[min(given, len(group.frames) - 1)])
            raise FilmFault(f"the picture at {at} can't be decoded: {error}") from error
        finally:
            self._decoder.flush_buffers()

    def _code(self, frame: int) -> str:
        return time_code(frame, Fraction(self._reference.form.rate_hz))


def groups(packets: Iterable[tuple[int, Packet[VideoStream]]]) -> Iterator[Group]:
    """Cut packets, each with the frame that it shows, at their key pictures."""
    held: list[tuple[int, Packet[VideoStream]]] = []
    for frame, packet in packets:
        if packet.is_keyframe and held:
            yield _group(held)
            held = []
        held.append((frame, packet))
    if held:
        yield _group(held)


def _group(held: Sequence[tuple[int, Packet[VideoStream]]]) -> Group:
    frames, packets = zip(*held, strict=True)
    return Group(min(frames), frames, packets)


def h264_decoder(reference: Reference) -> VideoCodecContext:
    """A decoder of a film's packets, on one thread."""
    decoder = VideoCodecContext.create("h264", "r")
    decoder.extradata = reference.parameter_sets
    decoder.thread_count = 1
    return decoder


def _decoder(reference: Reference) -> VideoCodecContext:
    decoder = h264_decoder(reference)
    # Without "explode" the decoder conceals what it can't read.
    decoder.options = {"err_detect": "explode", "skip_loop_filter": "nokey"}
    return decoder


class _Eye:
    """Sees the pictures of a group one after another, and keeps one that nothing has moved since."""

    def __init__(self) -> None:
        self.frames = 0
        self._moved_at: list[int] = []
        self._black: list[Stretch] = []
        self._first = b""
        self._anchor: Rows = np.zeros((0, 0), np.uint8)

    def see(self, picture: VideoFrame) -> None:
        """See the next picture."""
        rows, at = _rows(picture), self.frames
        self.frames += 1
        if _is_black(rows):
            self._black.append((at, at + 1))
        if not at:
            self._first, self._anchor = _grid(rows), rows
        # Against the first picture, not the one before: a slow move adds up.
        elif not _is_still(self._anchor, rows):
            self._moved_at.append(at)
            self._anchor = rows

    def look(self, score: float) -> GroupLook:
        """What was seen, of a group whose key picture has this score."""
        black, moved_at = joined(self._black, 1), tuple(self._moved_at)
        return GroupLook(self.frames, black, moved_at, round(score, 6), self._first, _grid(self._anchor))


def _rows(picture: VideoFrame) -> Rows:
    plane = picture.planes[0]
    luma = np.asarray(memoryview(plane)).view(np.uint8).reshape(plane.height, plane.line_size)
    step = max(1, plane.height // _ROWS)
    # Not copied: few of them are read as a rule, and the picture stays as long as they are held.
    return luma[step // 2 :: step, : plane.width]


def _grid(rows: Rows) -> bytes:
    """A grid of means."""
    return Image.fromarray(np.ascontiguousarray(rows)).resize(GRID, Image.Resampling.BOX).tobytes()


def _is_black(rows: Rows) -> bool:
    most = rows.size * _LIT_SHARE_MAX
    return all(np.count_nonzero(part > BLACK_LUMA_MAX) <= most for part in (rows[::_FEW], rows))


def _is_still(one: Rows, other: Rows) -> bool:
    most = one.size * _MOVED_SHARE_MAX
    return all(_moved(one[::step], other[::step]) <= most for step in (_FEW, 1))


def _moved(one: Rows, other: Rows) -> int:
    change = np.maximum(one, other) - np.minimum(one, other)
    return int(np.count_nonzero(change >= MOVED_LUMA_MIN))


def _planes(frame: VideoFrame) -> Planes:
    stacked = frame.to_ndarray().astype(np.uint8, copy=False)
    width_px, height_px = frame.width, frame.height
    quarter = width_px * height_px // 4
    flat = stacked.reshape(-1)
    u, v = (flat[4 * quarter + index * quarter :][:quarter] for index in range(2))
    half = (height_px // 2, width_px // 2)
    return Planes(
        np.ascontiguousarray(flat[: 4 * quarter].reshape(height_px, width_px)),
        u.reshape(half),
        v.reshape(half),
    )
