"""Stretches: what groups of pictures show, and how long a picture is black or nothing in it moves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GRID = (64, 36)
# What a second encoding of a picture, as a key picture, moves the means of a grid by.
STILL_AT_KEY_LUMA_MAX = 6
KEPT_BLACK_FRAMES = 6
KEPT_STILL_FRAMES = 12

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GroupLook:
    """What a group shows: its black frames, the frames at which something moves, and its key's score.

    Of the first frame and of the last that moved there is the grid; frames count from the group's first.
    """

    length_frames: int
    black: tuple[Stretch, ...]
    moved_at: tuple[int, ...]
    score: float
    first: bytes
    last: bytes

    def packed(self) -> bytes:
        """As bytes for a shelf."""
        head = [self.length_frames, self.black, self.moved_at, self.score]
        return json.dumps(head).encode() + b"\n" + self.first + self.last


def look_from(data: bytes) -> GroupLook:
    """Read what `GroupLook.packed` gave."""
    head, _, grids = data.partition(b"\n")
    length_frames, black, moved_at, score = json.loads(head)
    half = len(grids) // 2
    stretches = tuple((start, stop) for start, stop in black)
    return GroupLook(length_frames, stretches, tuple(moved_at), score, grids[:half], grids[half:])


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The stretches of a picture that are black, and those in which nothing moves: frames [start, stop)."""

    black: tuple[Stretch, ...] = ()
    still: tuple[Stretch, ...] = ()

    def shifted(self, frames: int) -> PictureFacts:
        """The same on a timeline that starts so many frames earlier."""
        black, still = (
            tuple((start + frames, stop + frames) for start, stop in stretches)
            for stretches in (self.black, self.still)
        )
        return PictureFacts(black, still)


class Stretches:
    """Joins what groups show to stretches of a whole picture. Groups come in the order of their frames."""

    def __init__(self) -> None:
        self._black: list[Stretch] = []
        self._still: list[Stretch] = []
        self._since = self._next = 0
        self._last: bytes = b""

    def add(self, start_frame: int, seen: GroupLook) -> None:
        """Note the look of the next group."""
        follows = start_frame == self._next and bool(self._last)
        if not (follows and _is_alike(self._last, seen.first)):
            self._end(self._next)
            self._since = start_frame
        for moved in seen.moved_at:
            self._end(start_frame + moved)
            self._since = start_frame + moved
        self._next = start_frame + seen.length_frames
        self._last = seen.last
        self._black += [(start_frame + start, start_frame + stop) for start, stop in seen.black]

    def facts(self) -> PictureFacts:
        """The stretches of all that was added."""
        self._end(self._next)
        self._since = self._next
        # Two still pictures that meet are no longer one.
        return PictureFacts(joined(self._black, KEPT_BLACK_FRAMES), tuple(self._still))

    def _end(self, stop_frame: int) -> None:
        if stop_frame - self._since >= KEPT_STILL_FRAMES:
            self._still.append((self._since, stop_frame))


def joined(stretches: Sequence[Stretch], least_frames: int) -> tuple[Stretch, ...]:
    """Stretches in order, those that meet as one, without the short ones."""
    whole: list[Stretch] = []
    for start, stop in sorted(stretches):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(stop, whole[-1][1])
        else:
            whole.append((start, stop))
    return tuple((start, stop) for start, stop in whole if stop - start >= least_frames)


def _is_alike(one: bytes, other: bytes) -> bool:
    """Whether two grids may be of one picture that was encoded twice."""
    means, others = (np.frombuffer(grid, np.uint8).astype(np.int16) for grid in (one, other))
    return bool(np.abs(means - others).max() <= STILL_AT_KEY_LUMA_MAX)
