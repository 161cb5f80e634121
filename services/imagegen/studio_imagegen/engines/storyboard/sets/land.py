"""Land under the sky: ridges, hills, meadows, mountains, roads, dunes, and what stands on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from studio_imagegen.engines.storyboard.colour import WHITE, Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import read_sheet
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, Point, smooth
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.furnish import Tint, furnish
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging

GREEN: Colour = (92.0, 138.0, 84.0)
SAND: Colour = (214.0, 176.0, 122.0)
LAMP_LEVEL_MAX = 0.7


def greened(tone: Colour, sky: Palette, share: float) -> Colour:
    """The tone with some of the green of leaves, as bright as the hour."""
    return mix(tone, times(GREEN, 0.25 + 0.75 * sky.level), share)


def ridge(dice: Dice, base: float, height: float, roughness: int) -> list[Point]:
    """A line of hills from -1.7 to 1.7: midpoint displacement, halved at each of `roughness` steps."""
    line: list[Point] = [
        (-1.7, base),
        (-0.6, base - height),
        (0.5, base - height * 0.3),
        (1.7, base - height * 0.8),
    ]
    swing = height * 0.7
    for _ in range(roughness):
        longer: list[Point] = [line[0]]
        for start, end in itertools.pairwise(line):
            middle_y = (start[1] + end[1]) / 2 + dice.between(-swing, swing) * 0.5
            longer += [((start[0] + end[0]) / 2, middle_y), end]
        line, swing = longer, swing * 0.52
    return line


def swell(dice: Dice, base: float, height: float) -> list[Point]:
    """A smooth line across the set about `base`, at most `height` off it."""
    across = (-1.7, -0.9, -0.2, 0.5, 1.1, 1.7)
    return smooth([(x, base + dice.between(-height, height)) for x in across], closed=False)


def hill(plate: Plate, line: list[Point], top: Colour, bottom: Colour, foot: float) -> None:
    """Fill the land under a line down to `foot`."""
    high = min(y for _, y in line)
    outline = [*line, (1.7, foot), (-1.7, foot)]
    plate.stencil(lambda pen: pen.polygon(outline, 255), top, bottom, span=(high, foot))


def stand(plate: Plate, staging: Staging, name: str, gain: float = 1.0) -> None:
    """Lay what stands in a place (sheets/places.txt) on the plate, `gain` times as bright as its hour."""
    sky = staging.sky
    dark = sky.level < LAMP_LEVEL_MAX
    light = times(mix(sky.ambient, sky.haze, 0.25), gain * (0.42 + 0.55 * sky.level) / 255)
    bulb = sky.lamp if dark else mix(sky.near, sky.haze, 0.35)
    tones = {
        "near": sky.near, "middle": sky.middle, "far": sky.far, "haze": sky.haze, "ground": sky.ground,
        "bulb": bulb, "furn": mix(sky.near, (44.0, 40.0, 48.0), 0.6),
    }  # fmt: skip
    furnish(plate, read_sheet("places")[name].drawing, Tint(light, tones), sky, sky.light_x)


def snow_caps(plate: Plate, line: list[Point], sky: Palette) -> None:
    """Snow on the highest parts of a ridge."""
    limit = min(y for _, y in line) + 0.09

    def draw(pen: Pen) -> None:
        for start, end in itertools.pairwise(line):
            if start[1] < limit or end[1] < limit:
                low = min(limit, max(start[1], end[1]) + 0.02)
                far_low, near_low = max(end[1], low), max(start[1], low - 0.012)
                pen.polygon([start, end, (end[0], far_low), (start[0], near_low)], 255)

    plate.stencil(draw, mix(sky.haze, WHITE, 0.55), sky.haze, opacity=0.6)


def firs(trees: Sequence[tuple[float, float]], foot: float) -> Callable[[Pen], None]:
    """What draws firs, each at an x and so high, on a stencil."""

    def draw(pen: Pen) -> None:
        for x, high in trees:
            _fir(pen, x, foot, high)

    return draw


def _fir(pen: Pen, x: float, foot: float, high: float) -> None:
    """A fir tree."""
    pen.rect(x - high * 0.02, foot - high * 0.2, x + high * 0.02, foot, 255)
    for tier in range(4):
        top = foot - high + high * 0.2 * tier
        half = high * (0.09 + 0.055 * tier)
        pen.polygon([(x, top), (x + half, top + high * 0.3), (x - half, top + high * 0.3)], 255)


def ridges(plate: Plate, staging: Staging, dice: Dice, count: int = 4) -> None:
    """Ridges that pale into the haze, the farthest with snow; as many as wanted, at most 4."""
    sky = staging.sky
    tones = [
        mix(sky.far, sky.haze, 0.45),
        sky.far,
        mix(sky.far, sky.middle, 0.6),
        mix(sky.middle, sky.near, 0.4),
    ]
    for index, tone in enumerate(tones[:count]):
        base = 0.5 + 0.095 * index
        line = ridge(dice, base, 0.25 - 0.035 * index, 6)
        hill(plate, line, tone, mix(tone, sky.haze, 0.55), base + 0.16)
        if index == 0:
            snow_caps(plate, line, sky)
    plate.part()


def paint_mountain(plate: Plate, staging: Staging) -> None:
    """Four ridges paling into the haze, a foreground slope with firs."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.62)
    dice = Dice(seed, "mountain")
    ridges(plate, staging, dice)
    tone = mix(sky.haze, WHITE, 0.3) if staging.weather == "SNOW" else greened(sky.near, sky, 0.18)
    line = smooth([(-1.7, 0.8), (-0.8, 0.84), (0.0, 0.855), (0.8, 0.82), (1.7, 0.77)], closed=False)
    trees = [
        ((1 if dice.chance(0.5) else -1) * dice.between(0.5, 1.3), dice.between(0.12, 0.3)) for _ in range(9)
    ]
    dark = greened(sky.near, sky, 0.18)
    plate.stencil(firs(trees, 0.87), mix(dark, sky.middle, 0.3), dark)
    hill(plate, line, mix(tone, sky.middle, 0.3), times(tone, 0.75), 1.5)


