"""Shores: the sea, a beach, a harbour, a river, a bridge, a deck."""

from __future__ import annotations

from collections.abc import Callable

from studio_imagegen.engines.storyboard.colour import WHITE, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, filled, smooth
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.land import (
    SAND,
    firs,
    greened,
    hill,
    ridge,
    ridges,
    stand,
    swell,
)
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.sets.water import reflect
from studio_imagegen.engines.storyboard.staging import Staging


def paint_sea(plate: Plate, staging: Staging) -> None:
    """A shore: far headland, the water with the sky in it, a beach."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.6)
    dice = Dice(seed, "sea")
    hill(
        plate,
        ridge(dice, 0.6, 0.05, 4),
        sky.far,
        mix(sky.far, sky.haze, 0.6),
        0.61,
    )
    plate.part()
    paint_water(plate, sky, dice, 0.6)
    sand = mix(mix(sky.ground, sky.haze, 0.4), (196.0, 168.0, 128.0), 0.15 + 0.3 * sky.level)
    line = smooth([(-1.7, 0.86), (-0.7, 0.82), (0.1, 0.845), (0.9, 0.815), (1.7, 0.85)], closed=False)
    plate.stencil(
        lambda pen: pen.polygon([*[(x, y - 0.012) for x, y in line], (1.7, 1.1), (-1.7, 1.1)], 255),
        mix(sky.haze, WHITE, 0.35),
        opacity=0.6,
    )
    hill(plate, line, sand, times(sand, 0.7), 1.1)


def paint_water(plate: Plate, sky: Palette, dice: Dice, line: float) -> None:
    """Water from `line` down: its own colour, the mirrored sky, and glitter under the light."""
    left, right = plate.view.left, plate.view.right
    deep = mix(sky.middle, sky.sky_top, 0.4)
    plate.stencil(
        lambda pen: pen.rect(left, line, right, 1.6, 255),
        mix(deep, sky.haze, 0.55),
        times(deep, 0.8),
        span=(line, 1.0),
    )
    reflect(plate, dice, line, 0.55)

    def waves(pen: Pen) -> None:
        for _ in range(130):
            depth = dice.unit() ** 2
            x, y = dice.between(left, right), line + 0.006 + depth * 0.42
            wide = (0.012 + 0.1 * depth) * dice.between(0.5, 1.2)
            pen.disc(x, y, wide, 0.0012 + 0.003 * depth, 255)

    plate.stencil(waves, mix(sky.haze, sky.key, 0.55), opacity=0.3)


def paint_harbour(plate: Plate, staging: Staging) -> None:
    """A quay: cranes and masts across the water, a moored boat, planks with bollards."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.6)
    dice = Dice(seed, "harbour")
    sheds = [(x, dice.between(0.03, 0.09)) for x in (-1.5, -1.1, -0.75, -0.2, 0.15, 0.7, 1.0, 1.4)]

    def far_side(pen: Pen) -> None:
        for x, high in sheds:
            pen.rect(x, 0.6 - high, x + 0.32, 0.61, 255)
        for x in (-0.95, -0.5, 0.95):
            _crane(pen, x, 0.6, 0.3)

    plate.stencil(far_side, mix(sky.far, sky.middle, 0.35), mix(sky.far, sky.haze, 0.4), span=(0.3, 0.6))
    plate.pool(0.0, 0.58, 1.5, 0.1, sky.haze, 0.5)
    plate.part()
    boat = dice.pick((-0.45, 0.45))
    plate.stencil(
        lambda pen: _boat(pen, boat, 0.7), mix(sky.middle, sky.near, 0.5), sky.near, span=(0.35, 0.72)
    )
    paint_water(plate, sky, dice, 0.61)
    plate.stencil(
        lambda pen: _boat(pen, boat, 0.7), mix(sky.middle, sky.near, 0.6), sky.near, span=(0.35, 0.72)
    )
    _quay(plate, sky, dice)
    _quay_lamp(plate, sky, -0.62 if boat > 0 else 0.62)


