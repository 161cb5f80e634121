"""A figure drawn as a paper cut-out: flat tones with round-capped limbs, then light along its edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, ImageFilter

from studio_imagegen.engines.storyboard.colour import Colour, hexa, mix, times
from studio_imagegen.engines.storyboard.cutout import Cutout, cut, fineness
from studio_imagegen.engines.storyboard.drawing import Tones, draw_strokes, read_sheet, tones_under
from studio_imagegen.engines.storyboard.expression import EXPRESSIONS, MOUTH, Moment, draw_features
from studio_imagegen.engines.storyboard.faces import Strip, strips_of
from studio_imagegen.engines.storyboard.held import Box, draw_held, draw_its_light
from studio_imagegen.engines.storyboard.lens import shine
from studio_imagegen.engines.storyboard.light import Light
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.pen import Ink, Pen, Point
from studio_imagegen.engines.storyboard.pose import (
    HIP_Y,
    POSES,
    SEATED_DROP,
    Joints,
    Pose,
    lain,
    over_lap,
    seated,
)
from studio_imagegen.engines.storyboard.view import View
from studio_imagegen.engines.storyboard.wardrobe import Look, look_of

HEAD = 0.152
CHIN_Y = 0.838
ADULT_SHOULDER = 0.106
SHOULDER_Y = 0.785
# Chin to crown and nape to nose, in head heights.
HEAD_CORNERS = ((-0.5, 0.0), (0.55, 1.08))
FRAME_SHARE_NEAR = 1.0
# How much who is old leans and bows the head.
STOOP, BOWED = 0.016, 0.014
LONG_CUTS = frozenset({"COAT", "DRESS", "SKIRT", "GOWN", "CLOAK", "UNIFORM"})
SKIRTED = frozenset({"DRESS", "SKIRT", "GOWN"})
IN_SHIRTS = frozenset({"VEST", "BRACES"})
HEADGEAR = frozenset({"CAP", "BEANIE", "HAT", "HOOD", "HEADSCARF", "HELMET", "CROWN"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a figure came to lie, in pixels of the frame: all of it, its mouth and its head.

    Boxes are left, top, right and bottom; `strips` are its face at other moments, none for a turned one.
    `flames` are the flickering lights in its hand.
    """

    box: tuple[int, int, int, int]
    mouth: Point
    head: Box
    strips: tuple[Strip, ...]
    flames: tuple[Box, ...]
    lies: bool


def draw_actor(picture: Image.Image, view: View, mark: Mark, light: Light) -> Drawn | None:
    """Draw the figure of a mark on a picture (RGB or RGBA); None when no pixel of it is in the frame."""
    look = look_of(mark.figure)
    height_px = mark.height * view.height_px
    foot_x, foot_y = view.pixel((mark.x, mark.y))
    seen_px = min(view.width_px, 0.5 * height_px) * min(view.height_px, height_px)
    factor = fineness(seen_px)

    def upright(point: Point) -> Point:
        x = foot_x + point[0] * mark.facing * height_px
        return (x * factor, (foot_y - point[1] * height_px) * factor)

    def to_pixel(point: Point) -> Point:
        return upright(lain(point, on_something=bool(mark.rest)) if mark.pose == "LIE" else point)

    tones = _tones(look, light, turned=mark.turned)

    def drawn(moment: Moment | None = None) -> Pen:
        pen = Pen(to_pixel, height_px * factor)
        if mark.rest:
            # The same shapes, in the coordinates of who stands.
            draw_strokes(pen.through(upright), _garments(mark.rest), tones)
        _figure(pen, mark, look, tones, moment)
        return pen

    cutout = cut(view, drawn(), factor)
    if cutout is None:
        return None
    near = mark.height > FRAME_SHARE_NEAR
    _light(cutout, mark, light, height_px)
    if not near:
        tone = (6.0, 6.0, 14.0)
        shine(
            picture,
            (foot_x + 0.02 * mark.facing * height_px, foot_y - 1),
            (0.2 * height_px, 0.032 * height_px),
            tone,
            0.85,
        )
    cutout.onto(picture)
    flames = _light_in_hand(picture, mark, height_px, lambda point: _divided(to_pixel(point), factor))
    box = cutout.image.getchannel("a").point(lambda level: 255 * (level > 127)).getbbox() or (0, 0, 1, 1)
    left, top = cutout.region.left, cutout.region.top

    def of_head(point: Point) -> Point:
        x, y = to_pixel(_on_head(mark, point))
        return (x / factor, y / factor)

    return Drawn(
        (left + box[0], top + box[1], left + box[2], top + box[3]),
        of_head((0.0, 0.16) if _from_behind(mark) else MOUTH),
        _box_of([of_head(corner) for corner in HEAD_CORNERS]),
        () if _from_behind(mark) else strips_of(cutout, drawn, factor, of_head, speaks=mark.speaks),
        flames,
        lies=mark.pose == "LIE",
    )


