"""Blocking: where the figures of a shot stand in the frame, what they do there, and whom they look at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.props import carried, in_words
from studio_imagegen.engines.storyboard.vocabulary import meant
from studio_imagegen.engines.storyboard.wardrobe import look_of
from studio_imagegen.orders import Figure, StillOrder

FIGURES_MAX = 6
LISTENING = ("STAND", "POCKETS", "STAND", "HIPS", "STAND", "CROSSED")
SEATED_PLACES = frozenset({"CAR", "TRAIN"})
HANDS_BUSY = frozenset({"RUN", "POINT", "KNOCK", "WAVE", "COVER", "CROSSED", "DRIVE", "WALK"})
_OTHERS = re.compile(
    r"(?:some|no|every)(?:one|body)\b|(?:the|a|an|behind|above|below|beside|in|on|at|outside|far|there|two|three)\b",
    re.IGNORECASE,
)
HEAD_TOP_SHARE = 0.995
# Heights, and where heads begin or feet stand; the camera may cut a tenth of the frame off each side.
CLOSE_HEIGHT, CLOSE_TOP = 3.4, 0.17
SHOULDER_HEIGHT, SHOULDER_TOP = 2.25, 0.18
NEAR_HEIGHT, NEAR_TOP = 4.0, 0.17
MEDIUM_HEIGHT, MEDIUM_TOP = 1.7, 0.18
WIDE_HEIGHT, WIDE_GROUND = 0.56, 0.89
SEATED_DROP = 0.2
WALKS_WITH = frozenset(("WALK", thing) for thing in ("SUITCASE", "BAG", "LANTERN"))
CLOSE_POSES = frozenset({"PHONE", "SIT", "DRIVE", "READ"})


def marks_of(order: StillOrder, kind: str) -> tuple[Mark, ...]:
    """The marks of an order's figures, the farthest first; `kind` is the place's."""
    figures = _by_side(order.figures[:FIGURES_MAX])
    if not figures or order.shot_size == "INSERT":
        return ()
    match order.shot_size:
        case "CLOSE":
            return (_close(order, subject_of(order), kind),)
        case "OVER_SHOULDER":
            return _over_shoulder(order, figures, kind)
        case _:
            return _group(order, figures, kind)


def subject_of(order: StillOrder) -> Figure:
    """Who the shot is about: the speaker, else the first whom the action names, else the first of all."""
    by_name = {figure.name: figure for figure in order.figures}
    if order.speaker in by_name:
        return by_name[order.speaker]
    said = [
        (match.start(), index)
        for index, figure in enumerate(order.figures)
        if (match := re.search(re.escape(figure.name), order.action, re.IGNORECASE))
    ]
    return order.figures[min(said)[1] if said else 0]


def facing_of(order: StillOrder, figure: Figure) -> int:
    """Where a figure of a close shot looks: from its side of the scene's line to the other."""
    if figure.side:
        return -figure.side
    names = [each.name for each in _by_side(order.figures)]
    if len(names) < 2 or figure.name not in names:
        return 1 if Dice(figure.name, figure.seed, "facing").chance(0.5) else -1
    return 1 if names.index(figure.name) < len(names) / 2 else -1


