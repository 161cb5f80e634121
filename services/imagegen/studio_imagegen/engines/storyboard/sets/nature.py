"""Sets of the country: forest, field, mountain, sea and harbour."""

from __future__ import annotations

import itertools
import math

from studio_imagegen.engines.storyboard.colour import WHITE, Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, Point, smooth
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.sets.water import reflect
from studio_imagegen.engines.storyboard.staging import Staging

GREEN: Colour = (92.0, 138.0, 84.0)


def _greened(tone: Colour, sky: Palette, share: float) -> Colour:
    return mix(tone, times(GREEN, 0.25 + 0.75 * sky.level), share)


def _ridge(dice: Dice, base: float, height: float, roughness: int) -> list[Point]:
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


def _hill(plate: Plate, line: list[Point], top: Colour, bottom: Colour, foot: float) -> None:
    high = min(y for _, y in line)
    outline = [*line, (1.7, foot), (-1.7, foot)]
    plate.stencil(lambda pen: pen.polygon(outline, 255), top, bottom, span=(high, foot))


def paint_mountain(plate: Plate, staging: Staging) -> None:
    """Four ridges paling into the haze, a foreground slope with firs."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.62)
    dice = Dice(seed, "mountain")
    tones = [
        mix(sky.far, sky.haze, 0.45),
        sky.far,
        mix(sky.far, sky.middle, 0.6),
        mix(sky.middle, sky.near, 0.4),
    ]
    for index, tone in enumerate(tones):
        base = 0.5 + 0.095 * index
        line = _ridge(dice, base, 0.25 - 0.035 * index, 6)
        _hill(plate, line, tone, mix(tone, sky.haze, 0.55), base + 0.16)
        if index == 0:
            _snow_caps(plate, line, sky)
    _near_ground(plate, sky, dice, 0.82, firs=9)


def _snow_caps(plate: Plate, line: list[Point], sky: Palette) -> None:
    peak = min(y for _, y in line)
    limit = peak + 0.09

    def draw(pen: Pen) -> None:
        for start, end in itertools.pairwise(line):
            if start[1] < limit or end[1] < limit:
                low = min(limit, max(start[1], end[1]) + 0.02)
                pen.polygon(
                    [start, end, (end[0], max(end[1], low)), (start[0], max(start[1], low - 0.012))], 255
                )

    plate.stencil(draw, mix(sky.haze, WHITE, 0.55), sky.haze, opacity=0.6)


def _near_ground(plate: Plate, sky: Palette, dice: Dice, top: float, firs: int) -> None:
    tone = _greened(sky.near, sky, 0.18)
    line = smooth(
        [(-1.7, top - 0.02), (-0.8, top + 0.02), (0.0, top + 0.035), (0.8, top), (1.7, top - 0.05)],
        closed=False,
    )
    trees: list[tuple[float, float, float]] = []
    for _ in range(firs):
        side = 1 if dice.chance(0.5) else -1
        x = side * dice.between(0.5, 1.3)
        trees.append((x, top + 0.05, dice.between(0.12, 0.3)))

    def draw(pen: Pen) -> None:
        for x, y, high in trees:
            _fir(pen, x, y, high)
        pen.polygon([*line, (1.7, 1.5), (-1.7, 1.5)], 255)

    plate.stencil(draw, mix(tone, sky.middle, 0.4), times(tone, 0.75), span=(top - 0.2, 1.0))


def _fir(pen: Pen, x: float, foot: float, high: float) -> None:
    pen.rect(x - high * 0.02, foot - high * 0.2, x + high * 0.02, foot, 255)
    for tier in range(4):
        top = foot - high + high * 0.2 * tier
        half = high * (0.09 + 0.055 * tier)
        pen.polygon([(x, top), (x + half, top + high * 0.3), (x - half, top + high * 0.3)], 255)


def paint_field(plate: Plate, staging: Staging) -> None:
    """Rolling meadows with a lone tree, fence posts, and grass along the bottom."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.64)
    dice = Dice(seed, "field")
    snow = staging.weather == "SNOW"
    _hill(plate, _ridge(dice, 0.62, 0.07, 4), sky.far, mix(sky.far, sky.haze, 0.6), 0.72)
    tones = [
        _greened(mix(sky.far, sky.middle, 0.5), sky, 0.0 if snow else 0.45),
        _greened(sky.ground, sky, 0.35),
    ]
    for index, tone in enumerate([sky.haze, sky.ground] if snow else tones):
        base = 0.67 + 0.08 * index
        line = smooth(
            [(x, base + dice.between(-0.02, 0.02)) for x in (-1.7, -0.9, -0.2, 0.5, 1.1, 1.7)], closed=False
        )
        _hill(plate, line, mix(tone, sky.key, 0.22), times(tone, 0.78), 1.1)
    _tree(plate, sky, dice, dice.pick((-0.58, 0.6)), 0.77)
    _path(plate, sky, dice)
    _grass(plate, sky, dice)


def _tree(plate: Plate, sky: Palette, dice: Dice, x: float, foot: float) -> None:
    tone = _greened(mix(sky.near, sky.middle, 0.25), sky, 0.2)
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
    plate.stencil(
        lambda pen: pen.polygon([*left, *reversed(right)], 255), tone, times(tone, 0.85), opacity=0.6
    )


def _grass(plate: Plate, sky: Palette, dice: Dice) -> None:
    def draw(pen: Pen) -> None:
        x = plate.view.left - 0.02
        while x < plate.view.right:
            high = dice.between(0.02, 0.065)
            lean = dice.between(-0.015, 0.02)
            pen.polygon([(x, 1.02), (x + lean, 0.985 - high), (x + 0.008, 1.02)], 255)
            x += dice.between(0.004, 0.011)

    plate.stencil(draw, _greened(sky.near, sky, 0.25), times(sky.near, 0.7), opacity=0.92)


