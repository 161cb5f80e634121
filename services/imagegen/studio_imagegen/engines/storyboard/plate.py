"""A plate: one layer of the picture in floating point, and the stencils and glows laid on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour
from studio_imagegen.engines.storyboard.pen import Pen, Point

Floats = npt.NDArray[np.float32]


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


class Plate:
    """Premultiplied colour planes, and how much of what lies behind they hide.

    `colour` is (3, height, width) in 0..255, `cover` (height, width) in 0..1 or None for a plate that
    is opaque everywhere. `touched` bounds what was drawn on a plate that is not opaque.
    """

    def __init__(self, view: View, *, opaque: bool) -> None:
        self.view = view
        self.colour: Floats = np.zeros((3, view.height_px, view.width_px), np.float32)
        self.cover: Floats | None = None if opaque else np.zeros((view.height_px, view.width_px), np.float32)
        self.touched: Region | None = None

    def stencil(
        self,
        draw: Callable[[Pen], None],
        top: Colour,
        bottom: Colour | None = None,
        *,
        opacity: float = 1.0,
        span: tuple[float, float] | None = None,
        soften_px: float = 0.0,
        fade: tuple[float, float] | None = None,
    ) -> None:
        """Fill what `draw` draws (in set coordinates, ink 255) with a vertical gradient.

        The gradient runs over `span` (two y of the set) or over what was drawn. `soften_px` blurs the
        edges, in pixels of a plate 900 pixels high. `fade` gives opacities at the span's two ends.
        """
        cut = _cut_out(self.view, draw, soften_px)
        if cut is None:
            return
        cover, region = cut
        rows = _rows(self.view, region, span)
        if fade is not None:
            cover *= fade[0] + (fade[1] - fade[0]) * rows
        if opacity != 1.0:
            cover *= np.float32(opacity)
        self.lay(cover, region, _gradient(top, bottom or top, rows))

    def lay(self, cover: Floats, region: Region, colours: tuple[Floats | float, ...]) -> None:
        """Lay colours (three, scalar or broadcastable) over the region by `cover` in 0..1."""
        rows, columns = slice(region.top, region.bottom), slice(region.left, region.right)
        for channel in range(3):
            plane = self.colour[channel, rows, columns]
            change = np.subtract(colours[channel], plane, dtype=np.float32)
            change *= cover
            plane += change
        if self.cover is not None:
            held = self.cover[rows, columns]
            held += (1.0 - held) * cover
            self.touched = region if self.touched is None else self.touched.union(region)

    def lay_premultiplied(self, colour: Floats, cover: Floats, region: Region) -> None:
        """Lay an image of premultiplied `colour` (3, h, w) and `cover` (h, w) over the region."""
        rows, columns = slice(region.top, region.bottom), slice(region.left, region.right)
        rest = 1.0 - cover
        for channel in range(3):
            plane = self.colour[channel, rows, columns]
            plane *= rest
            plane += colour[channel]
        if self.cover is not None:
            held = self.cover[rows, columns]
            held *= rest
            held += cover
            self.touched = region if self.touched is None else self.touched.union(region)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """A soft round light about a point of the set that fades to nothing at `radius`."""
        self.pool(x, y, radius, radius, colour, strength)

    def pool(self, x: float, y: float, wide: float, high: float, colour: Colour, strength: float) -> None:
        """A soft elliptic light: strength x (1 - r^2)^2, laid like a screen on an opaque plate."""
        centre_x, centre_y = self.view.pixel((x, y))
        wide_px, high_px = wide * self.view.unit_px, high * self.view.unit_px
        region = clip(
            self.view, centre_x - wide_px, centre_y - high_px, centre_x + wide_px, centre_y + high_px
        )
        if region is None:
            return
        across = (np.arange(region.left, region.right, dtype=np.float32) + 0.5 - centre_x) / wide_px
        down = (np.arange(region.top, region.bottom, dtype=np.float32) + 0.5 - centre_y) / high_px
        field = 1.0 - (across * across)[None, :] - (down * down)[:, None]
        np.maximum(field, 0.0, out=field)
        field *= field
        field *= np.float32(strength)
        self.lay(field.astype(np.float32), region, colour)


def clip(view: View, left: float, top: float, right: float, bottom: float) -> Region | None:
    """The pixels of the view within a box of pixel coordinates; None when there is none."""
    region = Region(
        max(0, int(left)),
        max(0, int(top)),
        min(view.width_px, int(right) + 1),
        min(view.height_px, int(bottom) + 1),
    )
    return region if region.right > region.left and region.bottom > region.top else None


def _cut_out(view: View, draw: Callable[[Pen], None], soften_px: float) -> tuple[Floats, Region] | None:
    factor = 2 if soften_px == 0.0 else 1
    size = (view.width_px * factor, view.height_px * factor)
    mask = Image.new("L", size)

    def to_pixel(point: Point) -> Point:
        x, y = view.pixel(point)
        return (x * factor, y * factor)

    draw(Pen(ImageDraw.Draw(mask), to_pixel, view.unit_px * factor))
    box = mask.getbbox()
    if box is None:
        return None
    margin = int(soften_px * 2 * view.height_px / 900) + 1 if soften_px else 0
    region = Region(
        max(0, box[0] // factor - margin),
        max(0, box[1] // factor - margin),
        min(view.width_px, -(-box[2] // factor) + margin),
        min(view.height_px, -(-box[3] // factor) + margin),
    )
    window = mask.crop(
        (region.left * factor, region.top * factor, region.right * factor, region.bottom * factor)
    )
    window = window.reduce(factor) if factor > 1 else _softened(window, soften_px * view.height_px / 900)
    return np.asarray(window, np.float32) * np.float32(1 / 255), region


def _softened(mask: Image.Image, radius_px: float) -> Image.Image:
    """The mask blurred at a quarter of its size when the blur hides the loss: sixteen times cheaper."""
    if radius_px < 8:
        return mask.filter(ImageFilter.BoxBlur(radius_px / 2)).filter(ImageFilter.BoxBlur(radius_px / 2))
    small = mask.resize((-(-mask.width // 4), -(-mask.height // 4)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius_px / 8)).resize(mask.size, Image.Resampling.BICUBIC)


def _rows(view: View, region: Region, span: tuple[float, float] | None) -> Floats:
    rows = np.arange(region.top, region.bottom, dtype=np.float32) + np.float32(0.5)
    if span is None:
        start, end = float(region.top), float(region.bottom)
    else:
        start, end = view.pixel((0.0, span[0]))[1], view.pixel((0.0, span[1]))[1]
    share = (rows - np.float32(start)) / np.float32(max(end - start, 1.0))
    held: Floats = np.clip(share, 0.0, 1.0).astype(np.float32)
    return held[:, None]


def _gradient(top: Colour, bottom: Colour, rows: Floats) -> tuple[Floats | float, ...]:
    if top == bottom:
        return top
    return tuple(
        np.float32(first) + np.float32(last - first) * rows for first, last in zip(top, bottom, strict=True)
    )
