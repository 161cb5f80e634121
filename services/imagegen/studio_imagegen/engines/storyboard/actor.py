"""A figure drawn as a paper cut-out: flat tones with round-capped limbs, then light along one edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour, mix, times
from studio_imagegen.engines.storyboard.palette import Palette
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.plate import Plate, View, clip
from studio_imagegen.engines.storyboard.pose import POSES, Pose
from studio_imagegen.engines.storyboard.staging import Mark
from studio_imagegen.engines.storyboard.wardrobe import Look, look_of

SUPERSAMPLED_PIXELS_MAX = 5_000_000


def draw_actor(plate: Plate, mark: Mark, sky: Palette, *, inside: bool) -> None:
    """Draw the figure of a mark on a plate whose view is the frame itself (zoom 1)."""
    look, view = look_of(mark.figure), plate.view
    height_px = mark.height * look.stature * view.height_px
    foot_x, foot_y = view.pixel((mark.x, mark.y))
    region = clip(
        view, foot_x - 0.42 * height_px, foot_y - 1.06 * height_px, foot_x + 0.42 * height_px, foot_y + 4
    )
    if region is None:
        return
    wide, high = region.right - region.left, region.bottom - region.top
    factor = 3 if wide * high * 9 <= SUPERSAMPLED_PIXELS_MAX else 2
    image = Image.new("RGBA", (wide * factor, high * factor))

    def to_pixel(point: Point) -> Point:
        x = foot_x - region.left + point[0] * mark.facing * height_px
        return (x * factor, (foot_y - region.top - point[1] * height_px) * factor)

    light = 0.62 + 0.3 * sky.level if inside else 0.5 + 0.45 * sky.level
    _figure(
        Pen(ImageDraw.Draw(image), to_pixel, height_px * factor), mark, look, times(sky.ambient, light / 255)
    )
    small = image.reduce(factor)
    colour = np.asarray(small, np.float32).transpose(2, 0, 1)
    cover = colour[3] * np.float32(1 / 255)
    rim = _rim(small.getchannel("A"), height_px, sky.light_x, view)
    strength = np.float32(0.4 if mark.turned else 0.75)
    lit = [colour[c] + (np.float32(sky.key[c]) * cover - colour[c]) * rim * strength for c in range(3)]
    plate.lay_premultiplied(np.stack(lit), cover, region)


def _rim(
    alpha: Image.Image, height_px: float, light_x: float, view: View
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """What the figure, moved away from the light and blurred a little, leaves free: 0..1."""
    shift = max(2, round(min(0.011 * height_px, 0.018 * view.height_px)))
    padded = Image.new("L", (alpha.width + 2 * shift, alpha.height + 2 * shift))
    padded.paste(alpha, (shift, shift))
    moved = ImageChops.offset(padded, round(-light_x * shift), shift // 2).filter(
        ImageFilter.BoxBlur(shift / 3)
    )
    inner = moved.crop((shift, shift, shift + alpha.width, shift + alpha.height))
    return np.float32(1.0) - np.asarray(inner, np.float32) * np.float32(1 / 255)


def _figure(pen: Pen, mark: Mark, look: Look, light: Colour) -> None:
    pose = POSES[mark.pose]

    def ink(tone: Colour, share: float = 1.0) -> tuple[int, int, int, int]:
        red, green, blue = times(times(tone, share), light)
        return (round(red), round(green), round(blue), 255)

    dim = 0.45 if mark.turned else 1.0
    garment, skin, hair = (ink(tone, dim) for tone in (look.garment, look.skin, look.hair))
    trousers = ink(mix(look.garment, (40.0, 42.0, 56.0), 0.72), dim)
    sleeve = ink(look.garment, 0.78 * dim)
    drop, lean = -pose.drop, pose.lean
    hips, chest = 0.5 + drop, (lean, 0.8 + drop)
    _arm(pen, (chest[0] - 0.055, chest[1] - 0.005), _lowered(pose.back_arm, drop), sleeve, skin)
    for joints, side in ((pose.back_leg, -0.028), (pose.front_leg, 0.03)):
        knee, ankle = _lowered(joints, drop) if pose.drop else joints
        pen.stroke([(side, hips), knee, ankle], [0.085, 0.058, 0.036], trousers)
        pen.stroke(
            [(ankle[0] - 0.012, ankle[1] - 0.015), (ankle[0] + 0.05, ankle[1] - 0.02)],
            [0.03, 0.02],
            ink((46.0, 38.0, 40.0)),
        )
    _torso(pen, look, pose, garment)
    _head(
        pen,
        (lean * 1.5 + 0.008, drop),
        mark,
        (skin, hair, ink(look.skin, 0.7 * dim), ink((34.0, 26.0, 30.0), dim)),
        look,
    )
    front = _lowered(pose.front_arm, drop)
    draw_prop(pen, mark.prop, front[1])
    _arm(pen, (chest[0] + 0.055, chest[1] - 0.005), front, ink(look.garment, 1.12 * dim), skin)


def _lowered(joints: tuple[Point, Point], drop: float) -> tuple[Point, Point]:
    return ((joints[0][0], joints[0][1] + drop), (joints[1][0], joints[1][1] + drop))


def _arm(
    pen: Pen,
    shoulder: Point,
    joints: tuple[Point, Point],
    sleeve: tuple[int, int, int, int],
    skin: tuple[int, int, int, int],
) -> None:
    elbow, wrist = joints
    pen.disc(wrist[0], wrist[1] - 0.008, 0.019, 0.023, skin)
    pen.stroke([shoulder, elbow, wrist], [0.066, 0.05, 0.036], sleeve)


def _torso(pen: Pen, look: Look, pose: Pose, garment: tuple[int, int, int, int]) -> None:
    drop, lean = -pose.drop, pose.lean
    hem = {"COAT": 0.27, "DRESS": 0.24, "JACKET": 0.46}[look.cut] + drop
    if pose.drop or pose.lean > 0.03:
        hem = 0.46 + drop
    flare = {"COAT": 0.105, "DRESS": 0.13, "JACKET": 0.078}[look.cut]
    waist = 0.06 if look.cut == "DRESS" else 0.07
    pen.polygon(
        [
            (lean - 0.085, 0.8 + drop),
            (lean - 0.03, 0.838 + drop),
            (lean + 0.035, 0.838 + drop),
            (lean + 0.085, 0.8 + drop),
            (waist, 0.6 + drop),
            (flare, hem),
            (-flare, hem),
            (-waist, 0.6 + drop),
        ],
        garment,
    )
    pen.line([(lean - 0.068, 0.8 + drop), (lean + 0.068, 0.8 + drop)], 0.045, garment)


Inks = tuple[tuple[int, int, int, int], ...]


def _head(pen: Pen, at: Point, mark: Mark, inks: Inks, look: Look) -> None:
    """The head in three-quarter profile, or its back when the figure is turned away."""
    skin, hair, shade, dark = inks
    x, y = at

    def moved(points: Sequence[Point]) -> list[Point]:
        return [(x + px, y + py) for px, py in points]

    pen.stroke(moved([(0.0, 0.815), (0.004, 0.87)]), [0.058, 0.05], shade)
    if look.long_hair:
        pen.blob(
            moved([(0.02, 0.995), (-0.045, 0.985), (-0.068, 0.92), (-0.07, 0.82), (-0.02, 0.8), (0.0, 0.9)]),
            hair,
        )
    if mark.turned:
        pen.blob(
            moved(
                [
                    (0.0, 1.0),
                    (0.052, 0.965),
                    (0.052, 0.9),
                    (0.025, 0.868),
                    (-0.03, 0.868),
                    (-0.055, 0.9),
                    (-0.052, 0.965),
                ]
            ),
            hair,
        )
    else:
        pen.blob(
            moved(
                [
                    (0.0, 0.99),
                    (0.04, 0.978),
                    (0.053, 0.945),
                    (0.056, 0.934),
                    (0.066, 0.916),
                    (0.056, 0.908),
                    (0.057, 0.896),
                    (0.053, 0.884),
                    (0.046, 0.868),
                    (0.022, 0.862),
                    (-0.015, 0.884),
                    (-0.046, 0.92),
                    (-0.04, 0.97),
                ]
            ),
            skin,
        )
        pen.blob(moved([(-0.02, 0.89), (0.01, 0.888), (0.03, 0.866), (0.01, 0.866)]), shade)
        pen.blob(moved([(0.026, 0.931), (0.035, 0.936), (0.044, 0.931), (0.035, 0.928)]), dark)
        pen.stroke(moved([(0.022, 0.945), (0.034, 0.949), (0.046, 0.944)]), [0.003, 0.005, 0.003], hair)
        pen.stroke(
            moved([(0.034, 0.89), (0.045, 0.892), (0.053, 0.89)]),
            [0.002, 0.005, 0.003],
            dark if mark.pose != "TALK" else (120, 52, 54, 255),
        )
        pen.blob(moved([(-0.012, 0.935), (0.0, 0.93), (-0.004, 0.91), (-0.014, 0.914)]), shade)
        pen.blob(
            moved(
                [
                    (0.048, 0.97),
                    (0.03, 1.004),
                    (-0.025, 1.006),
                    (-0.062, 0.965),
                    (-0.056, 0.905),
                    (-0.03, 0.888),
                    (-0.018, 0.94),
                    (0.0, 0.962),
                ]
            ),
            hair,
        )
    if look.hat:
        pen.polygon(
            moved([(-0.058, 0.968), (-0.05, 1.03), (-0.01, 1.045), (0.035, 1.035), (0.05, 0.968)]), dark
        )
        pen.line(moved([(-0.085, 0.966), (0.085, 0.966)]), 0.014, dark)


def draw_prop(pen: Pen, prop: str, hand: Point) -> None:
    """Draw a thing at a hand, in figure heights; what has no shape of its own is a small card."""
    x, y = hand
    light, dark, warm = (232, 224, 205, 255), (38, 36, 44, 255), (214, 150, 74, 255)
    match prop:
        case "LETTER" | "PHOTO" | "MAP" | "BOOK":
            pen.polygon(
                [(x - 0.01, y - 0.02), (x + 0.05, y - 0.005), (x + 0.04, y + 0.065), (x - 0.02, y + 0.05)],
                light,
            )
        case "GUN":
            pen.line([(x, y - 0.01), (x + 0.012, y + 0.016), (x + 0.075, y + 0.02)], 0.014, dark)
        case "UMBRELLA":
            pen.line([(x, y), (x, y + 0.42)], 0.008, dark)
            pen.polygon(
                [
                    (x - 0.2, y + 0.36),
                    (x - 0.14, y + 0.42),
                    (x, y + 0.455),
                    (x + 0.14, y + 0.42),
                    (x + 0.2, y + 0.36),
                ],
                dark,
            )
        case "SUITCASE" | "RADIO":
            pen.rect(x - 0.07, y - 0.03, x + 0.07, y - 0.13, (96, 66, 46, 255))
        case "":
            return
        case "CANDLE" | "LAMP" | "FLOWER" | "CIGARETTE" | "KEY":
            pen.line([(x, y), (x + 0.005, y + 0.045)], 0.008, light)
            pen.disc(x + 0.005, y + 0.058, 0.012, 0.015, warm)
        case "PHONE":
            pen.line([(x - 0.006, y - 0.01), (x + 0.002, y + 0.04)], 0.016, dark)
        case _:
            pen.rect(x - 0.012, y + 0.055, x + 0.018, y - 0.005, light)
