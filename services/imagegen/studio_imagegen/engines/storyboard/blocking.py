"""Blocking: where the figures of a shot stand in the frame, what they do there, and whom they look at."""

from __future__ import annotations

from studio_imagegen.engines.storyboard.acting import SEATED, face_of, is_seated, pose_of, thing_of
from studio_imagegen.engines.storyboard.doing import WHOLE_BODY, doings_of, subject_of
from studio_imagegen.engines.storyboard.grouping import (
    AWAY,
    aspect_of,
    by_side,
    facing_of,
    group_of,
    rest_of,
)
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.pose import SEATED_DROP, lain
from studio_imagegen.orders import Figure, StillOrder

FIGURES_MAX = 6
HEAD_TOP_SHARE, HEAD_MIDDLE_Y = 0.995, 0.91
# Heights, and where heads begin; the camera may cut a tenth of the frame off each side.
CLOSE_HEIGHT, CLOSE_TOP, CLOSE_TOP_UPRIGHT = 3.4, 0.17, 0.22
LYING_CLOSE_HEIGHT, LYING_CLOSE_HEAD_Y = 2.3, 0.5
SHOULDER_HEIGHT, SHOULDER_TOP = 2.25, 0.18
NEAR_HEIGHT, NEAR_TOP = 4.0, 0.17
CLOSE_POSES = frozenset({"PHONE", "SIT", "DRIVE", "READ", "SALUTE", "THINK", "SHIVER", "LISTEN"})
# What can't be seen from the hips up is not done in a shot over a shoulder.
UNSEEN = (WHOLE_BODY | AWAY) - SEATED


def marks_of(order: StillOrder, kind: str) -> tuple[Mark, ...]:
    """The marks of an order's figures, the farthest first; `kind` is the place's."""
    figures = by_side(order.figures[:FIGURES_MAX])
    if not figures or order.shot_size == "INSERT":
        return ()
    match order.shot_size:
        case "CLOSE":
            return (_close(order, subject_of(order), kind),)
        case "OVER_SHOULDER":
            return _over_shoulder(order, figures, kind)
        case _:
            return group_of(order, figures, kind)


def _close(order: StillOrder, figure: Figure, kind: str) -> Mark:
    facing = facing_of(order, figure)
    height = CLOSE_HEIGHT * min(1.0, aspect_of(order) / 0.9)
    doings = doings_of(order)
    pose = pose_of(order, figure, kind, doings)
    if pose == "LIE":
        return _lying_close(order, figure, kind, facing, face_of(order, figure, doings))
    pose = pose if pose in CLOSE_POSES else "STAND"
    seated = is_seated(figure, pose)
    drop = SEATED_DROP if seated else 0.0
    top = CLOSE_TOP if aspect_of(order) >= 0.9 else CLOSE_TOP_UPRIGHT
    lift = top + height * (HEAD_TOP_SHARE - drop)
    x = -facing * 0.1 * aspect_of(order)
    return Mark(
        figure,
        x,
        lift,
        height,
        facing,
        pose,
        "PHONE" if pose == "PHONE" else "",
        *face_of(order, figure, doings),
        seated=seated,
    )


def _lying_close(order: StillOrder, figure: Figure, kind: str, facing: int, face: tuple[str, bool]) -> Mark:
    """Someone on their back, with the head where it is in other close shots."""
    rest = rest_of(order, kind)
    height = LYING_CLOSE_HEIGHT * min(1.0, aspect_of(order) / 0.9)
    along, above = lain((0.0, HEAD_MIDDLE_Y), on_something=bool(rest))
    x = -facing * (0.1 * aspect_of(order) + along * height)
    y = LYING_CLOSE_HEAD_Y + above * height
    return Mark(figure, x, y, height, facing, "LIE", "", *face, rest=rest)


def _over_shoulder(order: StillOrder, figures: tuple[Figure, ...], kind: str) -> tuple[Mark, ...]:
    subject = subject_of(order)
    facing = facing_of(order, subject)
    others = [figure for figure in figures if figure.name != subject.name]
    near = others[0] if others else Figure("someone", "", order.seed)
    wide = aspect_of(order)
    fit = min(1.0, wide / 1.2)
    height, near_height = SHOULDER_HEIGHT * fit, NEAR_HEIGHT * fit
    doings = doings_of(order)
    pose = pose_of(order, subject, kind, doings)
    pose = "TALK" if pose in UNSEEN else pose
    seated = is_seated(subject, pose)
    drop = SEATED_DROP if seated else 0.0
    front_y = SHOULDER_TOP + height * (HEAD_TOP_SHARE - drop)
    front = Mark(
        subject,
        -facing * 0.13 * wide,
        front_y,
        height,
        facing,
        pose,
        thing_of(order, subject, pose, doings),
        *face_of(order, subject, doings),
        seated=seated,
    )
    back_y = NEAR_TOP + near_height * HEAD_TOP_SHARE
    back = Mark(near, facing * 0.33 * wide, back_y, near_height, -facing, turned=True)
    return (front, back)
