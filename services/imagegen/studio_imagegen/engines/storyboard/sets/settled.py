"""Settled places: a village square, a platform, the inside of a car, and space, where nobody lives."""

from __future__ import annotations

from PIL import Image

from studio_imagegen.engines.storyboard.colour import WHITE, mix, times
from studio_imagegen.engines.storyboard.cutout import cut
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import draw_strokes, read_sheet, tones_under
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.props import props
from studio_imagegen.engines.storyboard.sets.furnish import Tint, furnish
from studio_imagegen.engines.storyboard.sets.land import (
    firs,
    greened,
    hill,
    ridge,
    ridges,
    stand,
    swell,
)
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging
from studio_imagegen.engines.storyboard.view import View

LAMP_LEVEL_MAX = 0.7
# A cab is lit by its own dials where it is dark outside.
CAB_GAIN = 1.7


def paint_village(plate: Plate, staging: Staging) -> None:
    """A square with houses, a bell tower and a stall, under mountains."""
    sky = staging.sky
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.6)
    dice = Dice(staging.set_seed, "village")
    ridges(plate, staging, dice, 3)
    stand(plate, staging, "VILLAGE")
    snow = staging.weather == "SNOW"
    tone = mix(sky.haze, WHITE, 0.3) if snow else mix(sky.ground, sky.haze, 0.3)
    hill(plate, swell(dice, 0.76, 0.006), tone, times(tone, 0.66), 1.2)

    def cobbles(pen: Pen) -> None:
        for _ in range(150):
            y = dice.between(0.79, 1.0)
            wide = 0.008 + (y - 0.76) * 0.09
            pen.disc(dice.between(-1.4, 1.4), y, wide, wide * 0.22, 255)

    plate.stencil(cobbles, times(tone, 0.72), opacity=0.4)


def paint_platform(plate: Plate, staging: Staging) -> None:
    """A platform with a waiting train, a roof and a clock."""
    paint_sky(plate, staging.sky, staging.weather, staging.set_seed, 0.6)
    plate.part()
    stand(plate, staging, "STATION")


def paint_car(plate: Plate, staging: Staging) -> None:
    """A car: with people in it their seats before the rear window, else the road through the windscreen."""
    if staging.marks:
        _road_behind(plate, staging)
        plate.part()
        stand(plate, staging, "CAB", 1.0 if staging.sky.level >= LAMP_LEVEL_MAX else CAB_GAIN)
        if staging.sky.level < LAMP_LEVEL_MAX:
            plate.pool(0.0, 1.0, 1.1, 0.6, staging.sky.lamp, 0.16)
        return
    _road_ahead(plate, staging)
    stand(plate, staging, "CAR")


def _road_behind(plate: Plate, staging: Staging) -> None:
    """What a car's rear window shows: hills, trees along the road, its own red light."""
    sky = staging.sky
    dice = Dice(staging.set_seed, "behind")
    snow = staging.weather == "SNOW"
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.38)
    plate.pool(0.0, 0.36, 1.4, 0.3, mix(sky.haze, sky.key, 0.4), 0.5)
    hill(plate, ridge(dice, 0.37, 0.13, 5), mix(sky.far, sky.haze, 0.2), mix(sky.far, sky.haze, 0.7), 0.5)
    land = mix(sky.haze, WHITE, 0.42) if snow else greened(mix(sky.ground, sky.haze, 0.3), sky, 0.35)
    hill(plate, swell(dice, 0.40, 0.008), land, times(land, 0.8), 1.2)
    trees = [(side * dice.between(0.2, 1.25), dice.between(0.1, 0.26)) for side in (-1, 1) for _ in range(6)]
    plate.stencil(firs(trees, 0.45), mix(sky.near, sky.middle, 0.4), sky.near)
    tarmac = mix(times(sky.near, 1.2), sky.haze, 0.25)
    road = [(-0.03, 0.40), (0.03, 0.40), (0.55, 0.62), (-0.55, 0.62)]
    plate.stencil(lambda pen: pen.polygon(road, 255), mix(tarmac, sky.haze, 0.3), tarmac)
    if sky.level < LAMP_LEVEL_MAX:
        plate.pool(0.0, 0.6, 0.8, 0.16, (214.0, 66.0, 58.0), 0.4)


def _road_ahead(plate: Plate, staging: Staging) -> None:
    """The road through the windscreen, by night in the headlights, and a bridge that is told of."""
    sky = staging.sky
    dice = Dice(staging.set_seed, "ahead")
    paint_sky(plate, sky, staging.weather, staging.set_seed, 0.46)
    hill(plate, ridge(dice, 0.43, 0.16, 5), mix(sky.far, sky.haze, 0.15), mix(sky.far, sky.haze, 0.6), 0.6)
    plate.part()
    snow = staging.weather == "SNOW"
    land = mix(sky.haze, WHITE, 0.3) if snow else greened(mix(sky.ground, sky.haze, 0.2), sky, 0.35)
    hill(plate, swell(dice, 0.47, 0.005), mix(land, sky.haze, 0.3), times(land, 0.62), 1.1)
    trees = [(side * x, high) for side in (-1, 1) for x, high in ((0.3, 0.12), (0.46, 0.2), (0.7, 0.36))]
    plate.stencil(firs(trees, 0.56), mix(sky.near, sky.middle, 0.35), sky.near)
    tarmac = mix(mix(sky.near, (70.0, 70.0, 78.0), 0.4), sky.haze, 0.3 if snow else 0.1)
    road = [(-0.03, 0.475), (0.03, 0.475), (0.7, 0.8), (-0.7, 0.8)]
    plate.stencil(lambda pen: pen.polygon(road, 255), mix(tarmac, sky.haze, 0.3), tarmac)
    if ahead := next((name for name in ("BROKEN_BRIDGE", "BRIDGE") if name in staging.props), ""):
        _bridge_ahead(plate, staging, ahead)
    if sky.level < LAMP_LEVEL_MAX:
        _headlights(plate, staging)


