"""Settled places: a village square, a platform, the inside of a car, and space, where nobody lives."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.colour import WHITE, mix, times
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.pen import Pen
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.land import carriageway, hill, meadows, ridges, stand, swell
from studio_imagegen.engines.storyboard.sets.sky import paint_sky
from studio_imagegen.engines.storyboard.staging import Staging


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
    stand(plate, staging, "STATION")


def paint_car(plate: Plate, staging: Staging) -> None:
    """The inside of a car: the road through the windscreen, wheel, dials and mirror."""
    sky = staging.sky
    meadows(plate, staging, Dice(staging.set_seed, "field"))
    carriageway(plate, staging)
    if sky.level < 0.7:

        def beam(pen: Pen) -> None:
            pen.polygon([(-0.5, 0.9), (0.5, 0.9), (0.2, 0.5), (-0.2, 0.5)], 255)

        plate.stencil(beam, sky.lamp, opacity=0.4, soften_px=24, span=(0.5, 0.9), fade=(0.4, 1.0))
        plate.glow(0.0, 0.66, 0.5, sky.lamp, 0.4)
    stand(plate, staging, "CAR")


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