def _crane(pen: Pen, x: float, foot: float, high: float) -> None:
    pen.line([(x - 0.03, foot), (x, foot - high), (x + 0.03, foot)], 0.006, 255)
    pen.line([(x - 0.07, foot - high + 0.02), (x + 0.22, foot - high - 0.05)], 0.007, 255)
    pen.line([(x, foot - high - 0.06), (x + 0.2, foot - high - 0.045)], 0.003, 255)
    pen.line([(x + 0.19, foot - high - 0.04), (x + 0.19, foot - high + 0.1)], 0.003, 255)


def _boat(pen: Pen, x: float, line: float) -> None:
    pen.blob(
        [
            (x - 0.27, line - 0.075),
            (x, line - 0.05),
            (x + 0.27, line - 0.085),
            (x + 0.19, line),
            (x - 0.2, line),
        ],
        255,
    )
    pen.rect(x - 0.1, line - 0.13, x + 0.05, line - 0.05, 255)
    pen.rect(x - 0.07, line - 0.165, x + 0.02, line - 0.13, 255)
    pen.line([(x + 0.1, line - 0.06), (x + 0.1, line - 0.36)], 0.006, 255)
    for end in ((x + 0.26, line - 0.08), (x - 0.09, line - 0.14)):
        pen.line([(x + 0.1, line - 0.35), end], 0.002, 255)


def _quay_lamp(plate: Plate, sky: Palette, x: float) -> None:
    """A lamp on the quay, lit when it is dark, and its light on the stones."""
    side = 1 if x < 0 else -1

    def post(pen: Pen) -> None:
        pen.stroke([(x, 0.82), (x, 0.26)], [0.02, 0.012], 255)
        pen.line([(x, 0.27), (x + side * 0.03, 0.24), (x + side * 0.08, 0.24)], 0.01, 255)
        pen.polygon(
            [
                (x + side * 0.055, 0.25),
                (x + side * 0.105, 0.25),
                (x + side * 0.095, 0.232),
                (x + side * 0.065, 0.232),
            ],
            255,
        )

    plate.stencil(post, times(sky.near, 0.7))
    if sky.level < 0.7:
        plate.glow(x + side * 0.08, 0.26, 0.42, sky.lamp, 0.5)
        plate.stencil(lambda pen: pen.disc(x + side * 0.08, 0.258, 0.02, 0.012, 255), sky.lamp)
        plate.pool(x + side * 0.08, 0.86, 0.4, 0.07, sky.lamp, 0.34)


def _quay(plate: Plate, sky: Palette, dice: Dice) -> None:
    tone = mix(sky.ground, sky.near, 0.35)
    left, right = plate.view.left, plate.view.right
    plate.stencil(
        lambda pen: pen.rect(left, 0.8, right, 1.6, 255),
        mix(tone, sky.haze, 0.28),
        times(tone, 0.72),
        span=(0.8, 1.0),
    )
    plate.stencil(lambda pen: pen.rect(left, 0.8, right, 0.835, 255), times(sky.near, 0.8))

    def seams(pen: Pen) -> None:
        for index in range(-14, 15):
            pen.line([(index * 0.13, 0.835), (index * 0.22, 1.1)], 0.003, 255)

    plate.stencil(seams, times(sky.near, 0.7), opacity=0.55)
    bollards = [dice.between(-0.95, -0.6), dice.between(0.55, 0.95)]

    def posts(pen: Pen) -> None:
        for x in bollards:
            pen.rect(x - 0.022, 0.75, x + 0.022, 0.82, 255)
            pen.disc(x, 0.75, 0.034, 0.014, 255)

    plate.stencil(posts, times(sky.near, 1.1), times(sky.near, 0.6))