def _headlights(plate: Plate, staging: Staging) -> None:
    lamp = mix(staging.sky.lamp, WHITE, 0.35)

    def beam(pen: Pen) -> None:
        pen.polygon([(-0.62, 0.8), (0.62, 0.8), (0.26, 0.4), (-0.26, 0.4)], 255)

    plate.stencil(beam, lamp, opacity=0.5, soften_px=28, span=(0.38, 0.8), fade=(0.2, 1.0))
    plate.pool(0.0, 0.52, 0.6, 0.12, lamp, 0.45)


def _bridge_ahead(plate: Plate, staging: Staging, name: str) -> None:
    """A river across the road, and its bridge, or what is left of it."""
    sky = staging.sky
    dice = Dice(staging.set_seed, "ripples")
    water = mix(sky.sky_top, sky.near, 0.4)
    bank = [(-1.7, 0.51), (-0.5, 0.525), (0.5, 0.52), (1.7, 0.505), (1.7, 0.6), (-1.7, 0.605)]
    plate.stencil(lambda pen: pen.polygon(bank, 255), mix(water, sky.haze, 0.2), times(water, 0.7))

    def ripples(pen: Pen) -> None:
        for _ in range(40):
            x, y = dice.between(-1.2, 1.2), dice.between(0.53, 0.6)
            pen.rect(x, y, x + dice.between(0.03, 0.12), y + 0.004, 255)

    plate.stencil(ripples, mix(sky.key, sky.haze, 0.3), opacity=0.6)
    light = times(mix(sky.ambient, sky.lamp, 0.6), 1.0 / 255)
    drawing = props()[name].drawing
    furnish(plate, drawing, Tint(light, {}), sky, sky.light_x, at=(0.0, 0.43), size=0.66, upright=True)


def draw_fore(picture: Image.Image, staging: Staging) -> None:
    """Draw on a picture, RGB or RGBA, what of the place is nearer than the figures: a car's dashboard."""
    drivers = [mark for mark in staging.marks if mark.pose == "DRIVE"]
    if staging.kind != "CAR" or not staging.inside or not staging.marks or staging.near:
        return
    view = View(picture.width, picture.height)

    def to_pixel(point: tuple[float, float]) -> tuple[float, float]:
        x, y = view.pixel(point)
        return (x * 2, y * 2)

    side = -1.0 if drivers and drivers[0].x > 0 else 1.0
    pen = Pen(to_pixel, view.unit_px * 2).within((0.0, 0.0), 1.0, side)
    tone = mix(staging.sky.near, (44.0, 40.0, 48.0), 0.6)
    draw_strokes(
        pen,
        read_sheet("places")["WHEEL" if drivers else "DASHBOARD"].drawing,
        tones_under(staging.light.cloth, {"furn": tone}),
    )
    if cutout := cut(view, pen, 2):
        cutout.rim(staging.light.x, 0.003 * view.unit_px, staging.light.key, 0.3)
        cutout.onto(picture)


def paint_space(plate: Plate, staging: Staging) -> None:
    """Stars, a planet half in shade, and its moon."""
    dice = Dice(staging.set_seed, "space")
    view = plate.view
    plate.stencil(
        lambda pen: pen.rect(view.left, -2, view.right, 3, 255), (6.0, 8.0, 22.0), (14.0, 14.0, 34.0)
    )

    def stars(pen: Pen) -> None:
        for _ in range(240):
            radius = dice.between(0.0006, 0.0026)
            pen.disc(dice.between(-1.6, 1.6), dice.between(-0.2, 1.2), radius, radius, 255)

    plate.stencil(stars, (226.0, 234.0, 255.0), opacity=0.85)
    plate.pool(-0.5, 0.3, 0.9, 0.4, (110.0, 70.0, 150.0), 0.3)
    plate.part()
    x = 0.42 * staging.sky.light_x
    plate.glow(x, 0.5, 0.55, (120.0, 170.0, 230.0), 0.4)
    plate.stencil(lambda pen: pen.disc(x, 0.5, 0.32, 0.32, 255), (120.0, 170.0, 214.0), (44.0, 74.0, 130.0))
    plate.stencil(
        lambda pen: pen.blob(
            [(x - 0.2, 0.36), (x - 0.05, 0.30), (x + 0.1, 0.4), (x - 0.02, 0.52), (x - 0.18, 0.48)], 255
        ),
        (126.0, 158.0, 116.0),
        opacity=0.8,
    )
    plate.stencil(
        lambda pen: pen.disc(x + 0.1, 0.56, 0.30, 0.30, 255), (8.0, 10.0, 28.0), opacity=0.55, soften_px=20
    )
    plate.stencil(
        lambda pen: pen.disc(-x, 0.24, 0.045, 0.045, 255), (214.0, 206.0, 196.0), (120.0, 116.0, 120.0)
    )
