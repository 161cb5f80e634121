"""An insert: the thing that the action names, close, in the middle and lit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from studio_imagegen.engines.storyboard.colour import Colour, hexa, mix, times
from studio_imagegen.engines.storyboard.cutout import cut, whole
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.drawing import Tones, draw_strokes, glows_of, tones_under
from studio_imagegen.engines.storyboard.lens import shine
from studio_imagegen.engines.storyboard.lettering import lines_in, scribble, write, written_in
from studio_imagegen.engines.storyboard.pen import Ink, Pen, Point
from studio_imagegen.engines.storyboard.plate import Flicker
from studio_imagegen.engines.storyboard.props import Prop, props
from studio_imagegen.engines.storyboard.staging import Staging
from studio_imagegen.engines.storyboard.view import View
from studio_imagegen.orders import StillOrder

FACTOR = 2
LAMP_LEVEL_MAX = 0.7
TILTS = ((0.9976, 0.0698), (0.9976, -0.0698), (0.9986, 0.0523), (1.0, 0.0))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a thing of a stand is put in the frame (frame heights; x 0 in the middle) and how large."""

    y: float
    size: float
    ground: str = ""


SPOTS = {
    "TABLE": Spot(0.46, 0.66, "TABLE"),
    "FLAT": Spot(0.49, 0.8, "DESK"),
    "WALL": Spot(0.46, 0.68, "WALL"),
    "SKY": Spot(0.43, 0.66),
    "FAR": Spot(0.43, 0.5),
    "GROUND": Spot(0.54, 0.72),
}
TALL_THINGS = 1.05
# Of narrower frames a thing takes as much of the width.
UPRIGHT_ASPECT = 0.95
HELD_TO_READ = frozenset(
    {"ENVELOPE", "LETTER", "PHOTO", "MAP", "BOOK", "NEWSPAPER", "PHONE", "MONEY", "TICKET"}
)
TALL_SPOT = Spot(0.5, 0.92, "WALL")
# Where words and lines are written: middle, width and height in the prop's units.
WRITING = {
    "ENVELOPE": ((0.0, -0.12), 0.72, 0.22),
    "LETTER": ((0.0, 0.05), 0.56, 0.12),
    "TICKET": ((-0.13, 0.06), 0.5, 0.12),
    "SIGN": ((-0.04, 0.27), 0.62, 0.16),
    "NEWSPAPER": ((-0.01, 0.38), 0.68, 0.09),
    "SCREEN": ((0.0, 0.1), 0.7, 0.18),
    "COMPUTER": ((0.0, 0.14), 0.5, 0.12),
    "BOX": ((-0.12, -0.2), 0.5, 0.14),
    "BOTTLE": ((0.0, -0.16), 0.3, 0.1),
    "GRAVE": ((-0.02, -0.04), 0.4, 0.1),
}


def draw_insert(
    under: Image.Image, picture: Image.Image, staging: Staging, order: StillOrder
) -> tuple[Flicker, ...]:
    """Draw what the order's action shows: what it lies on `under` it, itself on the picture; both are RGBA.

    What is no known thing is told by a lit hand that reaches into the picture. Tells its lights.
    """
    name = staging.props[0] if staging.props else ""
    prop = props()[name or "HAND"]
    spot = TALL_SPOT if prop.tall > TALL_THINGS and prop.stand == "WALL" else SPOTS[prop.stand]
    spot = replace(spot, size=spot.size * min(1.0, picture.width / picture.height / UPRIGHT_ASPECT))
    held = not staging.inside and name in HELD_TO_READ
    ground = "" if held else spot.ground
    lit = staging.light.cloth if staging.inside else mix(staging.light.cloth, (1.0, 1.0, 1.0), 0.25)
    light = times(lit, 1.12)
    _ground(under, ground, staging)
    _pool(under, staging, spot)
    tones = tones_under(light, {"pane": mix(staging.sky.sky_top, staging.sky.sky_low, 0.6)})
    view = View(picture.width, picture.height)
    tilt = Dice(order.seed, "tilt").pick(TILTS) if prop.stand == "FLAT" else (1.0, 0.0)
    pen = _pen(view, spot, tilt)
    draw_strokes(pen, prop.drawing, tones)
    _writing(pen, name, order, tones)
    if held:
        _thumbs(pen, name, tones, staging)
    _finish(picture, pen, prop, spot, staging, view)
    if name == "WINDOW" and staging.weather in ("RAIN", "STORM"):
        _drops(picture, staging, spot)
    return _flames(prop, spot, view)


