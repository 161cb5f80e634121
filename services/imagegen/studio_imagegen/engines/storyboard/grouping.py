"""Groups: where the figures of a wide or medium shot stand, how large, and whom they look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio_imagegen.engines.storyboard.acting import (
    SEATED_PLACES,
    face_of,
    is_seated,
    listening_pose,
    pose_of,
    thing_of,
)
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.doing import WHOLE_BODY, doings_of, subject_of
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.pose import SEATED_DROP
from studio_imagegen.engines.storyboard.wardrobe import look_of
from studio_imagegen.orders import Figure, StillOrder

AWAY = frozenset({"LEAVE", "AWAY"})
UNBEDDED_PLACES = frozenset({"CAVE", "CAR", "TRAIN"})
BEDDED_PLACES = frozenset({"BEDROOM", "HOSPITAL", "PRISON", "SHIP"})
# Heights in frame heights, where heads begin or feet stand, and how much of its width figures are apart.
MEDIUM_HEIGHT, MEDIUM_TOP, MEDIUM_APART = 1.7, 0.18, 0.4
FULL_HEIGHT, FULL_GROUND, FULL_APART = 0.84, 0.965, 0.3
WIDE_HEIGHT, WIDE_GROUND, WIDE_APART = 0.56, 0.89, 0.24
APART_SHARE_MAX = 0.76
# How far from each other they stand, in their heights, in each other's arms and where hands meet.
EMBRACED_APART, REACH_APART, REACH_SHARE_MAX = 0.17, 0.56, 0.62
# Who lies is no longer than a wide frame allows; who leaves is farther off than those who stay.
LYING_SHARE, LEAVING_SHARE = 0.9, 0.92


@dataclass(frozen=True, slots=True)
class Framing:
    """A grown figure's height, the ground, and how far apart figures stand, in frame heights.

    `cut` says that the frame cuts figures off at the hips; it comes down, or they are raised by this part of
    their height, for who sits.
    """

    height: float
    ground: float
    apart: float
    cut: bool
    raised: float


def is_full(order: StillOrder, kind: str) -> bool:
    """Whether a medium shot is seen from so far off that what the whole body does is in frame."""
    if order.shot_size != "MEDIUM" or kind in SEATED_PLACES:
        return False
    if any(figure.posture in ("LIE", "KNEEL") for figure in order.figures):
        return True
    if order.speaker:
        return False
    return any(doing.pose in WHOLE_BODY for doing in doings_of(order).values())


def aspect_of(order: StillOrder) -> float:
    """The frame's width in frame heights."""
    return order.width_px / order.height_px


