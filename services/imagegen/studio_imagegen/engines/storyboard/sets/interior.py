"""A room in one-point perspective: walls, floor, a window, a lamp, and furniture by kind of room."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.colour import mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import decor_of
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.staging import Staging

FLOOR_Y = 0.7


def paint_interior(plate: Plate, staging: Staging) -> None:
    """Paint the back wall, a lit window, furniture, and the pool of a hanging lamp."""
    sky, decor = staging.sky, decor_of(staging.kind, staging.sky)
    dice = Dice(staging.set_seed, "interior")
    left, right = min(plate.view.left, -2.0), max(plate.view.right, 2.0)
    wall, floor = decor.wall, decor.floor
    plate.stencil(
        lambda pen: pen.rect(left, -1, right, FLOOR_Y, 255), times(wall, 0.72), wall, span=(0.0, FLOOR_Y)
    )
    plate.stencil(
        lambda pen: pen.rect(left, FLOOR_Y, right, 2, 255), floor, times(floor, 0.55), span=(FLOOR_Y, 1)
    )
    plate.stencil(
        lambda pen: pen.rect(left, FLOOR_Y - 0.025, right, FLOOR_Y, 255), times(decor.furniture, 0.9)
    )
    window_x = 0.36 * sky.light_x + dice.between(-0.05, 0.05)
    _window(plate, staging, window_x)
    plate.stencil(
        lambda pen: _furniture(pen, staging.kind, -window_x, dice),
        decor.furniture,
        times(decor.furniture, 0.7),
    )
    if sky.level < 0.7:
        lamp_x = -0.3 * sky.light_x
        plate.stencil(lambda pen: _hanging_lamp(pen, lamp_x), times(decor.furniture, 0.7))
        plate.glow(lamp_x, 0.2, 0.75, mix(decor.accent, sky.lamp, 0.5), 0.5)
        plate.pool(lamp_x, 0.86, 0.5, 0.12, decor.accent, 0.3)


def _window(plate: Plate, staging: Staging, x: float) -> None:
    sky = staging.sky

    def panes(pen: Pen) -> None:
        for column in (-1, 1):
            for row in (0, 1):
                middle = x + column * 0.092
                pen.rect(middle - 0.085, 0.16 + row * 0.16, middle + 0.085, 0.31 + row * 0.16, 255)

    plate.stencil(lambda pen: pen.rect(x - 0.2, 0.14, x + 0.2, 0.49, 255), times(sky.near, 0.8))
    plate.stencil(panes, mix(sky.sky_top, sky.key, 0.25), mix(sky.sky_low, sky.key, 0.35), span=(0.15, 0.48))
    plate.glow(x, 0.32, 0.55, sky.key, 0.16 + 0.14 * sky.level)
    slope = -0.55 * sky.light_x

    def shaft(pen: Pen) -> None:
        pen.polygon(
            [(x - 0.18, 0.16), (x + 0.18, 0.16), (x + 0.24 + slope, 1.0), (x - 0.24 + slope, 1.0)], 255
        )

    plate.stencil(shaft, sky.key, opacity=0.2, soften_px=12, span=(0.16, 1.0), fade=(0.9, 0.15))


def _hanging_lamp(pen: Pen, x: float) -> None:
    pen.line([(x, -0.6), (x, 0.13)], 0.004, 255)
    pen.polygon([(x - 0.02, 0.13), (x + 0.02, 0.13), (x + 0.075, 0.2), (x - 0.075, 0.2)], 255)


def _furniture(pen: Pen, kind: str, x: float, dice: Dice) -> None:
    match kind:
        case "KITCHEN" | "BAR":
            pen.rect(x - 0.5, 0.52, x + 0.35, 0.78, 255)
            pen.rect(x - 0.45, 0.2, x + 0.25, 0.22, 255)
            for index in range(12):
                high = dice.between(0.04, 0.1)
                pen.rect(x - 0.43 + index * 0.056, 0.2 - high, x - 0.4 + index * 0.056, 0.2, 255)
        case "CORRIDOR" | "STATION":
            for index in (-2, -1, 1, 2):
                pen.rect(index * 0.42 - 0.035, -0.4, index * 0.42 + 0.035, 0.78, 255)
            pen.rect(x - 0.1, 0.3, x + 0.1, 0.7, 255)
        case "CAR":
            pen.blob([(-1.3, 0.76), (-0.4, 0.7), (0.4, 0.7), (1.3, 0.76), (1.4, 1.5), (-1.4, 1.5)], 255)
            for side in (-1, 1):
                pen.stroke([(side * 0.75, 0.8), (side * 0.55, -0.3)], [0.1, 0.06], 255)
        case "OFFICE":
            pen.rect(x - 0.36, 0.58, x + 0.36, 0.61, 255)
            pen.rect(x - 0.34, 0.61, x - 0.1, 0.8, 255)
            pen.rect(x + 0.3, 0.61, x + 0.33, 0.8, 255)
            pen.rect(x - 0.05, 0.44, x + 0.14, 0.55, 255)
            pen.rect(x + 0.035, 0.55, x + 0.055, 0.58, 255)
        case _:
            pen.blob([(x - 0.36, 0.5), (x, 0.47), (x + 0.36, 0.5), (x + 0.4, 0.78), (x - 0.4, 0.78)], 255)
            pen.rect(x - 0.14, 0.2, x + 0.16, 0.36, 255)
