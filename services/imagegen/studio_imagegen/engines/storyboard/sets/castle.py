"""A castle by its ramparts: a keep and towers over the wall, and the platform where the watch walks."""

from __future__ import annotations

from collections.abc import Sequence

from studio_imagegen.engines.storyboard.colour import WHITE, Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.land import hill, ridge, stand
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging

DARK_LEVEL_MAX = 0.7
HORIZON = 0.66
# Left, top, right and foot of what is built, and how wide its merlons are.
Block = tuple[float, float, float, float, float]
FAR_BLOCKS: Sequence[Block] = (
    (-1.36, 0.34, -0.86, 0.75, 0.05),
    (-0.36, 0.30, -0.24, 0.75, 0.028),
    (0.22, 0.22, 0.38, 0.75, 0.03),
    (0.98, 0.30, 1.14, 0.75, 0.034),
    (1.12, 0.44, 1.7, 0.75, 0.05),
)
KEEP: Sequence[Block] = (
    (-0.74, 0.06, -0.48, 0.75, 0.046),
    (-0.50, 0.46, 0.50, 0.75, 0.05),
    (-0.17, 0.27, 0.13, 0.75, 0.044),
    (0.48, -0.02, 0.74, 0.75, 0.046),
    (0.72, 0.42, 1.7, 0.75, 0.055),
    (-1.7, 0.46, -0.72, 0.75, 0.055),
)
ROOFS = ((-0.74, -0.48, 0.06), (0.48, 0.74, -0.02))
SLITS = ((-0.61, 0.19), (-0.56, 0.36), (0.59, 0.14), (0.64, 0.33), (-0.05, 0.36), (0.04, 0.36), (0.95, 0.5))
PARAPET_TOP, PARAPET_FOOT, FLOOR = 0.60, 0.76, 0.755
MERLON, GAP = 0.2, 0.11


def paint_castle(plate: Plate, staging: Staging) -> None:
    """Towers against the sky, lit slits, a parapet with merlons, and flagstones with torches."""
    sky, seed = staging.sky, staging.set_seed
    dice = Dice(seed, "castle")
    paint_sky(plate, sky, staging.weather, seed, HORIZON)
    hill(plate, ridge(dice, 0.62, 0.08, 4), sky.far, mix(sky.far, sky.haze, 0.6), 0.8)
    plate.pool(0.1 * sky.light_x, 0.36, 1.1, 0.5, mix(sky.haze, sky.key, 0.5), 0.3)
    far = mix(sky.far, sky.haze, 0.2)
    _masonry(plate, FAR_BLOCKS, far, mix(far, sky.haze, 0.5))
    plate.pool(0.0, 0.66, 1.4, 0.26, sky.haze, 0.5)
    plate.part()
    wall = mix(mix(sky.middle, sky.near, 0.72), (128.0, 116.0, 112.0), 0.26 * sky.level)
    _roofs(plate, wall)
    _masonry(plate, KEEP, wall, mix(wall, sky.haze, 0.26))
    _courses(plate, dice, wall)
    _slits(plate, staging)
    _snowed(plate, staging, KEEP)
    plate.pool(0.0, 0.74, 1.5, 0.2, sky.haze, 0.4)
    _parapet(plate, staging, dice)
    stand(plate, staging, "RAMPARTS")


def _merlons(pen: Pen, block: Block) -> None:
    left, top, right, _, wide = block
    count = max(2, round((right - left + wide) / (wide * 1.8)))
    step = (right - left - wide) / (count - 1)
    for index in range(count):
        x = left + index * step
        pen.rect(x, top - wide * 0.95, x + wide, top + 0.01, 255)


def _masonry(plate: Plate, blocks: Sequence[Block], top: Colour, bottom: Colour) -> None:
    def draw(pen: Pen) -> None:
        for block in blocks:
            pen.rect(block[0], block[1], block[2], block[3], 255)
            _merlons(pen, block)

    plate.stencil(draw, top, bottom, span=(0.0, 0.75))


def _roofs(plate: Plate, wall: Colour) -> None:
    def draw(pen: Pen) -> None:
        for left, right, top in ROOFS:
            middle, inset = (left + right) / 2, (right - left) * 0.18
            pen.polygon([(left + inset, top), (middle, top - 0.3), (right - inset, top)], 255)
            pen.line([(middle, top - 0.28), (middle, top - 0.4)], 0.006, 255)
            pen.polygon([(middle, top - 0.4), (middle + 0.09, top - 0.375), (middle, top - 0.35)], 255)

    plate.stencil(draw, times(wall, 0.62), times(wall, 0.8))


