"""Woods: a forest in four depths, a park, a graveyard, a cave."""

from __future__ import annotations

import math

from studio_imagegen.engines.storyboard.colour import Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, smooth
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.land import greened, hill, meadows, stand
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging


def paint_forest(plate: Plate, staging: Staging) -> None:
    """Trunks in four depths, pale far ones to dark near ones, light falling through."""
    sky, seed = staging.sky, staging.set_seed
    paint_sky(plate, sky, staging.weather, seed, 0.9)
    dice = Dice(seed, "forest")
    haze = greened(sky.haze, sky, 0.12)
    plate.pool(0.2 * sky.light_x, 0.42, 1.2, 0.6, mix(haze, sky.key, 0.4), 0.6)
    tones = [
        mix(sky.far, haze, 0.5),
        greened(mix(sky.far, sky.middle, 0.5), sky, 0.12),
        greened(sky.middle, sky, 0.1),
    ]
    for index, tone in enumerate(tones):
        foot = 0.68 + 0.06 * index
        _trunks(plate, dice, foot, 0.012 * (1.9**index), 26 - 8 * index, (tone, mix(tone, haze, 0.45)))
        floor = mix(tone, haze, 0.3)
        hill(
            plate,
            smooth([(x, foot + dice.between(-0.015, 0.01)) for x in (-1.7, -0.6, 0.4, 1.7)], closed=False),
            floor,
            tone,
            foot + 0.2,
        )
        if index == 0:
            plate.part()
    _shafts(plate, sky, dice)
    ground = greened(mix(sky.ground, sky.near, 0.4), sky, 0.15)
    line = smooth(
        [(x, 0.85 + dice.between(-0.012, 0.012)) for x in (-1.7, -0.9, 0.0, 0.9, 1.7)], closed=False
    )
    hill(plate, line, ground, times(ground, 0.7), 1.05)
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
    tone = greened(times(sky.near, 0.85), sky, 0.1)

    def draw(pen: Pen) -> None:
        for side in (-1, 1):
            x = side * dice.between(0.78, 0.9)
            pen.polygon([(x - 0.07, 1.1), (x + 0.07, 1.1), (x + 0.045, -0.5), (x - 0.045, -0.5)], 255)
        for _ in range(46):
            x = dice.between(-1.5, 1.5)
            radius = dice.between(0.03, 0.085)
            pen.disc(x, -0.02 + 0.07 * x * x - dice.between(0.0, 0.1), radius * 1.5, radius, 255)

    plate.stencil(draw, times(tone, 0.7), tone)


def paint_park(plate: Plate, staging: Staging) -> None:
    """A park: two trees, a bench, a lamp, flowers."""
    meadows(plate, staging, Dice(staging.set_seed, "field"))
    stand(plate, staging, "PARK")


def paint_graveyard(plate: Plate, staging: Staging) -> None:
    """Gravestones, a bare tree, a chapel and a fence."""
    meadows(plate, staging, Dice(staging.set_seed, "field"))
    plate.pool(0.0, 0.72, 1.6, 0.12, staging.sky.haze, 0.45)
    stand(plate, staging, "GRAVEYARD")


def paint_cave(plate: Plate, staging: Staging) -> None:
    """The mouth of a cave, seen from within."""
    sky = staging.sky
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.7)
    hill(plate, [(-1.7, 0.66), (0.0, 0.62), (1.7, 0.67)], sky.far, sky.middle, 1.2)
    plate.part()
    plate.glow(0.0, 0.42, 0.7, sky.key, 0.35)
    stand(plate, staging, "CAVE")
    plate.pool(0.0, 0.86, 0.5, 0.1, sky.key, 0.25)