def _divided(point: Point, factor: int) -> Point:
    return (point[0] / factor, point[1] / factor)


def _light_in_hand(
    picture: Image.Image, mark: Mark, height_px: float, to_frame: Callable[[Point], Point]
) -> tuple[Box, ...]:
    if not mark.prop or _from_behind(mark):
        return ()
    pose = _pose_of(mark)
    _, wrist = _lowered(pose.far_arm if pose.holds == "FAR" else pose.near_arm, pose)
    return draw_its_light(picture, mark.prop, wrist, height_px, to_frame)


def _from_behind(mark: Mark) -> bool:
    return mark.turned or mark.away


def _on_head(mark: Mark, point: Point) -> Point:
    """A point of a head, in head heights, in those of its figure."""
    origin = _head_at(_pose_of(mark))
    return (origin[0] + point[0] * HEAD, origin[1] + point[1] * HEAD)


def _box_of(corners: list[Point]) -> Box:
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return (min(across), min(down), max(across), max(down))


def _light(cutout: Cutout, mark: Mark, light: Light, height_px: float) -> None:
    cutout.form(light.x, 0.045 * height_px, light.shade, light.form)
    if mark.turned:
        cutout.rim(light.x, 0.012 * height_px, light.key, 0.35 * light.rim)
        cutout.image = cutout.image.filter(ImageFilter.BoxBlur(height_px * 0.0018))
        return
    cutout.rim(light.x, min(0.007 * height_px, 12.0 * height_px / 3000 + 3.0), light.key, light.rim)


def _tones(look: Look, light: Light, *, turned: bool) -> Tones:
    dim = 0.42 if turned else 1.0
    skin = times(light.skin(look.skin), dim)
    cloth = times(light.cloth, dim)
    garment, second = times(look.garment, cloth), times(look.second, cloth)
    hair = times(look.hair_colour, times(mix(light.cloth, (1.0, 1.0, 1.0), 0.55 if look.aged else 0.1), dim))
    named: dict[str, Colour] = {
        "skin": skin,
        "shade": mix(times(skin, 0.74), light.shade, 0.12),
        "blush": mix(skin, (206.0, 84.0, 78.0), 0.1),
        "lips": mix(times(skin, 0.5), (122.0, 34.0, 44.0), 0.3 if look.rugged else 0.62),
        "teeth": times((240.0, 234.0, 226.0), light.flesh),
        "eye": times((246.0, 243.0, 238.0), light.flesh),
        "pupil": hexa("231a20"),
        "spark": (255.0, 255.0, 255.0),
        "lash": mix(times(hair, 0.5), hexa("20161a"), 0.7),
        "brow": times(hair, 0.8) if not look.aged else times(hair, 0.92),
        "hair": hair,
        "garment": garment,
        "second": second,
        "trousers": times(mix(look.garment, (44.0, 46.0, 62.0), 0.72), cloth),
        "shoe": times((52.0, 42.0, 44.0), cloth),
    }
    return tones_under(cloth, named)


def _heads(name: str) -> str:
    entry = read_sheet("heads").get(name)
    return entry.drawing if entry else ""


def _garments(name: str) -> str:
    return read_sheet("garments")[name].drawing


def _ink(tones: Tones, name: str) -> Ink:
    red, green, blue = tones(name)
    return (round(red), round(green), round(blue), 255)


def _head_at(pose: Pose) -> Point:
    return (pose.lean * 1.5 + pose.nod, CHIN_Y - pose.drop - pose.nod)


def _pose_of(mark: Mark) -> Pose:
    pose = seated(POSES[mark.pose]) if mark.seated else POSES[mark.pose]
    if mark.pose == "LIE" or not look_of(mark.figure).aged:
        return pose
    return replace(pose, lean=pose.lean + STOOP, nod=pose.nod + BOWED)


def _figure(pen: Pen, mark: Mark, look: Look, tones: Tones, moment: Moment | None) -> None:
    pose = _pose_of(mark)
    behind = _from_behind(mark)
    body = pen.within((pose.lean, -pose.drop), 1.0, look.broad / ADULT_SHOULDER)
    body = body.bent(over_lap) if mark.seated else body
    head = pen.within(_head_at(pose), HEAD)
    if not behind and not look.extras & {"HOOD", "HEADSCARF"}:
        draw_strokes(head, _heads(f"BEHIND.{look.hair}"), tones)
    far, near = _lowered(pose.far_arm, pose), _lowered(pose.near_arm, pose)
    reach = look.broad - 0.012
    _arm(pen, (reach + pose.lean, SHOULDER_Y - pose.drop), far, look, tones, "-")
    if pose.holds == "FAR":
        draw_held(pen, mark.prop, far[1], tones)
    if mark.seated and mark.pose != "DRIVE":
        _seat(pen, tones)
    _legs(pen, pose, look, tones, sits=mark.seated)
    draw_strokes(body, _garments("NECK"), tones)
    if behind:
        draw_strokes(body, _garments(f"TURNED.{look.cut}"), tones)
        _back_of_head(head, look, tones)
    else:
        draw_strokes(body, _garments(look.cut), tones)
        _face(head, mark, look, tones, moment)
    if "SCARF" in look.extras:
        draw_strokes(body, _garments("SCARF"), tones)
    _arm(pen, (-reach + pose.lean, SHOULDER_Y - pose.drop), near, look, tones, "")
    if pose.holds == "NEAR":
        draw_held(pen, mark.prop, near[1], tones)


