"""What a figure has in its hand, and the light that this gives."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from studio_imagegen.engines.storyboard.drawing import Tones, draw_strokes, glows_of, tones_under
from studio_imagegen.engines.storyboard.lens import shine
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.props import props

# From a wrist to what its hand holds.
HAND = 0.02
Box = tuple[float, float, float, float]


def draw_held(pen: Pen, prop: str, wrist: Point, tones: Tones) -> None:
    """Draw a prop, or "" for none, in figure heights."""
    if prop:
        thing = props()[prop]
        size = thing.in_hand
        at = (wrist[0] + HAND, wrist[1] + HAND - thing.grip * size)
        draw_strokes(pen.within(at, size), thing.drawing, tones)


def draw_its_light(
    picture: Image.Image, prop: str, wrist: Point, height_px: float, to_frame: Callable[[Point], Point]
) -> tuple[Box, ...]:
    """Draw what light a prop gives to its bearer, `height_px` tall, and the air.

    Tells the boxes of what of it flickers: left, top, right and bottom in pixels of the frame.
    """
    thing, flames = props()[prop], []
    for glow in glows_of(thing.drawing):
        x, y, radius, strength = glow.numbers
        middle = (wrist[0] + HAND + x * thing.in_hand, wrist[1] + HAND + (y - thing.grip) * thing.in_hand)
        at_x, at_y = to_frame(middle)
        reach = radius * thing.in_hand * height_px
        tone = tones_under((1.0, 1.0, 1.0))("*" + glow.tone)
        shine(picture, (at_x, at_y), (reach, reach), tone, strength * 0.5)
        if glow.flickers:
            flames.append((at_x - reach, at_y - reach, at_x + reach, at_y + reach))
    return tuple(flames)
