"""A pen that keeps filled shapes in pixels, through a mapping of coordinates, until they are painted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import ImageDraw

Point = tuple[float, float]
Ink = int | tuple[int, int, int, int]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """The points of a Catmull-Rom curve through `points` (Catmull and Rom 1974, uniform, tension 1/2)."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            before, start = points[index - 1], points[index]
            end, after = points[(index + 1) % count], points[(index + 2) % count]
        else:
            before, start = points[max(index - 1, 0)], points[index]
            end, after = points[index + 1], points[min(index + 2, count - 1)]
        curve.extend(_between(before, start, end, after, step / steps) for step in range(steps))
    if not closed:
        curve.append(points[-1])
    return curve


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    a = -0.5 * t + t * t - 0.5 * t * t * t
    b = 1.0 - 2.5 * t * t + 1.5 * t * t * t
    c = 0.5 * t + 2.0 * t * t - 1.5 * t * t * t
    d = -0.5 * t * t + 0.5 * t * t * t
    return (
        a * before[0] + b * start[0] + c * end[0] + d * after[0],
        a * before[1] + b * start[1] + c * end[1] + d * after[1],
    )


Box = tuple[float, float, float, float]


def filled(outline: Sequence[Point]) -> Callable[[Pen], None]:
    """What draws a filled polygon on a stencil."""
    return lambda pen: pen.polygon(outline, 255)


class Pen:
    """Draws in the caller's coordinates; `scale` is how many pixels of the image one unit takes.

    What is drawn is kept, so that its bounds are known before an image is made for it.
    """

    def __init__(self, to_pixel: Callable[[Point], Point], scale: float) -> None:
        self._to_pixel = to_pixel
        self._scale = scale
        self._shapes: list[tuple[bool, list[Point], Ink]] = []

    def within(self, origin: Point, unit: float, across: float = 1.0, along: float = 1.0) -> Pen:
        """A pen on the same sheet: its coordinates begin at `origin`, its unit is `unit` of this one's.

        Points, not widths, are `across` times as wide and `along` times as high; a negative one mirrors.
        """

        def to_pixel(point: Point) -> Point:
            return self._to_pixel((origin[0] + point[0] * unit * across, origin[1] + point[1] * unit * along))

        inner = Pen(to_pixel, self._scale * unit)
        inner._shapes = self._shapes
        return inner

    def through(self, to_pixel: Callable[[Point], Point]) -> Pen:
        """A pen on the same sheet that finds its pixels in another way."""
        other = Pen(to_pixel, self._scale)
        other._shapes = self._shapes
        return other

    def bent(self, bend: Callable[[Point], Point]) -> Pen:
        """A pen on the same sheet whose points are moved before they are mapped."""
        return self.through(lambda point: self._to_pixel(bend(point)))

    def bounds(self) -> Box | None:
        """Left, top, right and bottom of all that was drawn, in pixels; None when nothing was."""
        points = [point for _, shape, _ in self._shapes for point in shape]
        if not points:
            return None
        across, down = [x for x, _ in points], [y for _, y in points]
        return min(across), min(down), max(across), max(down)

    def paint(self, draw: ImageDraw.ImageDraw, left: float, top: float) -> None:
        """Paint what was drawn on an image whose corner is at (left, top)."""
        for is_oval, shape, ink in self._shapes:
            moved = [(x - left, y - top) for x, y in shape]
            if is_oval:
                draw.ellipse((*moved[0], *moved[1]), fill=ink)
            else:
                draw.polygon(moved, fill=ink)

    def polygon(self, points: Sequence[Point], ink: Ink) -> None:
        """Fill the polygon."""
        self._shapes.append((False, [self._to_pixel(point) for point in points], ink))

    def blob(self, points: Sequence[Point], ink: Ink) -> None:
        """Fill the smooth closed curve through the points."""
        self.polygon(smooth(points), ink)

    def rect(self, left: float, top: float, right: float, bottom: float, ink: Ink) -> None:
        """Fill an upright rectangle; corners may come in any order."""
        (x0, y0), (x1, y1) = self._to_pixel((left, top)), self._to_pixel((right, bottom))
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1) - 1, min(y0, y1), max(y0, y1) - 1
        if x1 >= x0 and y1 >= y0:
            self._shapes.append((False, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink))

    def disc(self, x: float, y: float, radius_x: float, radius_y: float, ink: Ink) -> None:
        """Fill an ellipse about (x, y)."""
        centre_x, centre_y = self._to_pixel((x, y))
        wide, high = radius_x * self._scale, radius_y * self._scale
        corners = [(centre_x - wide, centre_y - high), (centre_x + wide, centre_y + high)]
        self._shapes.append((True, corners, ink))

    def stroke(self, points: Sequence[Point], widths: Sequence[float], ink: Ink) -> None:
        """A round-capped line through the points whose width at each point is given."""
        for index, point in enumerate(points):
            self.disc(point[0], point[1], widths[index] / 2, widths[index] / 2, ink)
            if index:
                self._taper(points[index - 1], point, widths[index - 1], widths[index], ink)

    def line(self, points: Sequence[Point], width: float, ink: Ink) -> None:
        """A round-capped line of one width."""
        self.stroke(points, [width] * len(points), ink)

    def _taper(self, start: Point, end: Point, start_width: float, end_width: float, ink: Ink) -> None:
        along_x, along_y = end[0] - start[0], end[1] - start[1]
        length = math.sqrt(along_x * along_x + along_y * along_y)
        if length == 0.0:
            return
        normal_x, normal_y = -along_y / length / 2, along_x / length / 2
        self.polygon(
            [
                (start[0] + normal_x * start_width, start[1] + normal_y * start_width),
                (end[0] + normal_x * end_width, end[1] + normal_y * end_width),
                (end[0] - normal_x * end_width, end[1] - normal_y * end_width),
                (start[0] - normal_x * start_width, start[1] - normal_y * start_width),
            ],
            ink,
        )