def by_side(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures from left to right; those without a side stay between the sides."""
    return tuple(sorted(figures, key=lambda figure: figure.side))


def facing_of(order: StillOrder, figure: Figure) -> int:
    """Where a figure of a close shot looks: from its side of the scene's line to the other."""
    if figure.side:
        return -figure.side
    names = [each.name for each in by_side(order.figures)]
    if len(names) < 2 or figure.name not in names:
        return 1 if Dice(figure.name, figure.seed, "facing").chance(0.5) else -1
    return 1 if names.index(figure.name) < len(names) / 2 else -1


def group_of(order: StillOrder, figures: tuple[Figure, ...], kind: str) -> tuple[Mark, ...]:
    """The marks of figures from left to right, the farthest first."""
    doings = doings_of(order)
    leader = subject_of(order)
    poses = [
        (pose_of if figure.name == leader.name else listening_pose)(order, figure, kind, doings)
        for figure in figures
    ]
    framing = _framing(order, figures, kind, poses)
    places = [_place(order, figure, index, len(figures), framing) for index, figure in enumerate(figures)]
    focus = places[[figure.name for figure in figures].index(leader.name)]
    marks = []
    for index, figure in enumerate(figures):
        leads = figure.name == leader.name
        facing = _towards(places, index, focus, leads)
        thing = (
            thing_of(order, figure, poses[index], doings)
            if leads or figure.name in doings or figure.holding
            else ""
        )
        rest = rest_of(order, kind) if poses[index] == "LIE" else ""
        face = face_of(order, figure, doings)
        x, y, height = _stand(order, figure, framing, places, index, poses[index], facing)
        marks.append(
            Mark(
                figure,
                x,
                y,
                height,
                facing,
                poses[index],
                thing,
                *face,
                away=poses[index] in AWAY,
                rest=rest,
                seated=is_seated(figure, poses[index]),
            )
        )
    # Whose hand has something in it is before whom it is given to.
    return tuple(sorted(marks, key=lambda mark: (mark.y, mark.pose == "GIVE")))


def _framing(order: StillOrder, figures: tuple[Figure, ...], kind: str, poses: list[str]) -> Framing:
    wide, count = aspect_of(order), len(figures)
    full = is_full(order, kind)
    cut = not full and (order.shot_size == "MEDIUM" or kind == "CAR")
    height = FULL_HEIGHT if full else MEDIUM_HEIGHT if cut else WIDE_HEIGHT
    share = FULL_APART if full else MEDIUM_APART if cut else WIDE_APART
    height *= min(1.0, wide / (0.75 + 0.28 * count if cut else 0.42 + 0.18 * count))
    if cut and count > 3:
        height *= 0.85
    apart = min(share * wide, APART_SHARE_MAX * wide / count)
    if poses.count("EMBRACE") > 1:
        apart = EMBRACED_APART * height
    elif (count == 2 and "GIVE" in poses) or poses.count("SHAKE") > 1:
        height = min(height, wide * REACH_SHARE_MAX / REACH_APART)
        apart = REACH_APART * height
    tallest = max(look_of(figure).stature for figure in figures)
    ground = MEDIUM_TOP + height * tallest if cut else FULL_GROUND if full else WIDE_GROUND
    all_sit = all(is_seated(figure, pose) for figure, pose in zip(figures, poses, strict=True))
    return Framing(height, ground, apart, cut, SEATED_DROP if all_sit else SEATED_DROP / 2)


def _stand(
    order: StillOrder,
    figure: Figure,
    framing: Framing,
    places: list[float],
    index: int,
    pose: str,
    facing: int,
) -> tuple[float, float, float]:
    """A figure's x and y of the ground, and its height."""
    x = places[index]
    step = 0.0 if framing.cut else Dice(order.seed, figure.name, "depth").between(-0.025, 0.015)
    height = framing.height * look_of(figure).stature * (1 + step * 1.6)
    if pose == "LEAVE" and not framing.cut:
        # On the way out: nearer to the edge, and smaller.
        x = x * 1.5 - 0.06 * aspect_of(order) * (len(places) == 1) * facing
        step, height = step - 0.03 * framing.height, height * LEAVING_SHARE
    elif pose == "LIE":
        x, height = x if len(places) > 1 else 0.0, height * LYING_SHARE
    raised = framing.raised * height if framing.cut and is_seated(figure, pose) else 0.0
    return x, framing.ground + step - raised, height


def rest_of(order: StillOrder, kind: str) -> str:
    """What somebody lies on: SOFA or BED in a room, nothing outside."""
    if kind in UNBEDDED_PLACES or order.place == "EXT":
        return ""
    named = re.search(r"\b(?:sofa|couch|settee|divan)\b", order.action, re.IGNORECASE)
    return "SOFA" if named or kind not in BEDDED_PLACES else "BED"


def _place(order: StillOrder, figure: Figure, index: int, count: int, framing: Framing) -> float:
    if count == 1:
        return -facing_of(order, figure) * 0.12 * aspect_of(order)
    return framing.apart * (index - (count - 1) / 2)


def _towards(places: list[float], index: int, focus: float, leads: bool) -> int:
    if len(places) == 1:
        return 1 if places[0] <= 0 else -1
    if leads:
        rest = sum(place for at, place in enumerate(places) if at != index) / (len(places) - 1)
        return 1 if rest >= places[index] else -1
    return 1 if focus >= places[index] else -1