def _flames(prop: Prop, spot: Spot, view: View) -> tuple[Flicker, ...]:
    flames = []
    for glow in glows_of(prop.drawing):
        x, y, radius, _ = glow.numbers
        at_x, at_y = view.pixel((x * spot.size, spot.y - y * spot.size))
        reach = radius * spot.size * view.height_px
        box = (at_x - reach, at_y - reach, at_x + reach, at_y + reach)
        sides = (view.width_px, view.height_px) * 2
        if glow.flickers:
            left, top, right, bottom = (value / side for value, side in zip(box, sides, strict=True))
            flames.append(Flicker("FLAME", True, (left, top, right, bottom)))
    return tuple(flames)


def _pen(view: View, spot: Spot, tilt: Point) -> Pen:
    size_px = spot.size * view.height_px
    centre_x, centre_y = view.pixel((0.0, spot.y))

    def to_pixel(point: Point) -> Point:
        x = point[0] * tilt[0] - point[1] * tilt[1]
        y = point[0] * tilt[1] + point[1] * tilt[0]
        return ((centre_x + x * size_px) * FACTOR, (centre_y - y * size_px) * FACTOR)

    return Pen(to_pixel, size_px * FACTOR)


def _finish(picture: Image.Image, pen: Pen, prop: Prop, spot: Spot, staging: Staging, view: View) -> None:
    cutout = cut(view, pen, FACTOR)
    if cutout is None:
        return
    size_px = spot.size * view.height_px
    side = staging.light.x
    if prop.stand != "SKY":
        drop = 0.02 if prop.stand == "FLAT" else 0.035
        offset = (round(-side * drop * size_px), round(drop * size_px))
        cutout.shadow(picture, offset, 0.02 * size_px, 0.7)
    if prop.stand == "GROUND":
        foot = (view.width_px / 2, cutout.region.bottom - 0.015 * size_px)
        shine(picture, foot, (0.6 * size_px, 0.07 * size_px), (6.0, 6.0, 12.0), 0.9)
    cutout.form(side, 0.05 * size_px, staging.light.shade, 0.24)
    cutout.rim(side, max(1.5, 0.006 * size_px), staging.light.key, 0.6)
    cutout.onto(picture)
    for glow in glows_of(prop.drawing):
        x, y, radius, strength = glow.numbers
        tone = tones_under((1.0, 1.0, 1.0))("*" + glow.tone)
        at = view.pixel((x * spot.size, spot.y - y * spot.size))
        shine(picture, at, (radius * size_px * 0.8, radius * size_px * 0.8), tone, strength * 0.5)


def _ground(picture: Image.Image, ground: str, staging: Staging) -> None:
    """What the thing lies or hangs on: a table's edge, a desk from above, a wall."""
    if not ground:
        return
    wide, high = picture.size
    light = staging.light.cloth
    if ground == "WALL":
        tone = times(hexa("8f8375" if staging.inside else "77706a"), light)
        box = (0, 0, wide, high)
    elif ground == "DESK":
        tone, box = times(hexa("6e4a32"), light), (0, 0, wide, high)
    else:
        tone, box = times(hexa("7a5236"), light), (0, round(0.68 * high), wide, high)
    _fall(picture, box, tone)
    if ground != "WALL":
        _grain(picture, box, times(tone, 0.7))


def _fall(picture: Image.Image, box: tuple[int, int, int, int], tone: Colour) -> None:
    """Fill a box with a tone that darkens downwards."""
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), whole(times(tone, 1.05)))
    column.putpixel((0, 1), whole(times(tone, 0.5)))
    size = (box[2] - box[0], box[3] - box[1])
    picture.paste(column.resize(size, Image.Resampling.BILINEAR, box=(0, 0.5, 1, 1.5)), box[:2])