def paint_field(plate: Plate, staging: Staging) -> None:
    """Rolling meadows with a lone tree, and grass along the bottom."""
    dice = Dice(staging.set_seed, "field")
    meadows(plate, staging, dice)
    _tree(plate, staging.sky, dice, dice.pick((-0.58, 0.6)), 0.77)
    _path(plate, staging.sky, dice)
    _grass(plate, staging.sky, dice)


def meadows(plate: Plate, staging: Staging, dice: Dice) -> None:
    """The sky, far hills and two meadows."""
    sky = staging.sky
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.64)
    snow = staging.weather == "SNOW"
    hill(plate, ridge(dice, 0.62, 0.07, 4), sky.far, mix(sky.far, sky.haze, 0.6), 0.72)
    plate.part()
    tones = [
        greened(mix(sky.far, sky.middle, 0.5), sky, 0.0 if snow else 0.45),
        greened(sky.ground, sky, 0.35),
    ]
    for index, tone in enumerate([sky.haze, sky.ground] if snow else tones):
        line = swell(dice, 0.67 + 0.08 * index, 0.02)
        hill(plate, line, mix(tone, sky.key, 0.22), times(tone, 0.78), 1.1)


def _tree(plate: Plate, sky: Palette, dice: Dice, x: float, foot: float) -> None:
    tone = greened(mix(sky.near, sky.middle, 0.25), sky, 0.2)
    puffs = [
        (x + dice.between(-0.13, 0.13), foot - dice.between(0.24, 0.42), dice.between(0.05, 0.09))
        for _ in range(16)
    ]

    def draw(pen: Pen) -> None:
        pen.stroke([(x, foot + 0.01), (x + 0.01, foot - 0.3)], [0.035, 0.012], 255)
        pen.stroke([(x, foot - 0.16), (x - 0.08, foot - 0.28)], [0.014, 0.006], 255)
        for puff_x, puff_y, radius in puffs:
            pen.disc(puff_x, puff_y, radius, radius * 0.8, 255)

    plate.stencil(draw, mix(tone, sky.key, 0.15), times(tone, 0.7))
    plate.pool(x, foot + 0.012, 0.2, 0.02, times(sky.near, 0.6), 0.5)