def _courses(plate: Plate, dice: Dice, wall: Colour) -> None:
    """A few stones of the wall, and the shade under its towers' edges."""

    def stones(pen: Pen) -> None:
        for left, top, right, foot, _ in KEEP:
            for _ in range(round((right - left) * 46)):
                x, y = dice.between(left, right - 0.05), dice.between(top + 0.03, foot - 0.03)
                pen.rect(x, y, x + dice.between(0.025, 0.05), y + 0.016, 255)

    def shades(pen: Pen) -> None:
        for left, top, right, _, _ in KEEP:
            pen.rect(left, top + 0.012, right, top + 0.03, 255)
        for x in (-0.48, 0.13, 0.74):
            pen.rect(x, 0.47, x + 0.03, 0.75, 255)

    plate.stencil(stones, times(wall, 0.82), opacity=0.55)
    plate.stencil(shades, times(wall, 0.6), opacity=0.8)


def _slits(plate: Plate, staging: Staging) -> None:
    dark = staging.sky.level < DARK_LEVEL_MAX
    tone = staging.sky.lamp if dark else times(staging.sky.near, 0.6)

    def draw(pen: Pen) -> None:
        for x, y in SLITS:
            pen.rect(x - 0.011, y, x + 0.011, y + 0.062, 255)
            pen.disc(x, y, 0.011, 0.014, 255)

    plate.stencil(draw, tone)
    for x, y in SLITS if dark else ():
        plate.glow(x, y + 0.03, 0.08, tone, 0.3)
    if dark:
        for x, y in SLITS[1:4]:
            plate.flicker("WINDOW", x - 0.02, y - 0.01, x + 0.02, y + 0.07)


def _snowed(plate: Plate, staging: Staging, blocks: Sequence[Block]) -> None:
    """Snow on what is flat."""
    if staging.weather != "SNOW":
        return

    def draw(pen: Pen) -> None:
        for left, top, right, _, wide in blocks:
            count = max(2, round((right - left + wide) / (wide * 1.8)))
            step = (right - left - wide) / (count - 1)
            for index in range(count):
                x = left + index * step
                pen.rect(x - 0.003, top - wide * 1.1, x + wide + 0.003, top - wide * 0.86, 255)

    plate.stencil(draw, mix(staging.sky.haze, WHITE, 0.45))


def _parapet(plate: Plate, staging: Staging, dice: Dice) -> None:
    """The platform's wall with its merlons, and its floor."""
    sky = staging.sky
    snow = staging.weather == "SNOW"
    stone = mix(sky.near, sky.middle, 0.25)
    floor = mix(sky.haze, WHITE, 0.18) if snow else mix(sky.ground, stone, 0.5)
    lefts = [-1.75 + (MERLON + GAP) * index for index in range(12)]

    def wall(pen: Pen) -> None:
        pen.rect(-1.8, PARAPET_TOP + 0.06, 1.8, PARAPET_FOOT, 255)
        for x in lefts:
            pen.rect(x, PARAPET_TOP - 0.04, x + MERLON, PARAPET_TOP + 0.08, 255)

    def caps(pen: Pen) -> None:
        for x in lefts:
            pen.rect(x - 0.006, PARAPET_TOP - 0.052, x + MERLON + 0.006, PARAPET_TOP - 0.036, 255)
            pen.rect(x + MERLON, PARAPET_TOP + 0.052, x + MERLON + GAP, PARAPET_TOP + 0.064, 255)

    def joints(pen: Pen) -> None:
        for row in range(4):
            y = PARAPET_TOP + 0.055 + row * 0.026
            for _ in range(18):
                x = dice.between(-1.7, 1.7)
                pen.rect(x, y, x + dice.between(0.05, 0.11), y + 0.016, 255)

    def flags(pen: Pen) -> None:
        for index in range(-11, 12):
            pen.line([(index * 0.16, FLOOR), (index * 0.5, 1.15)], 0.004, 255)
        for y in (0.79, 0.84, 0.91, 1.02):
            pen.line([(-1.8, y), (1.8, y)], 0.004, 255)

    plate.stencil(wall, mix(stone, sky.key, 0.06), times(stone, 0.75))
    plate.stencil(joints, times(stone, 0.7), opacity=0.6)
    plate.stencil(caps, mix(sky.haze, WHITE, 0.4) if snow else mix(stone, sky.key, 0.34))
    plate.stencil(
        lambda pen: pen.rect(-1.8, FLOOR, 1.8, 1.4, 255), mix(floor, sky.haze, 0.2), times(floor, 0.6)
    )
    plate.stencil(flags, times(floor, 0.6), opacity=0.5)
