"""An orchard: fruit trees in rows that meet far off, in blossom or in fruit."""

from __future__ import annotations

from collections.abc import Callable

from studio_imagegen.engines.storyboard.colour import Colour, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.land import greened, hill, ridge, swell
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging
from studio_imagegen.engines.storyboard.vocabulary import meant

BLOSSOM: Colour = (250.0, 236.0, 240.0)
LEAF: Colour = (104.0, 142.0, 80.0)
BARK: Colour = (74.0, 54.0, 52.0)
FRUIT: Colour = (196.0, 62.0, 48.0)
VANISHING: Point = (0.0, 0.60)
# How near each pair of rows' trees stands, 1 at the lens, and at which x of it.
NEARNESS = (0.12, 0.17, 0.25, 0.37, 0.56, 0.86)
LANES = (0.86, 2.1, 3.6)
PUFFS = 17
Tree = tuple[float, float, float]


def paint_orchard(plate: Plate, staging: Staging) -> None:
    """Grass between the rows, petals on it, trunks in pairs and crowns of three tones."""
    sky = staging.sky
    dice = Dice(staging.set_seed, "orchard")
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.62)
    hill(plate, ridge(dice, 0.60, 0.05, 4), sky.far, mix(sky.far, sky.haze, 0.6), 0.72)
    plate.part()
    grass = greened(sky.ground, sky, 0.5)
    hill(plate, swell(dice, 0.615, 0.004), mix(grass, sky.haze, 0.35), times(grass, 0.6), 1.15)
    _lane(plate, staging)
    crown = BLOSSOM if meant("BLOSSOMS", staging.words) else LEAF
    for near in NEARNESS:
        _rank(plate, staging, dice, near, crown)
    _fallen(plate, staging, dice, crown)


def _lane(plate: Plate, staging: Staging) -> None:
    tone = mix(mix(staging.sky.ground, (150.0, 120.0, 92.0), 0.4), staging.sky.haze, 0.35)
    lane = [(-0.02, 0.618), (0.02, 0.618), (0.34, 1.1), (-0.34, 1.1)]
    plate.stencil(
        lambda pen: pen.polygon(lane, 255), mix(tone, staging.sky.key, 0.2), times(tone, 0.8), opacity=0.7
    )


def _rank(plate: Plate, staging: Staging, dice: Dice, near: float, crown: Colour) -> None:
    """The trees that stand equally far off."""
    sky = staging.sky
    foot = VANISHING[1] + 0.32 * near
    trees: list[Tree] = []
    for lane in LANES:
        for side in (-1.0, 1.0):
            x = VANISHING[0] + side * lane * near
            if plate.view.left - near < x < plate.view.right + near:
                trees.append((x, foot, near * dice.between(0.92, 1.08)))
    haze = 0.5 * (1.0 - near)
    pale = crown == BLOSSOM
    daylight = 0.34 + 0.66 * sky.level + (0.3 * (1.0 - sky.level) if pale else 0.0)
    lit = mix(times(mix(crown, sky.key, 0.12), daylight), sky.haze, haze)
    shade = mix(mix(times(crown, 0.5 * daylight), sky.middle, 0.35), sky.haze, haze)
    bark = mix(times(BARK, daylight), sky.haze, haze)
    puffs = [_puffs(tree, dice) for tree in trees]
    plate.stencil(_trunks(trees), bark, times(bark, 0.7))
    side = sky.light_x
    for share, tone, shift in ((1.0, shade, 0.0), (0.78, mix(shade, lit, 0.6), 0.018), (0.5, lit, 0.04)):
        plate.stencil(_crowns(puffs, share, shift * side, shift), tone)
    if not pale:
        plate.stencil(_fruit(puffs), mix(times(FRUIT, daylight), sky.haze, haze))


def _trunks(trees: list[Tree]) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        for tree in trees:
            _trunk(pen, tree)

    return draw


def _trunk(pen: Pen, tree: Tree) -> None:
    x, foot, high = tree
    pen.stroke([(x, foot), (x + 0.01 * high, foot - 0.2 * high)], [0.06 * high, 0.04 * high], 255)
    for lean, reach in ((-0.15, 0.36), (0.13, 0.38), (-0.02, 0.42)):
        fork = (x + 0.01 * high, foot - 0.19 * high)
        pen.stroke([fork, (x + lean * high, foot - reach * high)], [0.034 * high, 0.012 * high], 255)


def _puffs(tree: Tree, dice: Dice) -> list[tuple[float, float, float]]:
    x, foot, high = tree
    puffs = []
    for _ in range(PUFFS):
        across, up = dice.between(-1.0, 1.0), dice.between(-0.75, 1.0)
        wide = 0.27 * (1.0 - 0.35 * up * up)
        at = (x + across * wide * high, foot - (0.46 + 0.15 * up) * high)
        puffs.append((*at, dice.between(0.06, 0.1) * high))
    return puffs


def _crowns(
    puffs: list[list[tuple[float, float, float]]], share: float, across: float, up: float
) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        for crown in puffs:
            for x, y, radius in crown:
                grown = radius * (0.4 + 0.6 * share)
                reach = radius / 0.08
                pen.disc(x + across * reach, y - up * reach, grown * 1.15, grown * 0.92, 255)

    return draw


def _fruit(puffs: list[list[tuple[float, float, float]]]) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        for crown in puffs:
            for x, y, radius in crown[::2]:
                pen.disc(x, y + radius * 0.3, radius * 0.16, radius * 0.16, 255)

    return draw


def _fallen(plate: Plate, staging: Staging, dice: Dice, crown: Colour) -> None:
    """Petals or leaves on the grass, thicker under the rows."""
    tone = times(crown, 0.36 + 0.6 * staging.sky.level)

    def draw(pen: Pen) -> None:
        for _ in range(260):
            near = dice.between(0.15, 1.2)
            lane = dice.pick((-2.1, -0.86, 0.86, 2.1)) + dice.between(-0.5, 0.5)
            size = 0.0045 * near
            pen.disc(lane * near, VANISHING[1] + 0.33 * near, size * 1.6, size * 0.6, 255)

    plate.stencil(draw, tone, opacity=0.75)
