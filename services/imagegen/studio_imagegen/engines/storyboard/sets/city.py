"""Sets of the city: a street, the skyline from a rooftop, a station's platform."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.colour import BLACK, Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.sets.water import reflect
from studio_imagegen.engines.storyboard.staging import Staging

# One in so many lit windows goes dark or lit during a shot.
RESTLESS_ONE_IN = 13
Block = tuple[float, float, float]


def paint_street(plate: Plate, staging: Staging) -> None:
    """A street seen along its length: far towers, two walls of houses, lamps, a wet or dry roadway."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.66)
    dice = Dice(seed, "street")
    _row(plate, dice, sky, (sky.far, mix(sky.far, sky.haze, 0.7)), (0.14, 0.4), 0.68, lit=0.22, unit=0.012)
    plate.pool(0.0, 0.66, 1.0, 0.3, sky.haze, 0.55)
    _row(
        plate, dice, sky, (sky.middle, mix(sky.middle, sky.haze, 0.45)), (0.3, 0.52), 0.7, lit=0.3, unit=0.02
    )
    plate.part()
    for side in (-1, 1):
        _facade(plate, dice, sky, side)
    _roadway(plate, staging)
    for depth in (0.35, 0.6, 1.0):
        for side in (-1, 1):
            _street_lamp(plate, sky, side, depth)


def _row(
    plate: Plate,
    dice: Dice,
    sky: Palette,
    tones: tuple[Colour, Colour],
    heights: tuple[float, float],
    base: float,
    lit: float,
    unit: float,
) -> None:
    blocks: list[Block] = []
    x = -1.5
    while x < 1.5:
        wide = dice.between(4, 9) * unit * 1.6
        nearness = min(1.0, abs(x + wide / 2) / 0.9)
        high = dice.between(*heights) * (0.7 + 0.5 * nearness)
        blocks.append((x, base - high, wide))
        x += wide * dice.between(0.85, 1.15)
    plate.stencil(lambda pen: _towers(pen, blocks, base, dice), tones[0], tones[1], span=(base - 0.5, base))
    _windows(plate, dice, sky, blocks, base, unit, lit)


def _towers(pen: Pen, blocks: list[Block], base: float, dice: Dice) -> None:
    for x, top, wide in blocks:
        pen.rect(x, top, x + wide, base + 0.02, 255)
        if dice.chance(0.4):
            inset = wide * 0.22
            pen.rect(x + inset, top - 0.03, x + wide - inset, top, 255)
        if dice.chance(0.25):
            pen.line([(x + wide / 2, top - 0.09), (x + wide / 2, top)], 0.003, 255)


def _windows(
    plate: Plate, dice: Dice, sky: Palette, blocks: list[Block], base: float, unit: float, lit: float
) -> None:
    share = lit * (1.15 - sky.level) if sky.level < 0.7 else 0.0
    panes: list[tuple[float, float, float, float]] = []

    def draw(pen: Pen) -> None:
        for x, top, wide in blocks:
            columns = max(1, int(wide / unit) - 1)
            gap = wide / (columns + 0.4)
            for row in range(int((base - top) / (unit * 1.5)) - 1):
                y = top + unit * (0.9 + row * 1.5)
                for column in range(columns):
                    if dice.chance(share):
                        left = x + gap * (column + 0.42)
                        pane = (left, y, left + gap * 0.55, y + unit * 0.75)
                        panes.append(pane)
                        pen.rect(*pane, 255)

    if share > 0.0:
        plate.stencil(draw, sky.lamp, mix(sky.lamp, sky.haze, 0.25), opacity=0.85)
    for pane in panes[::RESTLESS_ONE_IN]:
        plate.flicker("WINDOW", *pane)


def _facade(plate: Plate, dice: Dice, sky: Palette, side: int) -> None:
    """One side of the street in one-point perspective towards (0, 0.64)."""

    def at(share: float, y: float) -> tuple[float, float]:
        near_x, far_x = 1.35 * side, 0.24 * side
        depth = 1.0 / (1.0 + share * 4.6)
        scale = (depth - 1 / 5.6) / (1 - 1 / 5.6)
        return (far_x + (near_x - far_x) * scale, 0.64 + (y - 0.64) * (0.18 + 0.82 * scale))

    cuts = [0.0, 0.16, 0.36, 0.62, 1.0]
    tops = [dice.between(-0.55, 0.05) for _ in cuts]

    def walls(pen: Pen) -> None:
        for index in range(len(cuts) - 1):
            start, end, top = cuts[index], cuts[index + 1], tops[index]
            pen.polygon([at(start, top), at(end, top), at(end, 0.92), at(start, 0.92)], 255)

    plate.stencil(walls, sky.near, mix(sky.near, sky.haze, 0.22), span=(0.1, 0.85))
    glow = sky.lamp if sky.level < 0.7 else mix(sky.near, sky.haze, 0.5)

    def panes(pen: Pen) -> None:
        for index in range(len(cuts) - 1):
            span = cuts[index + 1] - cuts[index]
            for row in range(5):
                y = tops[index] + 0.12 + row * 0.17
                if y > 0.56:
                    break
                for column in range(3):
                    if dice.chance(0.34 if sky.level < 0.7 else 0.9):
                        left, right = cuts[index] + span * (0.12 + 0.3 * column), 0.0
                        right = left + span * 0.17
                        pen.polygon([at(left, y), at(right, y), at(right, y + 0.1), at(left, y + 0.1)], 255)

    plate.stencil(panes, glow, opacity=0.75 if sky.level < 0.7 else 0.55)
    _shopfront(plate, at, sky, cuts)


