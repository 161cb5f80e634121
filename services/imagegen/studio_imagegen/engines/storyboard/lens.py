"""The end of the light's way: vignette, grain that dithers to 8 bits, defocus, and the PNG file."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio_imagegen.engines.storyboard.dice import seed_of
from studio_imagegen.engines.storyboard.plate import Floats, Plate

Pixels = npt.NDArray[np.uint8]
GRAIN_LEVELS = 1.6


def grain_of(seed: int, width_px: int, height_px: int) -> Floats:
    """Triangular noise of -GRAIN_LEVELS..GRAIN_LEVELS plus one half (which rounds), grey."""
    count = width_px * height_px
    words = np.random.PCG64(seed_of(seed, "grain")).random_raw(count // 4 + 1)
    noise = words.view(np.uint8)[: 2 * count].astype(np.float32)
    grain = (noise[:count] - noise[count:]) * np.float32(GRAIN_LEVELS / 255) + np.float32(0.5)
    return grain.reshape(height_px, width_px)


def vignette_of(width_px: int, height_px: int) -> Floats:
    """A factor that falls from 1 in the middle to 0.62 in the corners with the fourth power of the radius."""
    across = ((np.arange(width_px, dtype=np.float32) + 0.5) / width_px * 2 - 1) ** 2
    down = ((np.arange(height_px, dtype=np.float32) + 0.5) / height_px * 2 - 1) ** 2
    radius = (across[None, :] + down[:, None]) * np.float32(0.5)
    return (1.0 - np.float32(0.38) * radius * radius).astype(np.float32)


def expose(plate: Plate, vignette: Floats, grain: Floats) -> Image.Image:
    """The plate in 8 bits, RGBA with straight alpha."""
    height, width = vignette.shape
    pixels = np.empty((height, width, 4), np.uint8)
    hide = np.float32(1.0) if plate.cover is None else np.maximum(plate.cover, np.float32(1e-4))
    for channel in range(3):
        level = plate.colour[channel] / hide
        level *= vignette
        level += grain
        pixels[..., channel] = np.clip(level, 0.0, 255.0, out=level)
    pixels[..., 3] = 255 if plate.cover is None else plate.cover * np.float32(255.0) + np.float32(0.5)
    return Image.fromarray(pixels)


def defocus(plate: Plate, width_px: int, height_px: int) -> Floats:
    """The plate's colours, blurred by an eighth of its size, at another size."""
    small = (-(-plate.view.width_px // 5), -(-plate.view.height_px // 5))
    planes = [
        Image.fromarray(plane)
        .resize(small, Image.Resampling.BOX)
        .resize((width_px, height_px), Image.Resampling.BICUBIC)
        for plane in plate.colour
    ]
    return np.stack([np.asarray(plane, np.float32) for plane in planes])


def png_of(image: Image.Image) -> bytes:
    """A PNG file (W3C PNG, 3rd edition) with filter type 1 and fast compression."""
    pixels: Pixels = np.asarray(image)
    height, width, channels = pixels.shape
    flat = pixels.reshape(height, width * channels)
    lines = np.empty((height, 1 + width * channels), np.uint8)
    lines[:, 0] = 1
    lines[:, 1 : 1 + channels] = flat[:, :channels]
    np.subtract(flat[:, channels:], flat[:, :-channels], out=lines[:, 1 + channels :])
    colour_type = 6 if channels == 4 else 2
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 2)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
