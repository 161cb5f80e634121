"""The sky: its gradient, the sun or moon with a glow, stars, and clouds out of value noise."""

from __future__ import annotations

import numpy as np
from PIL import Image

from studio_imagegen.engines.storyboard.colour import WHITE, Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Floats, Plate
from studio_imagegen.engines.storyboard.view import Region


def paint_sky(plate: Plate, sky: Palette, weather: str, seed: str, horizon: float) -> None:
    """Fill the whole plate with the sky down to the horizon's colour."""
    view = plate.view
    whole = Region(0, 0, view.width_px, view.height_px)
    top_px, end_px = view.pixel((0.0, -0.05))[1], view.pixel((0.0, horizon))[1]
    rows = (np.arange(view.height_px, dtype=np.float32) + 0.5 - top_px) / (end_px - top_px)
    share = np.clip(rows, 0.0, 1.0)[:, None].astype(np.float32)
    share = share * share * (np.float32(1.6) - np.float32(0.6) * share)
    plate.colour[:] = np.stack(
        [
            np.float32(low - top) * share + np.float32(top)
            for top, low in zip(sky.sky_top, sky.sky_low, strict=True)
        ]
    )
    dice = Dice(seed, "sky")
    if weather == "CLEAR":
        if sky.level < 0.3:
            _stars(plate, dice, horizon)
        _light(plate, sky, dice, horizon)
    _clouds(plate, sky, weather, dice, horizon, whole)


def _stars(plate: Plate, dice: Dice, horizon: float) -> None:
    def draw(pen: Pen) -> None:
        for _ in range(90):
            x, y = dice.between(-1.6, 1.6), dice.between(-0.1, horizon * 0.85)
            radius = dice.between(0.0007, 0.0016)
            pen.disc(x, y, radius, radius, 255)

    plate.stencil(draw, (214.0, 226.0, 255.0), opacity=0.75, span=(0.0, horizon), fade=(1.0, 0.15))


def _light(plate: Plate, sky: Palette, dice: Dice, horizon: float) -> None:
    x = sky.light_x * dice.between(0.28, 0.5)
    low = 0.3 < sky.level < 0.7
    y = horizon - 0.1 if low else horizon * dice.between(0.3, 0.42)
    radius = 0.05 if low else 0.036
    plate.glow(x, y, 0.85, sky.key, 0.34 if low else 0.2)
    plate.glow(x, y, 0.3, sky.key, 0.5 if low else 0.35)
    plate.stencil(lambda pen: pen.disc(x, y, radius, radius, 255), mix(sky.key, WHITE, 0.45))


def _clouds(plate: Plate, sky: Palette, weather: str, dice: Dice, horizon: float, whole: Region) -> None:
    heavy = weather in ("STORM", "RAIN", "SNOW")
    noise = cloud_noise(dice, plate, stretch=3.2)
    cover = np.clip((noise - np.float32(0.42 if heavy else 0.52)) * np.float32(3.4), 0.0, 1.0)
    rows = (np.arange(plate.view.height_px, dtype=np.float32) + 0.5) / plate.view.height_px
    end = plate.view.pixel((0.0, horizon))[1] / plate.view.height_px
    cover *= np.clip((np.float32(end) - rows) * np.float32(2.6), 0.0, 1.0)[:, None]
    cover *= np.float32(0.75 if heavy else 0.42)
    tone: Colour = times(mix(sky.sky_top, sky.haze, 0.55), 0.82) if heavy else mix(sky.haze, sky.key, 0.35)
    plate.lay(cover.astype(np.float32), whole, tone)


def cloud_noise(dice: Dice, plate: Plate, stretch: float) -> Floats:
    """Smooth noise in about 0..1 of the plate's shape: four octaves of random grids, widened by `stretch`."""
    small_wide, small_high = 200, max(24, 200 * plate.view.height_px // plate.view.width_px)
    total = np.zeros((small_high, small_wide), np.float32)
    weight = 0.5
    for octave in range(4):
        wide = max(3, int((4 << octave) * 1.6 / stretch * 2))
        high = max(3, int(4 << octave))
        grid = np.array([dice.unit() for _ in range(wide * high)], np.float32).reshape(high, wide)
        size = (small_wide, small_high)
        total += np.float32(weight) * np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC))
        weight /= 2
    size = (plate.view.width_px, plate.view.height_px)
    return np.asarray(Image.fromarray(total).resize(size, Image.Resampling.BILINEAR), np.float32)
