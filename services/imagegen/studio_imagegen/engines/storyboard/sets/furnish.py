"""Furnishing: a drawing in set coordinates laid on a plate in the tones of the place, with its glows."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.engines.storyboard.colour import Colour
from studio_imagegen.engines.storyboard.cutout import cut
from studio_imagegen.engines.storyboard.drawing import draw_strokes, glows_of, tones_under
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.plate import Plate

FACTOR = 2
GLOW_LEVEL_MAX = 0.7
FORM_UNITS = 0.02
RIM_UNITS = 0.003


@dataclass(frozen=True, slots=True)
class Tint:
    """The light on materials, factors a channel, and the place's own tones by name, lit already."""

    light: Colour
    tones: dict[str, Colour]


def furnish(
    plate: Plate,
    drawing: str,
    tint: Tint,
    sky: Palette,
    light_x: float,
    *,
    at: Point = (0.0, 0.0),
    size: float = 1.0,
    across: float = 1.0,
    upright: bool = False,
) -> None:
    """Draw on the plate. `upright` says that the drawing's y runs up; it is put `at` a point, `size` large.

    Glows are laid where it is dark, and everywhere for drawings that are `upright`.
    """

    def to_pixel(point: Point) -> Point:
        x, y = plate.view.pixel(point)
        return (x * FACTOR, y * FACTOR)

    sheet = Pen(to_pixel, plate.view.unit_px * FACTOR)
    pen = sheet.within(at, size, across, -1.0 if upright else 1.0)
    draw_strokes(pen, drawing, tones_under(tint.light, tint.tones))
    cutout = cut(plate.view, sheet, FACTOR)
    if cutout is None:
        return
    cutout.form(light_x, FORM_UNITS * plate.view.unit_px, (10.0, 8.0, 20.0), 0.3)
    cutout.rim(light_x, max(1.0, RIM_UNITS * plate.view.unit_px), sky.key, 0.18)
    plate.lay_cutout(cutout)
    for glow in glows_of(drawing):
        x, y, radius, strength = glow.numbers
        across_x, down_y = at[0] + x * size * across, at[1] + (-y if upright else y) * size
        if sky.level < GLOW_LEVEL_MAX:
            tone = tones_under((1.0, 1.0, 1.0), tint.tones)("*" + glow.tone)
            plate.glow(across_x, down_y, radius * size, tone, strength * 0.85)
        if glow.flickers:
            reach = radius * size
            plate.flicker("FLAME", across_x - reach, down_y - reach, across_x + reach, down_y + reach)
