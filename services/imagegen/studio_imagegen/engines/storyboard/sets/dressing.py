"""Dressing: the things and people that the action says are in the place."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.colour import BLACK, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import MATERIALS
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.props import Prop, props
from studio_imagegen.engines.storyboard.sets.furnish import Tint, furnish
from studio_imagegen.engines.storyboard.staging import Staging

GROWN = 0.56
TALL_MIN = 1.0
DRESSED_MAX = 3
# Where things stand: a y of their foot or middle by stand, and how much larger than life they are drawn.
TABLES = {
    "ROOM": (0.05, 0.80), "BEDROOM": (-0.075, 0.56), "KITCHEN": (0.30, 0.81), "OFFICE": (0.26, 0.585),
    "WORKSHOP": (-0.06, 0.57), "SHOP": (0.20, 0.60), "BAR": (-0.2, 0.55), "SHIP": (-0.26, 0.67),
    "LIBRARY": (0.17, 0.78), "SCHOOL": (0.40, 0.56), "INTERIOR": (0.12, 0.75), "TRAIN": (0.0, 0.62),
    "CHURCH": (0.0, 0.62), "HOSPITAL": (0.15, 0.60), "FACTORY": (-0.3, 0.60), "ATTIC": (-0.36, 0.58),
    "CLOAKROOM": (0.1, 0.76), "NURSERY": (0.3, 0.31), "CASTLE": (0.3, 0.74), "STAGE": (0.24, 0.84),
}  # fmt: skip
# Free places on the walls of rooms, by kind.
WALLS = {
    "ROOM": (-0.42, 0.27), "BEDROOM": (0.3, 0.23), "KITCHEN": (0.3, 0.28), "OFFICE": (-0.125, 0.25),
    "WORKSHOP": (-0.55, 0.45), "INTERIOR": (-0.08, 0.25), "SCHOOL": (0.545, 0.22), "BAR": (-0.57, 0.26),
    "HOSPITAL": (0.15, 0.2), "SHOP": (-0.44, 0.55), "ATTIC": (-0.2, 0.3), "PRISON": (-0.4, 0.3),
}  # fmt: skip
WALL_STEP = 0.13
STANDS = {
    "WALL": (0.36, 1.0),
    "SKY": (0.2, 1.0),
    "GROUND": (0.86, 0.72),
    "TABLE": (0.585, 1.15),
    "FLAT": (0.585, 1.3),
    "FAR": (0.575, 1.0),
}
COUNTERS = frozenset({"CLOAKROOM"})
# Things that a shot without people shows are looked at.
ALONE_LARGER = 1.7
PLACED = frozenset({"WALL", "SKY", "GROUND", "FAR"})
OUTSIDE_SET_DOWN = frozenset({"LANTERN", "CANDLE", "BOX", "RADIO"})
HAS_A_BELL = frozenset({"VILLAGE", "CHURCH"})
OUTSIDE_HIDDEN = frozenset(
    {"UMBRELLA", "DOOR", "CLOSED_DOOR", "WINDOW", "PICTURE", "BED", "TABLE", "CHAIR", "AXE"}
)
# An axe that nobody holds is heard, not seen.
IN_ROOM_ALREADY = frozenset({"AXE", "UMBRELLA", "WINDOW", "LAMP", "TABLE", "BED", "CHAIR"})
COATS = ("red", "blue", "green", "brown", "orange", "teal", "purple", "cream", "leather")
WORN = (*COATS, "ink", "grey", "black", "iron", "skin")
SHAPES = ((-0.24, 1.0), (0.22, 0.92))
MANY = {"GOAT": 4, "BIRD": 5, "LANTERN": 6, "BALLOON": 3}


def dress(plate: Plate, staging: Staging) -> None:
    """Put the staging's dressing, and a crowd where there is one, in the set."""
    if staging.kind in ("CAR", "SPACE"):
        return
    placed = 0
    for name in staging.dressing:
        prop = props()[name]
        hidden = IN_ROOM_ALREADY if staging.inside else OUTSIDE_HIDDEN
        if name in hidden or (staging.blur and prop.stand not in PLACED):
            continue
        if prop.stand not in PLACED and not _has_room_for(staging, name):
            continue
        if name == "BELL" and staging.kind in HAS_A_BELL:
            continue
        placed += 1
        if placed <= DRESSED_MAX:
            _place(plate, staging, name, prop, placed - 1)
    if staging.crowd:
        _crowd(plate, staging)
    if staging.shapes:
        _shapes(plate, staging)


def _has_room_for(staging: Staging, name: str) -> bool:
    return staging.kind in TABLES if staging.inside else name in OUTSIDE_SET_DOWN