def _lowered(joints: Joints, pose: Pose) -> Joints:
    (elbow_x, elbow_y), (wrist_x, wrist_y) = joints
    return ((elbow_x + pose.lean, elbow_y - pose.drop), (wrist_x + pose.lean, wrist_y - pose.drop))


def _arm(pen: Pen, shoulder: Point, joints: Joints, look: Look, tones: Tones, shade: str) -> None:
    elbow, wrist = joints
    sleeve = "second" if look.cut in IN_SHIRTS else "garment"
    along = (wrist[0] - elbow[0], wrist[1] - elbow[1])
    length = max(1e-6, (along[0] ** 2 + along[1] ** 2) ** 0.5)
    ahead = (along[0] / length, along[1] / length)
    palm = (wrist[0] + ahead[0] * 0.022, wrist[1] + ahead[1] * 0.022)
    tip = (wrist[0] + ahead[0] * 0.046, wrist[1] + ahead[1] * 0.046)
    skin = _ink(tones, "skin" + shade)
    pen.stroke([wrist, palm, tip], [0.03, 0.038, 0.024], skin)
    thumb = (palm[0] + 0.014, palm[1] + 0.016)
    pen.stroke([wrist, thumb], [0.018, 0.014], skin)
    pen.stroke([shoulder, elbow, wrist], [0.082, 0.064, 0.048], _ink(tones, sleeve + shade))
    start = (wrist[0] - ahead[0] * 0.012, wrist[1] - ahead[1] * 0.012)
    pen.stroke([start, wrist], [0.05, 0.05], _ink(tones, sleeve + shade + "-"))


def _seat(pen: Pen, tones: Tones) -> None:
    hips = HIP_Y - SEATED_DROP
    pen.rect(-0.1, hips - 0.03, 0.1, 0.02, _ink(tones, "wood-"))
    pen.rect(-0.12, hips - 0.02, 0.12, hips - 0.06, _ink(tones, "wood"))


def _legs(pen: Pen, pose: Pose, look: Look, tones: Tones, *, sits: bool) -> None:
    hips = HIP_Y - pose.drop
    for (knee, ankle), side, shade in ((pose.far_leg, 0.036, "-"), (pose.near_leg, -0.036, "")):
        thin = 0.6 if look.cut in SKIRTED else 1.0
        widths = [0.098 * thin, 0.07 * thin, 0.05 * thin]
        pen.stroke([(side, hips), knee, ankle], widths, _ink(tones, "trousers" + shade))
        shoe = [(ankle[0] - 0.016, ankle[1] - 0.01), (ankle[0] + 0.056, ankle[1] - 0.016)]
        pen.stroke(shoe, [0.036, 0.026], _ink(tones, "shoe"))
    if pose.drop and look.cut in LONG_CUTS and not sits:
        lap = [
            (-0.09, hips + 0.06),
            (0.1, hips + 0.05),
            (0.24, hips + 0.01),
            (0.22, hips - 0.1),
            (-0.08, hips - 0.12),
        ]
        pen.blob(lap, _ink(tones, "garment-"))


def _face(head: Pen, mark: Mark, look: Look, tones: Tones, moment: Moment | None) -> None:
    told = ("FACE", "CHIN" if look.rugged else "", "WRINKLES" if look.aged else "")
    draw_strokes(head, "\n".join(_heads(name) for name in told if name), tones)
    covered = look.extras & {"HOOD", "HEADSCARF"}
    for kind in ("STUBBLE", "BEARD"):
        if kind in look.extras:
            draw_strokes(head, _heads(kind), tones)
    expression = EXPRESSIONS[mark.expression]
    draw_features(head, expression, speaks=mark.speaks, rugged=look.rugged, tones=tones, moment=moment)
    if "MOUSTACHE" in look.extras:
        draw_strokes(head, _heads("MOUSTACHE"), tones)
    if "GLASSES" in look.extras:
        draw_strokes(head, _heads("GLASSES"), tones)
    if not covered:
        draw_strokes(head, _heads(f"HAIR.{look.hair}"), tones)
    for kind in sorted(look.extras & HEADGEAR):
        draw_strokes(head, _heads(kind), tones)


def _back_of_head(head: Pen, look: Look, tones: Tones) -> None:
    draw_strokes(head, _heads("BACK_OF_HEAD"), tones)
    draw_strokes(head, _heads(f"TURNED.{look.hair}"), tones)
    for kind in sorted(look.extras & HEADGEAR):
        draw_strokes(head, _heads(f"TURNED.{kind}"), tones)