def paint_beach(plate: Plate, staging: Staging) -> None:
    """A wide beach: surf in two lines, dunes with grass at the sides."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.56)
    dice = Dice(seed, "beach")
    paint_water(plate, sky, dice, 0.56)
    plate.part()
    sand = mix(times(SAND, 0.25 + 0.75 * sky.level), sky.ground, 0.25)
    for base, tone in ((0.715, mix(sky.haze, WHITE, 0.5)), (0.725, mix(sand, sky.middle, 0.3)), (0.75, sand)):
        hill(plate, swell(Dice(seed, "surf"), base, 0.018), tone, times(tone, 0.82), 1.2)
    for side in (-1, 1):
        dune = smooth(
            [(side * 0.35, 1.1), (side * 0.62, 0.86), (side * 0.95, 0.74), (side * 1.7, 0.66)], closed=False
        )
        outline = [*dune, (side * 1.7, 1.2)]
        plate.stencil(filled(outline), mix(sand, sky.key, 0.2), times(sand, 0.7))
        blades = [(side * dice.between(0.66, 1.3), dice.between(0.05, 0.12)) for _ in range(40)]
        plate.stencil(_tufts(blades), greened(sky.near, sky, 0.4), times(sky.near, 0.8))


def _tufts(blades: list[tuple[float, float]]) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        for x, high in blades:
            foot = 0.86 - 0.2 * (abs(x) - 0.62)
            pen.polygon(
                [(x - 0.004, foot + 0.03), (x + high * 0.3, foot - high), (x + 0.004, foot + 0.03)], 255
            )

    return draw


def _valley(plate: Plate, staging: Staging) -> Dice:
    """The sky and ridges over a river, white ones in snow and at dawn in the mountains."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.6)
    dice = Dice(seed, "river")
    ridges(plate, staging, dice, 3)
    return dice


def paint_river(plate: Plate, staging: Staging) -> None:
    """A river between two banks with firs, a road along the nearer one."""
    sky = staging.sky
    dice = _valley(plate, staging)
    snow = staging.weather == "SNOW"
    bank = mix(sky.haze, WHITE, 0.35) if snow else greened(mix(sky.middle, sky.ground, 0.5), sky, 0.3)
    trees = [(dice.between(-1.4, 1.4), dice.between(0.08, 0.2)) for _ in range(22)]
    plate.stencil(
        firs(trees, 0.685),
        mix(sky.middle, sky.near, 0.3),
        sky.middle,
    )
    hill(plate, swell(dice, 0.68, 0.008), mix(bank, sky.haze, 0.3), bank, 0.74)
    paint_water(plate, sky, dice, 0.71)
    line = smooth([(-1.7, 0.82), (-0.7, 0.86), (0.0, 0.84), (0.7, 0.8), (1.7, 0.76)], closed=False)
    hill(plate, line, mix(bank, sky.key, 0.12), times(bank, 0.68), 1.2)
    road = smooth([(-1.7, 0.97), (-0.6, 0.92), (0.1, 0.9), (0.8, 0.85), (1.7, 0.79)], closed=False)
    low = smooth([(1.7, 0.84), (0.8, 0.93), (0.1, 1.02), (-0.6, 1.1), (-1.7, 1.2)], closed=False)
    tone = mix(times(SAND, 0.25 + 0.6 * sky.level), sky.ground, 0.4)
    plate.stencil(
        lambda pen: pen.polygon([*road, *low], 255), mix(tone, sky.haze, 0.2), times(tone, 0.8), opacity=0.85
    )
    near = [(side * dice.between(0.62, 0.95), dice.between(0.3, 0.5)) for side in (-1, 1)]
    plate.stencil(firs(near, 0.95), times(sky.near, 1.1), times(sky.near, 0.7))


def paint_bridge(plate: Plate, staging: Staging) -> None:
    """A stone bridge over a river, with lamps."""
    dice = _valley(plate, staging)
    paint_water(plate, staging.sky, dice, 0.68)
    stand(plate, staging, "BRIDGE")


def paint_deck(plate: Plate, staging: Staging) -> None:
    """A ship's deck with its railing, before the open sea."""
    sky = staging.sky
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.52)
    paint_water(plate, sky, Dice(staging.set_seed, "sea"), 0.52)
    plate.part()
    stand(plate, staging, "DECK")
