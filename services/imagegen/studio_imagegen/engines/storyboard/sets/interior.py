"""A room in one-point perspective: its shell, a window, and what stands in it (sheets/rooms_*.txt)."""

from __future__ import annotations

from collections.abc import Sequence

from studio_imagegen.engines.storyboard.colour import Colour, hexa, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import read_sheet
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, Point, filled
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.furnish import Tint, furnish
from studio_imagegen.engines.storyboard.staging import Staging

SHEETS = ("rooms_lived_in", "rooms_worked_in", "rooms_passed_through")
BACK = (-0.62, 0.10, 0.62, 0.68)
NARROW_BACK = (-0.26, 0.22, 0.26, 0.60)
NARROW = frozenset({"CORRIDOR"})
VANISHING: Point = (0.0, 0.42)
LAMP_LEVEL_MAX = 0.7
WARM: Colour = (255.0, 199.0, 134.0)


def paint_interior(plate: Plate, staging: Staging) -> None:
    """Paint the room of the staging's kind."""
    room = next(
        (read_sheet(sheet)[staging.kind] for sheet in SHEETS if staging.kind in read_sheet(sheet)),
        read_sheet(SHEETS[0])["INTERIOR"],
    )
    tints = [hexa(word) for word in room.words[:4]]
    sky = staging.sky
    shade = _room_light(sky)
    wall, floor, furniture, accent = (times(tint, shade) for tint in tints)
    back = NARROW_BACK if staging.kind in NARROW else BACK
    has_window = room.words[4] != "-"
    if has_window:
        _outlook(plate, sky)
    _shell(plate, back, wall, floor)
    _floor_lines(plate, back, floor, tiles=room.words[5] == "TILES")
    if has_window:
        _window(plate, staging, float(room.words[4]))
    tint = Tint(shade, {"wall": wall, "floor": floor, "furn": furniture, "accent": accent, **_lights(sky)})
    furnish(plate, room.drawing, tint, sky, staging.light.x)
    _corners(plate, sky)


def _room_light(sky: Palette) -> Colour:
    """Daylight from the window by day; the warm half-light of a lamp when it is dark outside."""
    if sky.level < LAMP_LEVEL_MAX:
        warm = times(WARM, (0.76 + 0.16 * sky.level) / 255)
        return mix(warm, times(sky.ambient, 0.55 / 255), 0.25)
    return times(mix((255.0, 250.0, 242.0), sky.ambient, 0.5), (0.5 + 0.46 * sky.level) / 255)


def _lights(sky: Palette) -> dict[str, Colour]:
    dark = sky.level < LAMP_LEVEL_MAX
    pane = mix(sky.sky_top, sky.sky_low, 0.55) if dark else mix(sky.sky_low, (255.0, 255.0, 250.0), 0.5)
    return {"pane": pane, "bulb": (255.0, 232.0, 178.0) if dark else (222.0, 212.0, 190.0)}


def _ray(corner: Point, times_out: float) -> Point:
    return (
        VANISHING[0] + (corner[0] - VANISHING[0]) * times_out,
        VANISHING[1] + (corner[1] - VANISHING[1]) * times_out,
    )


def _shell(plate: Plate, back: tuple[float, float, float, float], wall: Colour, floor: Colour) -> None:
    left, top, right, bottom = back
    far = 12.0
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    outer = [_ray(corner, far) for corner in corners]
    faces: Sequence[tuple[int, int, Colour, Colour]] = (
        (0, 1, times(wall, 0.42), times(wall, 0.62)),
        (3, 0, times(wall, 0.70), times(wall, 0.62)),
        (1, 2, times(wall, 0.78), times(wall, 0.68)),
        (2, 3, floor, times(floor, 0.62)),
    )
    plate.stencil(lambda pen: pen.rect(left, top, right, bottom, 255), times(wall, 0.86), wall)
    for first, second, high, low in faces:
        face = [corners[first], corners[second], outer[second], outer[first]]
        plate.stencil(filled(face), high, low, span=(0.0, 1.0))
    skirting = times(wall, 0.55)
    plate.stencil(lambda pen: pen.rect(left, bottom - 0.016, right, bottom, 255), skirting)