def _place(plate: Plate, staging: Staging, name: str, prop: Prop, before: int) -> None:
    dice = Dice(staging.set_seed, "dressing", name)
    middle, larger = STANDS[prop.stand]
    if staging.inside and prop.stand == "SKY":
        middle = 0.3
    size = prop.tall * GROWN * larger
    if not staging.marks and prop.tall < TALL_MIN / 2:
        size *= ALONE_LARGER
    side = -staging.sky.light_x if name in ("DOOR", "CLOSED_DOOR") else dice.pick((-1.0, 1.0))
    for _ in range(MANY.get(name, 1)):
        x, y = _across(staging, prop, side, dice), middle
        if prop.stand == "WALL" and prop.tall > TALL_MIN:
            y = 0.72 - size / 2
        elif prop.stand == "WALL" and staging.inside and staging.kind in WALLS:
            x, y = WALLS[staging.kind]
            y += WALL_STEP * before
        elif prop.stand == "GROUND" and not (staging.kind in COUNTERS and prop.tall < TALL_MIN / 2):
            y -= size / 2
        elif prop.stand == "SKY":
            y += dice.between(-0.06, 0.06)
        elif prop.stand != "WALL" and prop.stand != "FAR":
            x, y = TABLES[staging.kind] if staging.inside else (x, 0.84)
            y -= size * 0.42
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
    if prop.tall > TALL_MIN:
        return side * (0.42 if staging.inside else 0.5)
    return side * (dice.between(0.3, 0.62) if staging.marks else dice.between(0.12, 0.5))


def _crowd(plate: Plate, staging: Staging) -> None:
    """People in the distance, in two rows, each in a coat of their own."""
    dice = Dice(staging.set_seed, "crowd")
    sky = staging.sky
    light = times(sky.ambient, (0.42 + 0.5 * sky.level) / 255)
    for foot, high, count, haze in ((0.80, 0.16, 14, 0.4), (0.87, 0.215, 9, 0.14)):
        rows = []
        for index in range(count):
            x = -0.98 + 1.96 * (index + dice.between(0.1, 0.9)) / count
            rows.append(_person(x, foot, high * dice.between(0.72, 1.08), dice))
        tones = {f"{name}{haze}": mix(times(MATERIALS[name], light), sky.haze, haze) for name in WORN}
        drawing = ";".join(rows).replace("@", str(haze))
        furnish(plate, drawing, Tint(light, tones), sky, sky.light_x)


def _shapes(plate: Plate, staging: Staging) -> None:
    """Two who are seen as shapes alone, where the frame is free."""
    sky, view = staging.sky, plate.view
    free = -1.0 if staging.marks and staging.marks[0].x > 0 else 1.0
    middle = (view.left + view.right) / 2 + free * (view.right - view.left) * 0.26
    dark = mix(sky.near, BLACK, 0.35)
    tones = {f"{name}@": dark for name in WORN}
    foot = 0.80 if view.bottom > 0.85 else view.bottom + 0.02
    dice = Dice(staging.set_seed, "shapes")
    high = 0.3 * max(1.0, (foot - view.top) / 0.8)
    rows = [_person(middle + across * high, foot, high * tall, dice) for across, tall in SHAPES]
    furnish(plate, ";".join(rows), Tint((1.0, 1.0, 1.0), tones), sky, sky.light_x)


def _person(x: float, foot: float, high: float, dice: Dice) -> str:
    """The rows that draw one of a crowd; "@" stands for the haze of the row."""
    coat, hair = dice.pick(COATS), dice.pick(("ink", "brown", "grey", "brown", "black"))
    wide = dice.between(0.14, 0.18)
    shapes: tuple[tuple[str, tuple[float, ...]], ...] = (
        ("line iron@", (-0.05, 0.4, -0.06, 0.0)),
        ("line iron@", (0.05, 0.4, 0.06, 0.0)),
        (f"blob {coat}@", (0.0, 0.81, wide, 0.74, wide * 1.1, 0.3, -wide * 1.1, 0.3, -wide, 0.74)),
        (f"oval {hair}@", (0.0, 0.915)),
        ("oval skin@", (0.015, 0.89)),
    )
    sizes = {"line": ((0.08,), ()), "blob": ((), ()), "oval": ((), (0.075, 0.085))}
    rows = []
    for name, points in shapes:
        first, last = sizes[name.split()[0]]
        placed = [x + p * high if i % 2 == 0 else foot - p * high for i, p in enumerate(points)]
        numbers = [*(f * high for f in first), *placed, *(f * high for f in last)]
        rows.append(" ".join([name, *(f"{number:.4f}" for number in numbers)]))
    return ";".join(rows)
