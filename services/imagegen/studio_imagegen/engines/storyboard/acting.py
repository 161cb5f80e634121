"""How each figure of a shot is seen to act: its pose, the thing in its hand, its face."""

from __future__ import annotations

import re
from collections.abc import Mapping

from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.doing import WHOLE_BODY, Doing, doings_of, unowned
from studio_imagegen.engines.storyboard.props import carried, in_words
from studio_imagegen.engines.storyboard.vocabulary import meant
from studio_imagegen.orders import Figure, StillOrder

LISTENING = ("STAND", "POCKETS", "STAND", "HIPS", "STAND", "CROSSED")
SEATED = frozenset({"SIT", "DRIVE"})
SEATED_PLACES = frozenset({"CAR", "TRAIN"})
HANDS_BUSY = frozenset(
    {
        "RUN", "POINT", "KNOCK", "WAVE", "COVER", "CROSSED", "DRIVE", "WALK", "SALUTE", "EMBRACE", "SHAKE",
        "FALL", "LIE", "CHEER", "BOW", "DANCE", "SHRUG", "SHIVER", "THINK", "SHIELD", "LISTEN", "HIDE",
        "PUSH", "PRAY", "TAKE", "LEAVE", "AWAY",
    }
)  # fmt: skip
# How who sits, kneels or has something in hand doesn't stand.
IDLE = frozenset({"STAND", "POCKETS", "HIPS", "CROSSED"})
# What is done standing, whatever the shots before say.
UPRIGHT = frozenset({"AWAY", "SALUTE", "PUSH", "SHAKE", "EMBRACE"})
# What hangs from a hand.
HANGING = frozenset({"SUITCASE", "BAG", "UMBRELLA"})
# What hands hold where nothing is named.
GIVEN = {"READ": "LETTER", "WRITE": "BOOK", "PHONE": "PHONE", "AIM": "GUN", "DRINK": "CUP"}
WALKS_WITH = frozenset(
    (pose, thing)
    for pose in ("WALK", "RUN", "LEAVE")
    for thing in ("SUITCASE", "BAG", "LANTERN", "TORCH", "UMBRELLA")
)


def pose_of(order: StillOrder, figure: Figure, kind: str, doings: Mapping[str, Doing]) -> str:
    """The pose of whom a shot is about."""
    doing = doings.get(figure.name, Doing())
    if found := doing.pose or meant("POSES", unowned(order.action)):
        under = found == "WALK" and "UMBRELLA" in in_words(order.action)
        return _seated("HOLD" if under else found, kind, figure, order)
    if kind in SEATED_PLACES:
        return _seated("STAND", kind, figure, order)
    if order.shot_size != "WIDE" and (doing.prop or any(carried(prop) for prop in in_words(order.action))):
        return _as_left("HOLD", figure)
    return _as_left("TALK" if order.speaker == figure.name else "STAND", figure)


def _as_left(pose: str, figure: Figure) -> str:
    """The pose of whom no words of the shot move: as the shots before left them."""
    if figure.posture in ("LIE", "KNEEL"):
        return figure.posture
    if pose not in IDLE:
        return pose
    if figure.posture == "SIT":
        return "SIT"
    held = held_by(figure)
    return "HOLD" if held and held not in HANGING else pose


def held_by(figure: Figure) -> str:
    """The prop that a figure has kept in its hand; empty for none."""
    return next((prop for prop in in_words(figure.holding) if carried(prop)), "")


def is_seated(figure: Figure, pose: str) -> bool:
    """Whether a figure sits, whatever its arms do."""
    return pose in SEATED or (figure.posture == "SIT" and pose not in WHOLE_BODY | UPRIGHT)


def _seated(pose: str, kind: str, figure: Figure, order: StillOrder) -> str:
    """In a car all sit; who is first in it drives, unless hands are wanted for something."""
    if kind not in SEATED_PLACES:
        return pose
    if pose in ("HOLD", "READ", "PHONE", "DRIVE", "REACH"):
        return pose if pose == "DRIVE" else "SIT"
    return "DRIVE" if kind == "CAR" and driver_of(order) == figure.name else "SIT"


def driver_of(order: StillOrder) -> str:
    """Who drives: whose car it is, else whom the action says to, else the first of several."""
    doings = doings_of(order)
    for figure in order.figures:
        own = re.search(re.escape(figure.name), order.location, re.IGNORECASE)
        if own or doings.get(figure.name, Doing()).pose == "DRIVE":
            return figure.name
    return order.figures[0].name if len(order.figures) > 1 else ""


def listening_pose(order: StillOrder, figure: Figure, kind: str, doings: Mapping[str, Doing]) -> str:
    """The pose of another one in it."""
    if kind in SEATED_PLACES:
        return _seated("STAND", kind, figure, order)
    if found := doings.get(figure.name, Doing()).pose:
        return found
    return _as_left(Dice(order.seed, figure.name, "listens").pick(LISTENING), figure)


def thing_of(order: StillOrder, figure: Figure, pose: str, doings: Mapping[str, Doing]) -> str:
    """What is in a figure's hand: what its own sentences name, else for who leads what the action names."""
    own = doings.get(figure.name, Doing())
    named = [prop for prop in in_words(own.words or order.action) if carried(prop)]
    first = own.prop or (named[0] if named else "") or held_by(figure)
    if pose == "PHONE":
        return "PHONE"
    if not first:
        return GIVEN.get(pose, "")
    if pose == "REACH" or (pose in HANDS_BUSY and (pose, first) not in WALKS_WITH):
        return ""
    return {"ENVELOPE": "LETTER"}.get(first, first) if pose == "READ" else first


def face_of(order: StillOrder, figure: Figure, doings: Mapping[str, Doing]) -> tuple[str, bool]:
    """A figure's expression, and whether it speaks."""
    speaks = order.speaker == figure.name
    own = doings.get(figure.name, Doing()).words
    text = order.action if speaks or len(order.figures) == 1 else own or unowned(order.action)
    return meant("EXPRESSIONS", text or order.action) or "CALM", speaks
