"""A cut-out: flat tones on a transparent ground, given form by light, to be pasted on a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.view import Region, View, clip

SUPERSAMPLED_PIXELS_MAX = 2_600_000
FORM_SCALE = 4


def whole(colour: Colour) -> tuple[int, int, int]:
    """The colour in whole levels."""
    return (round(colour[0]), round(colour[1]), round(colour[2]))


@dataclass(slots=True)
class Cutout:
    """Premultiplied pixels (mode RGBa) whose corner lies at the region's corner on the frame."""

    image: Image.Image
    region: Region
    _tints: list[tuple[Image.Image, Colour]] = field(default_factory=list)

    def form(self, light_x: float, size_px: float, tone: Colour, strength: float) -> None:
        """Darken towards `tone` on the side away from the light, over about `size_px` pixels."""
        small = self.image.getchannel("a").reduce(FORM_SCALE)
        reach = max(1.0, size_px / FORM_SCALE)
        moved = _moved(small, round(light_x * reach), -round(reach * 0.5), reach)
        shade = ImageChops.invert(moved).resize(self.image.size, Image.Resampling.BILINEAR)
        self._tint(shade, tone, strength)

    def rim(self, light_x: float, size_px: float, tone: Colour, strength: float) -> None:
        """A bright edge, `size_px` wide, on the side of the light."""
        shift = max(1, round(size_px))
        alpha = self.image.getchannel("a")
        lit = ImageChops.invert(_moved(alpha, -round(light_x * shift), shift // 2, shift / 3))
        self._tint(lit, tone, strength)

    def _tint(self, mask: Image.Image, tone: Colour, strength: float) -> None:
        alpha = self.image.getchannel("a")
        mask = ImageChops.multiply(mask, alpha)
        mask = mask.point([round(level * strength) for level in range(256)])
        self.image = _tinted(self.image, mask, tone)
        self._tints.append((mask, tone))

    def lit(self, piece: Image.Image, region: Region) -> Image.Image:
        """A piece drawn anew for a region within this one, in the light that this cut-out was given."""
        left, top = region.left - self.region.left, region.top - self.region.top
        for mask, tone in self._tints:
            piece = _tinted(piece, mask.crop((left, top, left + piece.width, top + piece.height)), tone)
        return piece

    def onto(self, picture: Image.Image) -> None:
        """Lay it on a picture of the frame's size, RGB or RGBA."""
        straight = self.image.convert("RGBA")
        if picture.mode == "RGBA":
            picture.alpha_composite(straight, (self.region.left, self.region.top))
            return
        picture.paste(straight.convert("RGB"), (self.region.left, self.region.top), straight.getchannel("A"))

    def shadow(self, picture: Image.Image, offset: tuple[int, int], soft_px: float, strength: float) -> None:
        """Let it throw a soft shadow, moved by `offset` pixels, on a picture of the frame's size."""
        margin = int(soft_px * 2) + 1
        alpha = self.image.getchannel("a")
        wide = Image.new("L", (alpha.width + 2 * margin, alpha.height + 2 * margin))
        wide.paste(alpha, (margin, margin))
        small = wide.reduce(FORM_SCALE).filter(ImageFilter.BoxBlur(soft_px / FORM_SCALE))
        soft = small.resize(wide.size, Image.Resampling.BILINEAR)
        soft = soft.point([round(level * strength) for level in range(256)])
        place = (self.region.left + offset[0] - margin, self.region.top + offset[1] - margin)
        if picture.mode == "RGB":
            picture.paste((8, 7, 12), (*place, place[0] + wide.width, place[1] + wide.height), soft)
            return
        dark = Image.new("RGBA", picture.size, (8, 7, 12, 0))
        dark.putalpha(_placed(soft, picture.size, place))
        picture.alpha_composite(dark)


def _placed(mask: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    """The mask at a place of a frame of this size."""
    frame = Image.new("L", size)
    frame.paste(mask, place)
    return frame


def _tinted(image: Image.Image, mask: Image.Image, tone: Colour) -> Image.Image:
    bands = image.split()
    mixed = [
        ImageChops.composite(Image.new("L", image.size, round(level)), band, mask)
        for level, band in zip(tone, bands[:3], strict=True)
    ]
    return Image.merge("RGBa", (*mixed, bands[3]))


def cut(view: View, pen: Pen, factor: int) -> Cutout | None:
    """What a pen drew in pixels `factor` times finer than the view's, as seen in the view."""
    box = pen.bounds()
    if box is None:
        return None
    left, top, right, bottom = (side / factor for side in box)
    region = clip(view, left - 2, top - 2, right + 2, bottom + 2)
    if region is None:
        return None
    return Cutout(piece(pen, factor, region), region)


def piece(pen: Pen, factor: int, region: Region) -> Image.Image:
    """What of a pen's drawing lies in a region (RGBa)."""
    size = ((region.right - region.left) * factor, (region.bottom - region.top) * factor)
    image = Image.new("RGBa", size)
    pen.paint(ImageDraw.Draw(image), region.left * factor, region.top * factor)
    return image.reduce(factor) if factor > 1 else image


def fineness(pixels: float) -> int:
    """How much finer than the frame to draw what covers so many of its pixels."""
    return 3 if pixels * 9 <= SUPERSAMPLED_PIXELS_MAX else 2


def _moved(alpha: Image.Image, across_px: int, down_px: int, soft_px: float) -> Image.Image:
    """The mask moved and softened, as if it went on as at its edge beyond the picture's bottom and sides."""
    margin = max(abs(across_px), abs(down_px)) + 1
    wide, high = alpha.size
    padded = Image.new("L", (wide + 2 * margin, high + 2 * margin))
    padded.paste(alpha, (margin, margin))
    padded.paste(
        alpha.crop((0, high - 1, wide, high)).resize((wide, margin + 1)), (margin, margin + high - 1)
    )
    moved = ImageChops.offset(padded, across_px, down_px).filter(ImageFilter.BoxBlur(soft_px))
    return moved.crop((margin, margin, margin + wide, margin + high))
