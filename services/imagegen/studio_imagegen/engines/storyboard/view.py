"""A camera on a set, and boxes of the pixels that it fills."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.engines.storyboard.pen import Point


@dataclass(frozen=True, slots=True)
class View:
    """A camera on a set, and the pixels that it fills.

    Set coordinates: one unit is the height of a wide frame; x is 0 in the middle, y runs from 0 at
    the top to 1 at the bottom. (`focus_x`, `focus_y`) of the set is seen at (`at_x`, `at_y`),
    `zoom` times as large.
    """

    width_px: int
    height_px: int
    zoom: float = 1.0
    focus_x: float = 0.0
    focus_y: float = 0.5
    at_x: float = 0.0
    at_y: float = 0.5

    @property
    def unit_px(self) -> float:
        """Pixels that one unit of the set takes."""
        return self.height_px * self.zoom

    def pixel(self, point: Point) -> Point:
        """Where a point of the set lies on the frame."""
        return (
            self.width_px / 2 + ((point[0] - self.focus_x) * self.zoom + self.at_x) * self.height_px,
            ((point[1] - self.focus_y) * self.zoom + self.at_y) * self.height_px,
        )

    @property
    def left(self) -> float:
        """The set's x at the frame's left edge."""
        return self.focus_x + (-self.width_px / self.height_px / 2 - self.at_x) / self.zoom

    @property
    def right(self) -> float:
        """The set's x at the frame's right edge."""
        return self.focus_x + (self.width_px / self.height_px / 2 - self.at_x) / self.zoom

    @property
    def top(self) -> float:
        """The set's y at the frame's top edge."""
        return self.focus_y - self.at_y / self.zoom

    @property
    def bottom(self) -> float:
        """The set's y at the frame's bottom edge."""
        return self.focus_y + (1.0 - self.at_y) / self.zoom

    def at_scale(self, divisor: int) -> View:
        """The same view on a plate `divisor` times smaller, rounded up."""
        return View(
            -(-self.width_px // divisor),
            -(-self.height_px // divisor),
            self.zoom,
            self.focus_x,
            self.focus_y,
            self.at_x,
            self.at_y,
        )


@dataclass(frozen=True, slots=True)
class Region:
    """A box of pixels: columns left..right-1, rows top..bottom-1."""

    left: int
    top: int
    right: int
    bottom: int

    def union(self, other: Region) -> Region:
        """The smallest box around both."""
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def clip(view: View, left: float, top: float, right: float, bottom: float) -> Region | None:
    """The pixels of the view within a box of pixel coordinates; None when there is none."""
    region = Region(
        max(0, int(left)),
        max(0, int(top)),
        min(view.width_px, int(right) + 1),
        min(view.height_px, int(bottom) + 1),
    )
    return region if region.right > region.left and region.bottom > region.top else None