def paint_forest(plate: Plate, staging: Staging) -> None:
    """Trunks in four depths, pale far ones to dark near ones, light falling through."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.9)
    dice = Dice(seed, "forest")
    haze = _greened(sky.haze, sky, 0.12)
    plate.pool(0.2 * sky.light_x, 0.42, 1.2, 0.6, mix(haze, sky.key, 0.4), 0.6)
    tones = [
        mix(sky.far, haze, 0.5),
        _greened(mix(sky.far, sky.middle, 0.5), sky, 0.12),
        _greened(sky.middle, sky, 0.1),
    ]
    for index, tone in enumerate(tones):
        foot = 0.68 + 0.06 * index
        _trunks(plate, dice, foot, 0.012 * (1.9**index), 26 - 8 * index, (tone, mix(tone, haze, 0.45)))
        floor = mix(tone, haze, 0.3)
        _hill(
            plate,
            smooth([(x, foot + dice.between(-0.015, 0.01)) for x in (-1.7, -0.6, 0.4, 1.7)], closed=False),
            floor,
            tone,
            foot + 0.2,
        )
    _shafts(plate, sky, dice)
    ground = _greened(mix(sky.ground, sky.near, 0.4), sky, 0.15)
    line = smooth(
        [(x, 0.85 + dice.between(-0.012, 0.012)) for x in (-1.7, -0.9, 0.0, 0.9, 1.7)], closed=False
    )
    _hill(plate, line, ground, times(ground, 0.7), 1.05)
    _canopy(plate, sky, dice)


def _trunks(
    plate: Plate, dice: Dice, foot: float, wide: float, count: int, tones: tuple[Colour, Colour]
) -> None:
    trunks = []
    for index in range(count):
        x = -1.6 + 3.2 * (index + dice.between(0.1, 0.9)) / count
        trunks.append((x, dice.between(0.7, 1.3) * wide, dice.between(-0.03, 0.03), dice.chance(0.6)))

    def draw(pen: Pen) -> None:
        for x, thick, lean, branched in trunks:
            pen.polygon(
                [
                    (x - thick, foot + 0.03),
                    (x + thick, foot + 0.03),
                    (x + lean + thick * 0.6, -0.5),
                    (x + lean - thick * 0.6, -0.5),
                ],
                255,
            )
            if branched:
                y = 0.1 + 0.3 * abs(lean) * 30 % 0.35
                reach = math.copysign(thick * 9, lean)
                pen.stroke([(x + lean * 0.5, y + 0.12), (x + reach, y)], [thick * 0.7, thick * 0.2], 255)

    plate.stencil(draw, tones[0], tones[1], span=(0.1, foot))


def _shafts(plate: Plate, sky: Palette, dice: Dice) -> None:
    side = sky.light_x

    def draw(pen: Pen) -> None:
        for _ in range(4):
            x, wide = dice.between(-0.5, 0.7), dice.between(0.03, 0.09)
            pen.polygon(
                [
                    (x * side, -0.4),
                    ((x + wide) * side, -0.4),
                    ((x + wide * 2 - 0.5) * side, 0.95),
                    ((x - 0.5) * side, 0.95),
                ],
                255,
            )

    plate.stencil(draw, sky.key, opacity=0.16, soften_px=16, span=(0.0, 0.95), fade=(1.0, 0.2))


def _canopy(plate: Plate, sky: Palette, dice: Dice) -> None:
    tone = _greened(times(sky.near, 0.85), sky, 0.1)

    def draw(pen: Pen) -> None:
        for side in (-1, 1):
            x = side * dice.between(0.78, 0.9)
            pen.polygon([(x - 0.07, 1.1), (x + 0.07, 1.1), (x + 0.045, -0.5), (x - 0.045, -0.5)], 255)
        for _ in range(46):
            x = dice.between(-1.5, 1.5)
            radius = dice.between(0.03, 0.085)
            pen.disc(x, -0.02 + 0.07 * x * x - dice.between(0.0, 0.1), radius * 1.5, radius, 255)

    plate.stencil(draw, times(tone, 0.7), tone)


def paint_sea(plate: Plate, staging: Staging) -> None:
    """A shore: far headland, the water with the sky in it, a beach."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.6)
    dice = Dice(seed, "sea")
    _hill(
        plate,
        _ridge(dice, 0.6, 0.05, 4),
        sky.far,
        mix(sky.far, sky.haze, 0.6),
        0.61,
    )
    paint_water(plate, sky, dice, 0.6)
    sand = mix(mix(sky.ground, sky.haze, 0.4), (196.0, 168.0, 128.0), 0.15 + 0.3 * sky.level)
    line = smooth([(-1.7, 0.86), (-0.7, 0.82), (0.1, 0.845), (0.9, 0.815), (1.7, 0.85)], closed=False)
    plate.stencil(
        lambda pen: pen.polygon([*[(x, y - 0.012) for x, y in line], (1.7, 1.1), (-1.7, 1.1)], 255),
        mix(sky.haze, WHITE, 0.35),
        opacity=0.6,
    )
    _hill(plate, line, sand, times(sand, 0.7), 1.1)


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
    boat = dice.pick((-0.45, 0.45))
    plate.stencil(
        lambda pen: _boat(pen, boat, 0.7), mix(sky.middle, sky.near, 0.5), sky.near, span=(0.35, 0.72)
    )
    paint_water(plate, sky, dice, 0.61)
    plate.stencil(
        lambda pen: _boat(pen, boat, 0.7), mix(sky.middle, sky.near, 0.6), sky.near, span=(0.35, 0.72)
    )
    _quay(plate, sky, dice)


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
