"""A plate: the set in floating point, its far and its near part, and the stencils and glows laid on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour
from studio_imagegen.engines.storyboard.cutout import Cutout
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.view import Region, View, clip

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Flicker:
    """A light of the far or near part that is not steady; its box is in shares of the frame."""

    kind: str
    near: bool
    box: tuple[float, float, float, float]


class Plate:
    """Premultiplied colour planes, and how much of what lies behind they hide.

    `colour` is (3, height, width) in 0..255, all that was laid. `behind` is what of it lies in the far part,
    `cover` (height, width) in 0..1 how much the near part hides of that; both None on a plate of one part.
    `lights` are those that flicker.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.colour: Floats = np.zeros((3, view.height_px, view.width_px), np.float32)
        self.behind: Floats | None = None
        self.cover: Floats | None = None
        self.lights: list[Flicker] = []

    def part(self) -> None:
        """End the far part here: all that was laid so far lies in it, and all that follows before it."""
        self.behind = self.colour.copy()
        self.cover = np.zeros(self.colour.shape[1:], np.float32)

    def open(self, draw: Callable[[Pen], None]) -> None:
        """Cut what `draw` draws out of the near part, so that the far one shows."""
        cut = _cut_out(self.view, draw, 0.0)
        if cut is None or self.behind is None or self.cover is None:
            return
        hole, region = cut
        rows, columns = slice(region.top, region.bottom), slice(region.left, region.right)
        held = self.colour[:, rows, columns]
        held += (self.behind[:, rows, columns] - held) * hole
        self.cover[rows, columns] *= 1.0 - hole

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

    def lay_cutout(self, cutout: Cutout) -> None:
        """Lay a cut-out that was cut for this plate's view."""
        pixels = np.asarray(cutout.image, np.float32).transpose(2, 0, 1)
        self.lay_premultiplied(pixels[:3], pixels[3] * np.float32(1 / 255), cutout.region)

    def flicker(self, kind: str, left: float, top: float, right: float, bottom: float) -> None:
        """Say that the light in this box of the set is not steady; `kind` is FLAME or WINDOW."""
        (first_x, first_y), (last_x, last_y) = self.view.pixel((left, top)), self.view.pixel((right, bottom))
        wide, high = self.view.width_px, self.view.height_px
        if last_x <= 0 or first_x >= wide or last_y <= 0 or first_y >= high:
            return
        box = (first_x / wide, first_y / high, last_x / wide, last_y / high)
        self.lights.append(Flicker(kind, self.behind is not None, box))

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


def _cut_out(view: View, draw: Callable[[Pen], None], soften_px: float) -> tuple[Floats, Region] | None:
    factor = 2 if soften_px == 0.0 else 1

    def to_pixel(point: Point) -> Point:
        x, y = view.pixel(point)
        return (x * factor, y * factor)

    pen = Pen(to_pixel, view.unit_px * factor)
    draw(pen)
    box = pen.bounds()
    if box is None:
        return None
    margin = int(soften_px * 2 * view.height_px / 900) + 1
    left, top, right, bottom = (side / factor for side in box)
    region = clip(view, left - margin, top - margin, right + margin, bottom + margin)
    if region is None:
        return None
    mask = Image.new("L", ((region.right - region.left) * factor, (region.bottom - region.top) * factor))
    pen.paint(ImageDraw.Draw(mask), region.left * factor, region.top * factor)
    window = mask.reduce(factor) if factor > 1 else _softened(mask, soften_px * view.height_px / 900)
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
