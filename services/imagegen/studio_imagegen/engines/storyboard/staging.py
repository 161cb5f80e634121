"""What an order comes to on the set: place, weather, light, and where each figure stands and how."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.palette import Palette, sky_of
from studio_imagegen.engines.storyboard.plate import View
from studio_imagegen.engines.storyboard.vocabulary import (
    EXTERIORS,
    INTERIORS,
    POSES,
    PROPS,
    WEATHERS,
    all_meant,
    meant,
)
from studio_imagegen.orders import Figure, StillOrder

FIGURES_MAX = 6
HAND_PROPS = frozenset(
    [
        "LETTER",
        "PHOTO",
        "MAP",
        "PHONE",
        "CUP",
        "GLASS",
        "BOTTLE",
        "GUN",
        "KNIFE",
        "KEY",
        "UMBRELLA",
        "BOOK",
        "SUITCASE",
        "CANDLE",
        "LAMP",
        "CIGARETTE",
        "FLOWER",
        "RADIO",
    ]
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a figure stands: feet at (x, y) of the frame in frame heights, so tall, facing 1 right or -1.

    `turned` means seen from behind, in the foreground.
    """

    figure: Figure
    x: float
    y: float
    height: float
    facing: int
    pose: str
    prop: str = ""
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Staging:
    """A shot as it will be drawn. `weather` is CLEAR, RAIN, STORM, SNOW or FOG."""

    kind: str
    inside: bool
    weather: str
    sky: Palette
    view: View
    blur: bool
    marks: tuple[Mark, ...]
    props: tuple[str, ...]
    set_seed: str


def stage(order: StillOrder) -> Staging:
    """Read an order's words; equal locations give equal sets, whatever the shot."""
    inside = order.place == "INT" or (order.place == "INT_EXT" and _says_interior(order))
    kind = _kind(order, inside)
    set_seed = " ".join((order.location or order.heading).lower().split())
    weather = "CLEAR" if order.shot_size == "INSERT" else _weather(order)
    light_x = 1.0 if Dice(set_seed, "light").chance(0.5) else -1.0
    return Staging(
        kind=kind,
        inside=inside,
        weather=weather,
        sky=sky_of(order.time_of_day, weather, light_x),
        view=_view(order),
        blur=order.shot_size not in ("WIDE",),
        marks=() if order.shot_size == "INSERT" else _marks(order, kind),
        props=all_meant(PROPS, order.action),
        set_seed=set_seed,
    )


def _says_interior(order: StillOrder) -> bool:
    return bool(meant(INTERIORS, order.location or order.heading))


def _kind(order: StillOrder, inside: bool) -> str:
    table, fallback = (INTERIORS, "INTERIOR") if inside else (EXTERIORS, "EXTERIOR")
    for text in (order.location, order.heading):
        if found := meant(table, text):
            return found
    return meant(EXTERIORS, order.action) or fallback if not inside else fallback


def _weather(order: StillOrder) -> str:
    return meant(WEATHERS, f"{order.heading} {order.action}") or "CLEAR"


def _view(order: StillOrder) -> View:
    dice = Dice(order.seed, "camera")
    drift = dice.between(-0.06, 0.06)
    width, height = order.width_px, order.height_px
    match order.shot_size:
        case "WIDE":
            return View(width, height, 1.0, focus_x=drift)
        case "CLOSE":
            return View(width, height, 1.9, drift * 4, 0.47, 0.0, 0.5)
        case "OVER_SHOULDER":
            return View(width, height, 1.6, drift * 5, 0.48, 0.0, 0.5)
        case "INSERT":
            return View(width, height, 2.2, drift * 4, 0.6, 0.0, 0.4)
        case _:
            return View(width, height, 1.35, drift * 3, 0.48, 0.0, 0.47)


def _marks(order: StillOrder, kind: str) -> tuple[Mark, ...]:
    figures = order.figures[:FIGURES_MAX]
    if not figures:
        return ()
    match order.shot_size:
        case "CLOSE":
            return (_close(order, _subject(order)),)
        case "OVER_SHOULDER":
            return _over_shoulder(order)
        case _:
            return _group(order, figures, kind)


def _subject(order: StillOrder) -> Figure:
    by_name = {figure.name: figure for figure in order.figures}
    if order.speaker in by_name:
        return by_name[order.speaker]
    said = [
        (match.start(), index)
        for index, figure in enumerate(order.figures)
        if (match := re.search(re.escape(figure.name), order.action, re.IGNORECASE))
    ]
    return order.figures[min(said)[1] if said else 0]


def _aspect(order: StillOrder) -> float:
    return order.width_px / order.height_px


