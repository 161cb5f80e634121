"""The end of the light's way: vignette, defocus, light in the air, grain, and the PNG file."""

from __future__ import annotations

import struct
from functools import lru_cache

import deflate
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from studio_imagegen.engines.storyboard.colour import Colour
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.plate import Floats, Plate

Pixels = npt.NDArray[np.uint8]
GRAIN_LEVELS = 4
BLUR = 2.4
DEFLATE_LEVEL = 1
SIZES_KEPT = 4
# Levels lowered by half the grain, and so that no grain can pass white or black.
_ROOM_FOR_GRAIN = [min(255 - GRAIN_LEVELS, max(0, level - GRAIN_LEVELS // 2)) for level in range(256)]


def grained(picture: Image.Image, seed: int) -> Image.Image:
    """The picture with grain, grey, of at most half GRAIN_LEVELS up or down."""
    dice = Dice(seed, "grain")
    noise = _noise(*picture.size)
    moved = ImageChops.offset(noise, dice.whole(0, noise.width - 1), dice.whole(0, noise.height - 1))
    return ImageChops.add_modulo(picture.point(_ROOM_FOR_GRAIN * 3), moved)


@lru_cache(maxsize=SIZES_KEPT)
def _noise(width_px: int, height_px: int) -> Image.Image:
    words = np.random.PCG64(20261126).random_raw(width_px * height_px // 4 + 1)
    coins = words.view(np.uint8)[: 2 * width_px * height_px]
    thrown = (coins[0::2] % 3 + coins[1::2] % 3).astype(np.uint8)
    grain = Image.fromarray(thrown.reshape(height_px, width_px))
    return Image.merge("RGB", (grain, grain, grain))


@lru_cache(maxsize=SIZES_KEPT)
def _vignette(width_px: int, height_px: int) -> Floats:
    """A factor that falls from 1 in the middle to 0.64 in the corners with the fourth power of the radius."""
    across = ((np.arange(width_px, dtype=np.float32) + 0.5) / width_px * 2 - 1) ** 2
    down = ((np.arange(height_px, dtype=np.float32) + 0.5) / height_px * 2 - 1) ** 2
    radius = (across[None, :] + down[:, None]) * np.float32(0.5)
    return (1.0 - np.float32(0.36) * radius * radius).astype(np.float32)


def exposed(plate: Plate, gain: float = 1.0) -> tuple[Image.Image, Image.Image | None]:
    """The far part (RGB) and the near one (RGBa) in 8 bits through the vignette, `gain` times as bright."""
    vignette = _vignette(plate.view.width_px, plate.view.height_px)
    factor = vignette if gain == 1.0 else vignette * np.float32(gain)
    if plate.behind is None or plate.cover is None:
        return _developed(plate.colour, factor, None), None
    near = plate.behind * (plate.cover - np.float32(1.0))
    near += plate.colour
    return _developed(plate.behind, factor, None), _developed(near, factor, plate.cover)


def _developed(colour: Floats, factor: Floats, cover: Floats | None) -> Image.Image:
    """Planes in 8 bits. Premultiplied levels never exceed their cover."""
    level = np.empty_like(factor)
    most: Floats | float = 255.0
    planes = []
    if cover is not None:
        most = np.rint(cover * np.float32(255.0))
    for channel in range(3):
        np.multiply(colour[channel], factor, out=level)
        level += np.float32(0.5)
        np.minimum(level, most, out=level)
        np.maximum(level, 0.0, out=level)
        planes.append(Image.fromarray(level.astype(np.uint8)))
    if cover is None:
        return Image.merge("RGB", planes)
    return Image.merge("RGBa", (*planes, Image.fromarray(np.asarray(most).astype(np.uint8))))


def defocused(picture: Image.Image, width_px: int, height_px: int, blur: float = BLUR) -> Image.Image:
    """The picture at another size, seen through a lens that is focused nearer; larger `blur` is softer."""
    small = (max(8, round(picture.width / blur)), max(8, round(picture.height / blur)))
    soft = picture.resize(small, Image.Resampling.BOX)
    return soft.resize((width_px, height_px), Image.Resampling.BILINEAR)


def shine(
    picture: Image.Image,
    at_px: tuple[float, float],
    radius_px: tuple[float, float],
    tone: Colour,
    strength: float,
) -> None:
    """Light in the air about a point of a picture, RGB or RGBA: strength x (1 - r^2)^2, like a screen."""
    wide, high = max(1, round(radius_px[0] * 2)), max(1, round(radius_px[1] * 2))
    left, top = round(at_px[0] - radius_px[0]), round(at_px[1] - radius_px[1])
    window = (max(0, left), max(0, top), min(picture.width, left + wide), min(picture.height, top + high))
    if window[2] <= window[0] or window[3] <= window[1]:
        return
    mask = _round_light().resize(
        (window[2] - window[0], window[3] - window[1]),
        Image.Resampling.BILINEAR,
        box=(
            (window[0] - left) * 128 / wide,
            (window[1] - top) * 128 / high,
            (window[2] - left) * 128 / wide,
            (window[3] - top) * 128 / high,
        ),
    )
    mask = mask.point([round(level * min(1.0, strength)) for level in range(256)])
    colour = (round(tone[0]), round(tone[1]), round(tone[2]))
    if picture.mode == "RGB":
        picture.paste(colour, window, mask)
        return
    light = Image.new("RGBA", mask.size, colour)
    light.putalpha(mask)
    picture.alpha_composite(light, window[:2])


@lru_cache(maxsize=1)
def _round_light() -> Image.Image:
    side = ((np.arange(128, dtype=np.float32) + 0.5) / 64 - 1) ** 2
    field = np.maximum(1.0 - side[None, :] - side[:, None], 0.0)
    return Image.fromarray((field * field * 255.0 + 0.5).astype(np.uint8))


def png_of(image: Image.Image) -> bytes:
    """A PNG file (W3C PNG, 3rd edition) with filter type 2; libdeflate packs alike on every processor."""
    pixels: Pixels = np.asarray(image)
    height, width, channels = pixels.shape
    return _png(pixels.reshape(height, -1), (width, height), 6 if channels == 4 else 2)


def png_of_tone(image: Image.Image) -> bytes:
    """A PNG file of a picture (RGBA) of one tone, whose alpha alone differs: a byte a pixel, not four."""
    mask: Pixels = np.asarray(image.getchannel("A"))
    red, green, blue, _ = image.getpixel((0, 0))  # type: ignore[misc]  # of an RGBA picture four
    extra = _chunk(b"PLTE", bytes((red, green, blue)) * 256) + _chunk(b"tRNS", bytes(range(256)))
    return _png(mask, image.size, 3, extra)


def _png(rows: Pixels, size: tuple[int, int], colour_type: int, extra: bytes = b"") -> bytes:
    lines = np.empty((rows.shape[0], 1 + rows.shape[1]), np.uint8)
    lines[:, 0] = 2
    lines[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
    header = struct.pack(">IIBBBBB", *size, 8, colour_type, 0, 0, 0)
    body = bytes(deflate.zlib_compress(lines, DEFLATE_LEVEL))
    packed = _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + packed


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", deflate.crc32(kind + body))
