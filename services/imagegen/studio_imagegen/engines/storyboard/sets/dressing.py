"""Dressing: the things and people that the action says are in the place."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.colour import mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.props import Prop, props
from studio_imagegen.engines.storyboard.sets.furnish import Tint, furnish
from studio_imagegen.engines.storyboard.staging import Staging

GROWN = 0.56
# Where things stand: a y of their foot or middle by stand, and how much larger than life they are drawn.
STANDS = {
    "WALL": (0.36, 1.0),
    "SKY": (0.2, 1.0),
    "GROUND": (0.86, 0.72),
    "TABLE": (0.585, 1.15),
    "FLAT": (0.585, 1.3),
}
PLACED = frozenset({"WALL", "SKY", "GROUND"})
OUTSIDE_HIDDEN = frozenset({"WINDOW", "PICTURE", "BED", "TABLE", "CHAIR"})
IN_ROOM_ALREADY = frozenset({"WINDOW", "LAMP", "TABLE", "BED", "CHAIR"})
MANY = {"GOAT": 4, "BIRD": 5, "LANTERN": 6, "BALLOON": 3}


def dress(plate: Plate, staging: Staging) -> None:
    """Put the staging's dressing, and a crowd where there is one, in the set."""
    if staging.kind in ("CAR", "SPACE"):
        return
    for index, name in enumerate(staging.dressing):
        prop = props()[name]
        hidden = IN_ROOM_ALREADY if staging.inside else OUTSIDE_HIDDEN
        if name in hidden or (staging.blur and prop.stand not in PLACED):
            continue
        _place(plate, staging, name, prop, index)
    if staging.crowd:
        _crowd(plate, staging)


def _place(plate: Plate, staging: Staging, name: str, prop: Prop, index: int) -> None:
    dice = Dice(staging.set_seed, "dressing", name)
    middle, larger = STANDS[prop.stand]
    if staging.inside and prop.stand == "SKY":
        middle = 0.3
    size = prop.tall * GROWN * larger
    side = (-1 if index % 2 else 1) * staging.sky.light_x
    for _ in range(MANY.get(name, 1)):
        x = _across(staging, prop, side, dice)
        y = middle
        if prop.stand == "WALL" and prop.tall > 1.0:
            y = 0.72 - size / 2
        elif prop.stand in ("GROUND", "TABLE", "FLAT"):
            y = (middle if staging.inside or prop.stand == "GROUND" else 0.84) - size / 2
        elif prop.stand == "SKY":
            y += dice.between(-0.06, 0.06)
        light = times(staging.sky.ambient, (0.5 + 0.48 * staging.sky.level) / 255)
        if staging.inside:
            light = staging.light.cloth
        tint = Tint(light, {"pane": staging.sky.sky_low})
        furnish(
            plate,
            prop.drawing,
            tint,
            staging.sky,
            staging.light.x,
            at=(x, y),
            size=size,
            across=side,
            upright=True,
        )
        side = -side


def _across(staging: Staging, prop: Prop, side: float, dice: Dice) -> float:
    """Beside the figures: their marks leave the sides free; alone, nearer to the middle."""
    if prop.tall > 1.0:
        return side * (0.42 if staging.inside else 0.5)
    return side * (dice.between(0.3, 0.62) if staging.marks else dice.between(0.12, 0.5))


def _crowd(plate: Plate, staging: Staging) -> None:
    """People in the distance, in two rows, seen as paper shapes."""
    dice = Dice(staging.set_seed, "crowd")
    sky = staging.sky
    for foot, high, count, tone in (
        (0.79, 0.15, 15, mix(sky.near, sky.haze, 0.45)),
        (0.85, 0.2, 10, mix(sky.near, sky.haze, 0.2)),
    ):
        people = [
            (-1.0 + 2.0 * (i + dice.unit()) / count, high * dice.between(0.75, 1.1)) for i in range(count)
        ]
        plate.stencil(
            lambda pen, people=people, foot=foot: _people(pen, people, foot), mix(tone, sky.key, 0.14), tone
        )


def _people(pen: Pen, people: list[tuple[float, float]], foot: float) -> None:
    for x, high in people:
        top = foot - high
        pen.disc(x, top + high * 0.1, high * 0.085, high * 0.1, 255)
        pen.blob(
            [
                (x - high * 0.05, top + high * 0.2),
                (x + high * 0.05, top + high * 0.2),
                (x + high * 0.16, top + high * 0.36),
                (x + high * 0.15, top + high * 0.75),
                (x + high * 0.08, foot),
                (x - high * 0.08, foot),
                (x - high * 0.15, top + high * 0.75),
                (x - high * 0.16, top + high * 0.36),
            ],
            255,
        )
