"""The few tones that a picture is cut from, by time of day, weather and kind of place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio_imagegen.engines.storyboard.colour import Colour, grey, hexa, mix, times


@dataclass(frozen=True, slots=True)
class Palette:
    """Tones of a place under the sky, far to near, and its lights.

    `level` is how bright the daylight is, 0..1; `light_x` the side that it comes from, -1 left, 1 right.
    """

    sky_top: Colour
    sky_low: Colour
    haze: Colour
    far: Colour
    middle: Colour
    near: Colour
    ground: Colour
    key: Colour
    lamp: Colour
    ambient: Colour
    level: float
    light_x: float = 1.0


def _palette(tones: str, ambient: str, level: float) -> Palette:
    top, low, haze, far, middle, near, ground, key, lamp = (hexa(tone) for tone in tones.split())
    return Palette(top, low, haze, far, middle, near, ground, key, lamp, hexa(ambient), level)


SKIES = {
    "NIGHT": _palette("0a1230 35507e 3f5f8f 2b426d 1b2c50 0c1630 16223f c4dbff ffc069", "7d8cb8", 0.25),
    "DUSK": _palette("2b2a5c f08f5c d07a72 85527a 523560 241b3a 33254a ffb877 ffcf86", "c0a0ad", 0.5),
    "EVENING": _palette("1b2754 d77a52 ad6a70 6b4a72 40345f 1b1836 2a2446 ffab6b ffc878", "a592a8", 0.4),
    "DAWN": _palette("566a9c f8cdaa dcb8b4 9488a4 625f82 343858 4d4e6c ffe2bd ffd79a", "c9bcc8", 0.65),
    "MORNING": _palette("6fabc4 f9e3b8 e0d8c0 a5bab0 6c8f8c 35545a 6a8468 fff0c8 ffe0a0", "efe6d6", 0.9),
    "DAY": _palette("5f9cb8 ece6d2 cfdcd8 9bbabb 638c8e 2d4c54 6d8a70 fff6dc ffe6b0", "f4f0e8", 1.0),
}


def sky_of(time_of_day: str, weather: str, light_x: float) -> Palette:
    """The palette of a time of day (a word of TIMES_OF_DAY) under a weather (see staging.Staging)."""
    palette = replace(SKIES.get(time_of_day, SKIES["DAY"]), light_x=light_x)
    if weather in ("RAIN", "STORM"):
        return _veiled(palette, 0.5, 0.8 if weather == "RAIN" else 0.62)
    if weather == "FOG":
        return _fogged(palette)
    if weather == "SNOW":
        return _snowy(palette)
    return palette


def _veiled(palette: Palette, greyness: float, light: float) -> Palette:
    def under_cloud(tone: Colour) -> Colour:
        return times(grey(tone, greyness), light)

    return replace(
        palette,
        sky_top=mix(under_cloud(palette.sky_top), palette.far, 0.2),
        sky_low=under_cloud(palette.sky_low),
        haze=under_cloud(palette.haze),
        far=under_cloud(palette.far),
        middle=under_cloud(palette.middle),
        near=under_cloud(palette.near),
        ground=times(under_cloud(palette.ground), 0.9),
        ambient=under_cloud(palette.ambient),
        level=palette.level * light,
    )


def _fogged(palette: Palette) -> Palette:
    haze = grey(mix(palette.haze, palette.sky_low, 0.4), 0.4)
    return replace(
        palette,
        sky_top=mix(palette.sky_top, haze, 0.75),
        sky_low=haze,
        haze=haze,
        far=mix(palette.far, haze, 0.72),
        middle=mix(palette.middle, haze, 0.5),
        near=mix(palette.near, haze, 0.18),
        ground=mix(palette.ground, haze, 0.3),
    )


def _snowy(palette: Palette) -> Palette:
    snow = mix(palette.haze, (238.0, 242.0, 250.0), 0.25 + 0.5 * palette.level)
    return replace(
        palette,
        sky_top=mix(palette.sky_top, palette.haze, 0.4),
        far=mix(palette.far, snow, 0.4),
        middle=mix(palette.middle, snow, 0.15),
        ground=snow,
    )