def _floor_lines(
    plate: Plate, back: tuple[float, float, float, float], floor: Colour, *, tiles: bool
) -> None:
    left, _, right, bottom = back

    def draw(pen: Pen) -> None:
        for index in range(-9, 10):
            x = index * (right - left) / 9
            pen.line([(x, bottom), _ray((x, bottom), 6.0)], 0.003, 255)
        for index in range(1, 7 if tiles else 1):
            y = VANISHING[1] + (bottom - VANISHING[1]) * (1 + 0.16 * index * index)
            pen.line([(-3.0, y), (3.0, y)], 0.003, 255)

    plate.stencil(draw, times(floor, 0.62), opacity=0.5)


def _outlook(plate: Plate, sky: Palette) -> None:
    """What a window shows, as the far part: it fills the plate, for the room hides the rest."""
    top, low = mix(sky.sky_top, sky.key, 0.12), mix(sky.sky_low, sky.key, 0.25)
    view = plate.view

    def whole(pen: Pen) -> None:
        pen.rect(view.left - 0.1, view.top - 0.1, view.right + 0.1, view.bottom + 0.1, 255)

    plate.stencil(whole, top, low, span=(0.14, 0.42))
    plate.part()


def _window(plate: Plate, staging: Staging, x: float) -> None:
    sky = staging.sky
    panes = [(x + column * 0.074, 0.215 + row * 0.13) for column in (-1, 1) for row in (0, 1)]
    frame = times(sky.near, 1.1) if sky.level < LAMP_LEVEL_MAX else (206.0, 196.0, 180.0)
    plate.stencil(lambda pen: pen.rect(x - 0.165, 0.13, x + 0.165, 0.43, 255), frame, times(frame, 0.85))

    def glass(pen: Pen) -> None:
        for middle_x, middle_y in panes:
            pen.rect(middle_x - 0.067, middle_y - 0.06, middle_x + 0.067, middle_y + 0.06, 255)

    plate.open(glass)
    _outside(plate, staging, x)
    plate.stencil(lambda pen: pen.rect(x - 0.185, 0.43, x + 0.185, 0.45, 255), times(frame, 1.1))
    plate.glow(x, 0.28, 0.5, sky.key, 0.10 + 0.16 * sky.level)
    slope = 0.5 * (1 if x < 0 else -1)

    def shaft(pen: Pen) -> None:
        pen.polygon(
            [(x - 0.15, 0.15), (x + 0.15, 0.15), (x + 0.2 + slope, 1.0), (x - 0.22 + slope, 1.0)], 255
        )

    plate.stencil(shaft, sky.key, opacity=0.16, soften_px=12, span=(0.16, 1.0), fade=(0.9, 0.15))


def _outside(plate: Plate, staging: Staging, x: float) -> None:
    """What the window shows of the weather: drops on the panes, or snow on the sill."""
    dice = Dice(staging.set_seed, "panes")
    key = mix(staging.sky.key, (255.0, 255.0, 255.0), 0.3)
    if staging.weather in ("RAIN", "STORM"):

        def drops(pen: Pen) -> None:
            for _ in range(26):
                drop_x, drop_y = x + dice.between(-0.138, 0.138), dice.between(0.16, 0.40)
                run = dice.between(0.008, 0.05)
                pen.stroke([(drop_x, drop_y - run), (drop_x + 0.002, drop_y)], [0.0012, 0.0036], 255)

        plate.stencil(drops, key, opacity=0.75)
    elif staging.weather == "SNOW":

        def flakes(pen: Pen) -> None:
            pen.blob(
                [
                    (x - 0.14, 0.415),
                    (x - 0.05, 0.39),
                    (x + 0.04, 0.405),
                    (x + 0.14, 0.385),
                    (x + 0.14, 0.415),
                ],
                255,
            )

        plate.stencil(flakes, (244.0, 247.0, 252.0), opacity=0.9)


def _corners(plate: Plate, sky: Palette) -> None:
    """The room's own dark towards the lens, so that the lit middle is looked at."""
    depth = 0.26 if sky.level < LAMP_LEVEL_MAX else 0.16
    for side in (-1, 1):
        plate.pool(side * 1.05, 0.5, 0.55, 1.1, (6.0, 5.0, 10.0), depth)