def _close(order: StillOrder, figure: Figure) -> Mark:
    facing = _facing(order, figure)
    height = 4.3 * min(1.0, _aspect(order) / 0.9)
    offset = 0.09 * _aspect(order)
    pose = _pose(order, figure)
    pose = pose if pose in ("PHONE",) else "STAND"
    head_top = 0.1 if _aspect(order) >= 0.9 else 0.2
    prop = "PHONE" if pose == "PHONE" else ""
    return Mark(figure, -facing * offset, head_top + height, height, facing, pose, prop)


def _facing(order: StillOrder, figure: Figure) -> int:
    """The side that a lone subject looks to: along the line between the figures as they stand."""
    names = [each.name for each in order.figures]
    if len(names) < 2:
        return 1 if Dice(order.seed, "facing").chance(0.5) else -1
    return 1 if names.index(figure.name) < len(names) / 2 else -1


def _over_shoulder(order: StillOrder) -> tuple[Mark, ...]:
    subject = _subject(order)
    facing = _facing(order, subject)
    others = [figure for figure in order.figures if figure.name != subject.name]
    near = others[0] if others else Figure("someone", "", order.seed)
    wide = _aspect(order)
    fit = min(1.0, wide / 1.2)
    height = 2.35 * fit
    pose = _pose(order, subject)
    front = Mark(subject, -facing * 0.12 * wide, 0.17 + height, height, facing, pose, _hand_prop(order, pose))
    back_height = 5.2 * fit
    back = Mark(near, facing * 0.31 * wide, 0.2 + back_height, back_height, -facing, "STAND", "", turned=True)
    return (front, back)


def _group(order: StillOrder, figures: tuple[Figure, ...], kind: str) -> tuple[Mark, ...]:
    wide = _aspect(order)
    count = len(figures)
    medium = order.shot_size == "MEDIUM"
    height = (1.85 if medium else 0.5) * min(1.0, wide / (0.75 + 0.28 * count))
    ground = 0.17 + height if medium else 0.9
    if medium and count > 3:
        height, ground = height * 0.85, 0.2 + height * 0.85
    spread = min((0.36 if medium else 0.22) * wide, 0.42 * wide / count * 1.6)
    speaker = _subject(order)
    places = [_place(order, index, count, spread) for index in range(count)]
    focus = places[[figure.name for figure in figures].index(speaker.name)] if speaker in figures else 0.0
    marks = []
    for index, figure in enumerate(figures):
        pose = _pose(order, figure) if figure == speaker or count == 1 else _listening(order, kind)
        facing = _towards(places, index, focus, figure == speaker)
        step = 0.0 if medium else Dice(order.seed, figure.name, "depth").between(-0.025, 0.02)
        prop = _hand_prop(order, pose) if figure == speaker else ""
        marks.append(
            Mark(figure, places[index], ground + step, height * (1 + step * 1.6), facing, pose, prop)
        )
    return tuple(sorted(marks, key=lambda mark: mark.y))


def _place(order: StillOrder, index: int, count: int, spread: float) -> float:
    if count == 1:
        side = 1 if Dice(order.seed, "facing").chance(0.5) else -1
        return -side * 0.11 * _aspect(order)
    return spread * (index - (count - 1) / 2)


def _towards(places: list[float], index: int, focus: float, speaks: bool) -> int:
    if len(places) == 1:
        return 1 if places[0] <= 0 else -1
    if speaks:
        rest = sum(place for at, place in enumerate(places) if at != index) / (len(places) - 1)
        return 1 if rest >= places[index] else -1
    return 1 if focus >= places[index] else -1


def _pose(order: StillOrder, figure: Figure) -> str:
    sentences = re.split(r"(?<=[.!?;])\s+", order.action)
    own = [line for line in sentences if re.search(re.escape(figure.name), line, re.IGNORECASE)]
    for text in (" ".join(own), order.action):
        if found := meant(POSES, text):
            return found
    if any(prop in HAND_PROPS for prop in all_meant(PROPS, order.action)):
        return "HOLD"
    return "TALK" if order.speaker == figure.name else "STAND"


def _listening(order: StillOrder, kind: str) -> str:
    seated = meant(POSES, order.action) == "SIT" or kind == "CAR"
    return "SIT" if seated and re.search(r"\bthey\b|\bboth\b", order.action, re.IGNORECASE) else "STAND"


def _hand_prop(order: StillOrder, pose: str) -> str:
    if pose == "PHONE":
        return "PHONE"
    found = [prop for prop in all_meant(PROPS, order.action) if prop in HAND_PROPS]
    if not found or pose in ("RUN", "SIT"):
        return ""
    return found[0]