def _path(plate: Plate, sky: Palette, dice: Dice) -> None:
    bend = dice.between(-0.15, 0.15)
    left = smooth([(0.05 + bend, 0.745), (-0.02, 0.8), (-0.2, 0.9), (-0.5, 1.1)], closed=False)
    right = smooth([(0.065 + bend, 0.745), (0.06, 0.8), (0.08, 0.9), (0.2, 1.1)], closed=False)
    tone = mix(sky.ground, sky.haze, 0.5)
    outline = [*left, *reversed(right)]
    plate.stencil(lambda pen: pen.polygon(outline, 255), tone, times(tone, 0.85), opacity=0.6)


def _grass(plate: Plate, sky: Palette, dice: Dice) -> None:
    def draw(pen: Pen) -> None:
        x = plate.view.left - 0.02
        while x < plate.view.right:
            high = dice.between(0.02, 0.065)
            lean = dice.between(-0.015, 0.02)
            pen.polygon([(x, 1.02), (x + lean, 0.985 - high), (x + 0.008, 1.02)], 255)
            x += dice.between(0.004, 0.011)

    plate.stencil(draw, greened(sky.near, sky, 0.25), times(sky.near, 0.7), opacity=0.92)


def paint_road(plate: Plate, staging: Staging) -> None:
    """A country road that runs to the horizon, a fence, telegraph poles; white under snow."""
    meadows(plate, staging, Dice(staging.set_seed, "field"))
    carriageway(plate, staging)
    stand(plate, staging, "ROAD")


def carriageway(plate: Plate, staging: Staging) -> None:
    """A road from the lens to the horizon with a broken line."""
    sky = staging.sky
    tone = mix(mix(sky.ground, (70.0, 70.0, 78.0), 0.6), sky.haze, 0.5 if staging.weather == "SNOW" else 0.12)
    edge = [(-0.012, 0.665), (0.012, 0.665), (0.62, 1.15), (-0.62, 1.15)]
    plate.stencil(lambda pen: pen.polygon(edge, 255), mix(tone, sky.haze, 0.4), times(tone, 0.8))

    def dashes(pen: Pen) -> None:
        for y, long in ((0.69, 0.015), (0.73, 0.025), (0.79, 0.04), (0.88, 0.07), (1.02, 0.1)):
            wide, low = (y - 0.665) * 0.05, (y + long - 0.665) * 0.05
            pen.polygon([(-wide, y), (wide, y), (low, y + long), (-low, y + long)], 255)

    plate.stencil(dashes, mix(sky.key, sky.haze, 0.4), opacity=0.8)


def paint_desert(plate: Plate, staging: Staging) -> None:
    """Dunes under a wide sky, a cactus."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.66)
    dice = Dice(seed, "desert")
    sand = times(SAND, 0.22 + 0.76 * sky.level)
    plate.glow(0.4 * sky.light_x, 0.6, 0.9, sky.key, 0.22)
    plate.part()
    for index, base in enumerate((0.62, 0.70, 0.80)):
        tone = mix(mix(sky.haze, sand, 0.45 + 0.27 * index), sky.middle, 0.12)
        hill(plate, swell(dice, base, 0.045), mix(tone, sky.key, 0.2), times(tone, 0.74), 1.2)
    stand(plate, staging, "DESERT")