def _by_side(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures from left to right; those without a side stay between the sides."""
    return tuple(sorted(figures, key=lambda figure: figure.side))


def _aspect(order: StillOrder) -> float:
    return order.width_px / order.height_px


def _close(order: StillOrder, figure: Figure, kind: str) -> Mark:
    facing = facing_of(order, figure)
    height = CLOSE_HEIGHT * min(1.0, _aspect(order) / 0.9)
    pose = _pose(order, figure, kind)
    pose = pose if pose in CLOSE_POSES else "STAND"
    drop = SEATED_DROP if pose in ("SIT", "DRIVE") else 0.0
    top = CLOSE_TOP if _aspect(order) >= 0.9 else 0.22
    lift = top + height * (HEAD_TOP_SHARE - drop)
    x = -facing * 0.1 * _aspect(order)
    return Mark(
        figure, x, lift, height, facing, pose, "PHONE" if pose == "PHONE" else "", *_face(order, figure)
    )


def _over_shoulder(order: StillOrder, figures: tuple[Figure, ...], kind: str) -> tuple[Mark, ...]:
    subject = subject_of(order)
    facing = facing_of(order, subject)
    others = [figure for figure in figures if figure.name != subject.name]
    near = others[0] if others else Figure("someone", "", order.seed)
    wide = _aspect(order)
    fit = min(1.0, wide / 1.2)
    height, near_height = SHOULDER_HEIGHT * fit, NEAR_HEIGHT * fit
    pose = _pose(order, subject, kind)
    drop = SEATED_DROP if pose in ("SIT", "DRIVE") else 0.0
    front_y = SHOULDER_TOP + height * (HEAD_TOP_SHARE - drop)
    front = Mark(
        subject,
        -facing * 0.13 * wide,
        front_y,
        height,
        facing,
        pose,
        _prop(order, pose),
        *_face(order, subject),
    )
    back_y = NEAR_TOP + near_height * HEAD_TOP_SHARE
    back = Mark(near, facing * 0.33 * wide, back_y, near_height, -facing, turned=True)
    return (front, back)


def _group(order: StillOrder, figures: tuple[Figure, ...], kind: str) -> tuple[Mark, ...]:
    wide, count = _aspect(order), len(figures)
    medium = order.shot_size == "MEDIUM" or kind == "CAR"
    height = (MEDIUM_HEIGHT if medium else WIDE_HEIGHT) * min(1.0, wide / (0.75 + 0.28 * count))
    if medium and count > 3:
        height *= 0.85
    tallest = max(look_of(figure).stature for figure in figures)
    ground = MEDIUM_TOP + height * tallest if medium else WIDE_GROUND
    spread = min((0.38 if medium else 0.24) * wide, 0.42 * wide / count * 1.6)
    leader = subject_of(order)
    places = [_place(order, figures[index], index, count, spread) for index in range(count)]
    focus = places[[figure.name for figure in figures].index(leader.name)]
    marks = []
    for index, figure in enumerate(figures):
        leads = figure.name == leader.name
        pose = _pose(order, figure, kind) if leads else _listening(order, figure, kind)
        facing = _towards(places, index, focus, leads)
        step = 0.0 if medium else Dice(order.seed, figure.name, "depth").between(-0.025, 0.015)
        own = height * look_of(figure).stature * (1 + step * 1.6)
        drop = SEATED_DROP * own if medium and pose in ("SIT", "DRIVE") else 0.0
        prop = _prop(order, pose) if leads else ""
        face = _face(order, figure)
        marks.append(Mark(figure, places[index], ground + step - drop, own, facing, pose, prop, *face))
    return tuple(sorted(marks, key=lambda mark: mark.y))


def _place(order: StillOrder, figure: Figure, index: int, count: int, spread: float) -> float:
    if count == 1:
        return -facing_of(order, figure) * 0.12 * _aspect(order)
    return spread * (index - (count - 1) / 2)


def _towards(places: list[float], index: int, focus: float, leads: bool) -> int:
    if len(places) == 1:
        return 1 if places[0] <= 0 else -1
    if leads:
        rest = sum(place for at, place in enumerate(places) if at != index) / (len(places) - 1)
        return 1 if rest >= places[index] else -1
    return 1 if focus >= places[index] else -1


def _own_words(order: StillOrder, figure: Figure) -> str:
    """The sentences of the action that name the figure, or all when none does."""
    sentences = re.split(r"(?<=[.!?;])\s+", order.action)
    own = [line for line in sentences if re.search(re.escape(figure.name), line, re.IGNORECASE)]
    return " ".join(own) or _unowned(order.action)


def _unowned(action: str) -> str:
    """The sentences of an action that somebody in frame may be the subject of."""
    sentences = re.split(r"(?<=[.!?;])\s+", action)
    return " ".join(line for line in sentences if not _OTHERS.match(line))


def _pose(order: StillOrder, figure: Figure, kind: str) -> str:
    for text in (_own_words(order, figure), _unowned(order.action)):
        if found := meant("POSES", text):
            under = found == "WALK" and "UMBRELLA" in in_words(order.action)
            return _seated("HOLD" if under else found, kind, figure, order)
    if kind in SEATED_PLACES:
        return _seated("STAND", kind, figure, order)
    if order.shot_size != "WIDE" and any(carried(prop) for prop in in_words(order.action)):
        return "HOLD"
    return "TALK" if order.speaker == figure.name else "STAND"


def _seated(pose: str, kind: str, figure: Figure, order: StillOrder) -> str:
    """In a car all sit; who is first in it drives, unless hands are wanted for something."""
    if kind not in SEATED_PLACES:
        return pose
    if pose in ("HOLD", "READ", "PHONE", "DRIVE", "REACH"):
        return pose if pose == "DRIVE" else "SIT"
    return "DRIVE" if kind == "CAR" and driver_of(order) == figure.name else "SIT"


def driver_of(order: StillOrder) -> str:
    """Who drives: whose car it is, else whom the action says to, else the first of several."""
    for figure in order.figures:
        own = re.search(re.escape(figure.name), order.location, re.IGNORECASE)
        if own or meant("POSES", _own_words(order, figure)) == "DRIVE":
            return figure.name
    return order.figures[0].name if len(order.figures) > 1 else ""


def _listening(order: StillOrder, figure: Figure, kind: str) -> str:
    together = re.search(r"\bthey\b|\bboth\b|\ball\b", order.action, re.IGNORECASE)
    if kind in SEATED_PLACES:
        return _seated("STAND", kind, figure, order)
    if together and (found := meant("POSES", order.action)):
        return found
    return Dice(order.seed, figure.name, "listens").pick(LISTENING)


def _prop(order: StillOrder, pose: str) -> str:
    found = [prop for prop in in_words(order.action) if carried(prop)]
    if pose == "PHONE":
        return "PHONE"
    if pose == "READ" and not found:
        return "LETTER"
    if not found or pose == "REACH" or (pose in HANDS_BUSY and (pose, found[0]) not in WALKS_WITH):
        return ""
    return {"ENVELOPE": "LETTER"}.get(found[0], found[0]) if pose == "READ" else found[0]


def _face(order: StillOrder, figure: Figure) -> tuple[str, bool]:
    """A figure's expression, and whether it speaks."""
    speaks = order.speaker == figure.name
    text = order.action if speaks or len(order.figures) == 1 else _own_words(order, figure)
    if not text:
        text = order.action
    return meant("EXPRESSIONS", text) or "CALM", speaks
