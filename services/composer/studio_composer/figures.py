"""Where the characters of a shot stand in each of its frames, by its still's bundle and its clip's views."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Track = NDArray[np.float64]
"""A number a frame."""

FIGURES_MAX = 50
VIEWS_MAX = 100_000
_PERMILLE = 1_000
_VIEW_PARTS = 100_000
# A mouth stands so far down a head, and a head is so wide for its height.
_MOUTH_SHARE = 0.75
_HEAD_WIDTH_SHARE = 0.8
# Hats and raised hands make boxes higher than heads.
_HEAD_HEIGHT_MAX = 0.6


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where something is along one side of the picture, in shares of it, a number a frame."""

    first: Track
    last: Track

    @property
    def middle(self) -> Track:
        """Its middle."""
        return (self.first + self.last) / 2


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, right and bottom, in shares of a picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Its share of the picture."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Figure:
    """A character in a still: all that is seen of them, and their head."""

    name: str
    body: Box
    head: Box


@dataclass(frozen=True, slots=True)
class Views:
    """What a clip shows of its still in each frame: left, top, width and height in shares, (frames, 4)."""

    boxes: NDArray[np.float64]

    def across(self, first: float, last: float) -> Span:
        """Where a stretch of the still's width is in the clip."""
        left, width = self.boxes[:, 0], self.boxes[:, 2]
        return Span((first - left) / width, (last - left) / width)

    def down(self, first: float, last: float) -> Span:
        """Where a stretch of the still's height is in the clip."""
        top, height = self.boxes[:, 1], self.boxes[:, 3]
        return Span((first - top) / height, (last - top) / height)


def whole_views(length_frames: int) -> Views:
    """Those of a camera that shows all of the still and stays."""
    return Views(np.tile(np.array([0.0, 0.0, 1.0, 1.0]), (length_frames, 1)))


def figures_from(bundle: Path, width_px: int, height_px: int) -> tuple[Figure, ...]:
    """Read the figures of a still of any size with these proportions, the farthest first.

    Raises ValueError, KeyError, TypeError for another file.
    """
    record: dict[str, Any] = json.loads(bundle.read_bytes())
    entries = record.get("figures", [])[:FIGURES_MAX]
    return tuple(_figure(entry, width_px / height_px) for entry in entries)


def _figure(entry: dict[str, Any], aspect: float) -> Figure:
    left, top, width, height = (int(value) / _PERMILLE for value in entry["box"])
    body = Box(left, top, left + width, top + height)
    mouth = [int(value) / _PERMILLE for value in entry.get("mouth", [])]
    across, down = mouth if len(mouth) == 2 else (left + width / 2, top + height * 0.2)
    head_height = min(max(0.02, (down - top) / _MOUTH_SHARE), _HEAD_HEIGHT_MAX, max(0.02, height))
    half_width = head_height * _HEAD_WIDTH_SHARE / aspect / 2
    head_top = down - head_height * _MOUTH_SHARE
    head = Box(across - half_width, head_top, across + half_width, head_top + head_height)
    return Figure(str(entry.get("name", "")), body, head)


def views_from(path: Path, length_frames: int) -> Views:
    """Read a clip's views, with those between them.

    Raises ValueError, KeyError, TypeError for another file.
    """
    record: dict[str, Any] = json.loads(path.read_bytes())
    every = int(record["every_frames"])
    told: Sequence[dict[str, Any]] = record["views"]
    if not 1 <= len(told) <= VIEWS_MAX or every < 1:
        raise ValueError(f"{len(told)} views, one each {every} frames")
    boxes = np.array([view["box"] for view in told], np.float64) / _VIEW_PARTS
    if boxes.shape[1:] != (4,) or (boxes[:, 2:] <= 0).any():
        raise ValueError("a view is no box")
    last = max(0, length_frames - 1)
    at = np.minimum(np.arange(len(told)) * every, last)
    frames = np.arange(length_frames)
    return Views(np.stack([np.interp(frames, at, boxes[:, side]) for side in range(4)], axis=1))