def _grain(picture: Image.Image, box: tuple[int, int, int, int], tone: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    dice = Dice("grain of wood")
    unit = picture.height
    for _ in range(26):
        y = dice.between(box[1], box[3])
        x, long = dice.between(-0.2, 1.0) * picture.width, dice.between(0.2, 0.6) * unit
        draw.line((x, y, x + long, y + dice.between(-2, 2)), fill=whole(tone), width=max(1, unit // 600))
    if box[1]:
        edge = (box[0], box[1], box[2], box[1] + max(2, unit // 160))
        draw.rectangle(edge, fill=whole(times(tone, 1.7)))


def _pool(picture: Image.Image, staging: Staging, spot: Spot) -> None:
    """The dark of the surroundings, and the light that falls where one shall look."""
    wide, high = picture.size
    for x in (0.0, 1.0):
        shine(picture, (x * wide, 0.5 * high), (0.5 * wide, 1.0 * high), (6.0, 6.0, 12.0), 0.6)
    warm = staging.inside and staging.sky.level < LAMP_LEVEL_MAX
    tone = (255.0, 206.0, 138.0) if warm else staging.sky.key
    shine(picture, (0.5 * wide, spot.y * high), (0.9 * high, 0.72 * high), tone, 0.4 if warm else 0.24)


def _writing(pen: Pen, name: str, order: StillOrder, tones: Tones) -> None:
    place = WRITING.get(name)
    if place is None:
        return
    (x, y), wide, high = place
    word = written_in(order.action)
    pencil = "pencil" if "pencil" in order.action.lower() or name == "LETTER" else "ink"
    if word:
        write(pen, word, (x, y), wide, high, _ink(tones, "ink"))
    elif name in ("LETTER", "ENVELOPE"):
        count = lines_in(order.action) or (7 if name == "LETTER" else 3)
        _lines(pen, name, count, _ink(tones, pencil), Dice(order.seed, "writing"))


def _lines(pen: Pen, name: str, count: int, ink: Ink, dice: Dice) -> None:
    (x, _), wide, _ = WRITING[name]
    top, step = (0.34, 0.115) if name == "LETTER" else (0.0, 0.09)
    if count <= 3 and name == "LETTER":
        top, step = 0.12, 0.15
    for index in range(count):
        short = dice.between(0.35, 0.7) if index == count - 1 else dice.between(0.9, 1.0)
        scribble(pen, (x - wide / 2, top - step * index), wide * short, 0.085, ink, dice)


def _thumbs(pen: Pen, name: str, tones: Tones, staging: Staging) -> None:
    """Two hands that hold the thing towards the viewer."""
    skin = whole(staging.light.skin(hexa("d9a27c")))
    ink: Ink = (*skin, 255)
    dark: Ink = (*whole(times(staging.light.skin(hexa("d9a27c")), 0.74)), 255)
    sleeve = _ink(tones, "iron-")
    reach = 0.37 if name == "LETTER" else 0.46
    for side in (-1.0, 1.0):
        pen.stroke([(side * (reach + 0.42), -0.85), (side * (reach + 0.14), -0.42)], [0.34, 0.27], sleeve)
        pen.stroke([(side * (reach + 0.15), -0.44), (side * (reach + 0.07), -0.28)], [0.2, 0.2], ink)
        pen.stroke(
            [(side * (reach + 0.1), -0.30), (side * (reach - 0.02), -0.2), (side * (reach - 0.1), -0.13)],
            [0.12, 0.09, 0.07],
            ink,
        )
        pen.stroke([(side * (reach - 0.075), -0.145), (side * (reach - 0.1), -0.127)], [0.045, 0.04], dark)


def _drops(picture: Image.Image, staging: Staging, spot: Spot) -> None:
    draw = ImageDraw.Draw(picture)
    dice = Dice(staging.set_seed, "drops")
    unit, tone = picture.height, whole(mix(staging.sky.key, (255.0, 255.0, 255.0), 0.4))
    for _ in range(150):
        x = picture.width / 2 + dice.between(-0.43, 0.43) * spot.size * unit
        y = (spot.y + dice.between(-0.42, 0.40) * spot.size) * unit
        run, radius = dice.between(0.01, 0.08) * unit, dice.between(0.0015, 0.0045) * unit
        draw.line((x, y - run, x, y), fill=tone, width=max(1, round(radius)))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius * 1.4), fill=tone)


def _ink(tones: Tones, name: str) -> Ink:
    red, green, blue = tones(name)
    return (round(red), round(green), round(blue), 255)
