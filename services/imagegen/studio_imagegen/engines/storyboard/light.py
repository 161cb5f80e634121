"""The light on figures and things: what it does to cloth and skin, its edge, and its shade."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.engines.storyboard.colour import Colour, hexa, luma, mix, times
from studio_imagegen.engines.storyboard.palette import Palette

FLESH_LUMA_MIN = 110.0
LAMP_LEVEL_MAX = 0.7


@dataclass(frozen=True, slots=True)
class Light:
    """`cloth` and `flesh` are factors a channel; `key` lights the edge on the side `x`, `shade` the other."""

    cloth: Colour
    flesh: Colour
    key: Colour
    shade: Colour
    x: float
    rim: float = 0.7
    form: float = 0.4

    def skin(self, tone: Colour) -> Colour:
        """A skin under this light, never so dark that a face can't be read."""
        lit = times(tone, self.flesh)
        lack = FLESH_LUMA_MIN - luma(lit)
        if lack <= 0.0:
            return lit
        glow = times(mix(tone, (255.0, 214.0, 176.0), 0.6), self.flesh)
        return mix(lit, glow, min(1.0, lack / max(1.0, luma(glow) - luma(lit))))


LAMPLIT = (hexa("d6b08a"), hexa("fff0da"), hexa("ffd193"), hexa("1c1a38"))
OUTSIDE = {
    "NIGHT": (hexa("8c9cc8"), hexa("d3e0fa"), hexa("c4dbff"), hexa("0c1234")),
    "DUSK": (hexa("cfa4a2"), hexa("ffe2cf"), hexa("ffbf82"), hexa("2a1c46")),
    "EVENING": (hexa("b8949c"), hexa("f5d8cb"), hexa("ffb176"), hexa("1f1840")),
    "DAWN": (hexa("d6c4c4"), hexa("fff0e4"), hexa("ffe6c4"), hexa("34304e")),
    "MORNING": (hexa("f2e8d8"), hexa("fff8ec"), hexa("fff2d0"), hexa("403f52")),
    "DAY": (hexa("f4f0e8"), hexa("fffcf6"), hexa("fffaea"), hexa("3c3f56")),
}


def light_of(sky: Palette, time_of_day: str, *, inside: bool) -> Light:
    """The light of an hour in a place."""
    cloth, flesh, key, shade = OUTSIDE.get(time_of_day, OUTSIDE["DAY"])
    side = sky.light_x
    if inside and sky.level < LAMP_LEVEL_MAX:
        cloth, flesh, key, shade = LAMPLIT
        side = -side
    dim = 1.0 if inside else 0.82 + 0.18 * min(1.0, sky.level / 0.5)
    return Light(_factors(cloth, dim), _factors(flesh, 1.0), key, shade, side)


def _factors(tone: Colour, dim: float) -> Colour:
    return (tone[0] / 255 * dim, tone[1] / 255 * dim, tone[2] / 255 * dim)
