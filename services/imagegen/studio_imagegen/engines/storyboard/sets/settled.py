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
from studio_imagegen.engines.storyboard.sets.land import carriageway, hill, meadows, ridges, stand, swell
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging
from studio_imagegen.engines.storyboard.view import View

LAMP_LEVEL_MAX = 0.7


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
    sky = staging.sky
    meadows(plate, staging, Dice(staging.set_seed, "field"))
    if staging.marks:
        plate.part()
        stand(plate, staging, "CAB")
        return
    carriageway(plate, staging)
    if sky.level < LAMP_LEVEL_MAX:

        def beam(pen: Pen) -> None:
            pen.polygon([(-0.5, 0.9), (0.5, 0.9), (0.2, 0.5), (-0.2, 0.5)], 255)

        plate.stencil(beam, sky.lamp, opacity=0.4, soften_px=24, span=(0.5, 0.9), fade=(0.4, 1.0))
        plate.glow(0.0, 0.66, 0.5, sky.lamp, 0.4)
    if "BROKEN_BRIDGE" in staging.props or "BRIDGE" in staging.props:
        name = "BROKEN_BRIDGE" if "BROKEN_BRIDGE" in staging.props else "BRIDGE"
        light = times(mix(sky.ambient, sky.lamp, 0.5), 0.8 / 255)
        drawing = props()[name].drawing
        furnish(plate, drawing, Tint(light, {}), sky, sky.light_x, at=(0.0, 0.5), size=0.62, upright=True)
    stand(plate, staging, "CAR")


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