def _shopfront(plate: Plate, at: object, sky: Palette, cuts: list[float]) -> None:
    place = at
    if not callable(place) or sky.level > 0.7:
        return
    left, right = cuts[1] + 0.02, cuts[2] - 0.03

    def draw(pen: Pen) -> None:
        pen.polygon([place(left, 0.66), place(right, 0.66), place(right, 0.84), place(left, 0.84)], 255)

    plate.stencil(draw, sky.lamp, times(sky.lamp, 0.7), opacity=0.8)
    middle = place((left + right) / 2, 0.76)
    plate.glow(middle[0], middle[1], 0.3, sky.lamp, 0.3)


def _roadway(plate: Plate, staging: Staging) -> None:
    sky = staging.sky
    wet = staging.weather in ("RAIN", "STORM") or sky.level < 0.3
    base = mix(sky.ground, sky.haze, 0.25)
    plate.stencil(
        lambda pen: pen.rect(plate.view.left, 0.7, plate.view.right, max(1.0, plate.view.bottom), 255),
        base,
        times(sky.ground, 0.8),
        span=(0.7, 1.0),
    )
    if wet:
        reflect(plate, Dice(staging.set_seed, "wet"), 0.7, 0.5 if staging.weather != "CLEAR" else 0.28)

    def kerbs(pen: Pen) -> None:
        for side in (-1, 1):
            pen.polygon(
                [
                    (0.17 * side, 0.7),
                    (0.22 * side, 0.7),
                    (1.6 * side, 0.98),
                    (1.6 * side, 1.1),
                    (1.1 * side, 1.1),
                ],
                255,
            )

    plate.stencil(kerbs, times(sky.near, 1.25), sky.near, opacity=0.55)


def _street_lamp(plate: Plate, sky: Palette, side: int, depth: float) -> None:
    x, foot = (0.17 + 0.5 * depth) * side, 0.7 + 0.17 * depth
    head_y, arm = 0.64 - 0.46 * depth, 0.07 * depth * side
    thick = 0.011 * depth

    def draw(pen: Pen) -> None:
        pen.stroke([(x, foot), (x, head_y + 0.02 * depth)], [thick * 1.6, thick], 255)
        pen.line([(x, head_y + 0.02 * depth), (x - arm * 0.4, head_y), (x - arm, head_y)], thick, 255)
        pen.disc(x - arm, head_y + 0.008 * depth, 0.022 * depth, 0.009 * depth, 255)

    plate.stencil(draw, times(sky.near, 0.7))
    if sky.level < 0.7:
        plate.glow(x - arm, head_y + 0.012, 0.3 * depth + 0.04, sky.lamp, 0.42)
        plate.stencil(
            lambda pen: pen.disc(x - arm, head_y + 0.014 * depth, 0.017 * depth, 0.008 * depth, 255), sky.lamp
        )
        plate.pool(x - arm, foot, 0.26 * depth, 0.035 * depth, sky.lamp, 0.3)


def paint_skyline(plate: Plate, staging: Staging) -> None:
    """The city's roofs from a terrace with a parapet."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.74)
    dice = Dice(seed, "skyline")
    _row(plate, dice, sky, (sky.far, mix(sky.far, sky.haze, 0.75)), (0.12, 0.38), 0.84, lit=0.22, unit=0.011)
    plate.pool(0.0, 0.78, 1.6, 0.24, sky.haze, 0.5)
    _row(
        plate,
        dice,
        sky,
        (sky.middle, mix(sky.middle, sky.haze, 0.5)),
        (0.1, 0.36),
        0.88,
        lit=0.34,
        unit=0.017,
    )
    plate.pool(0.0, 0.86, 1.6, 0.2, sky.haze, 0.35)
    plate.part()
    _row(plate, dice, sky, (sky.near, mix(sky.near, sky.middle, 0.6)), (0.02, 0.2), 0.92, lit=0.3, unit=0.028)
    _parapet(plate, sky, dice)


def _parapet(plate: Plate, sky: Palette, dice: Dice) -> None:
    left, right = plate.view.left, plate.view.right
    floor = mix(sky.ground, sky.near, 0.35)
    plate.stencil(
        lambda pen: pen.rect(left, 0.8, right, 1.4, 255), mix(floor, sky.haze, 0.2), times(floor, 0.75)
    )
    plate.stencil(
        lambda pen: pen.rect(left, 0.745, right, 0.815, 255), times(sky.near, 0.95), times(sky.near, 0.7)
    )
    plate.stencil(lambda pen: pen.rect(left, 0.738, right, 0.748, 255), mix(sky.near, sky.key, 0.4))
    x = dice.between(0.5, 0.75) * (1 if dice.chance(0.5) else -1)

    def tank(pen: Pen) -> None:
        pen.polygon([(x - 0.1, 0.36), (x, 0.29), (x + 0.1, 0.36)], 255)
        pen.rect(x - 0.085, 0.36, x + 0.085, 0.56, 255)
        for leg in (-0.07, 0.0, 0.07):
            pen.line([(x + leg, 0.55), (x + leg * 1.2, 0.76)], 0.012, 255)
        pen.line([(x - 0.08, 0.62), (x + 0.08, 0.7)], 0.006, 255)
        pen.line([(x + 0.08, 0.62), (x - 0.08, 0.7)], 0.006, 255)

    plate.stencil(tank, times(sky.near, 0.85), mix(sky.near, BLACK, 0.35))
