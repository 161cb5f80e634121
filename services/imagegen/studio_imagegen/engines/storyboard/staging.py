"""What an order comes to on the set: place, weather, light, camera, and the marks of its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio_imagegen.engines.storyboard.blocking import marks_of
from studio_imagegen.engines.storyboard.dice import Dice
from studio_imagegen.engines.storyboard.doing import subject_of
from studio_imagegen.engines.storyboard.grouping import facing_of, is_full
from studio_imagegen.engines.storyboard.light import Light, light_of
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.palette import Palette, sky_of
from studio_imagegen.engines.storyboard.props import in_words, props
from studio_imagegen.engines.storyboard.view import View
from studio_imagegen.engines.storyboard.vocabulary import all_meant, meant
from studio_imagegen.orders import StillOrder

# Zoom, and the point of the set (y) that is seen at a height of the frame, by shot size.
LENSES = {
    "WIDE": (1.0, 0.5, 0.5),
    "FULL": (1.12, 0.5, 0.5),
    "MEDIUM": (1.35, 0.46, 0.46),
    "OVER_SHOULDER": (1.6, 0.42, 0.46),
    "CLOSE": (1.9, 0.38, 0.46),
    "INSERT": (2.3, 0.5, 0.4),
}
PAN = {"WIDE": 0.0, "FULL": 0.05, "MEDIUM": 0.1, "OVER_SHOULDER": 0.2, "CLOSE": 0.28, "INSERT": 0.1}


@dataclass(frozen=True, slots=True)
class Staging:
    """A shot as it will be drawn. `weather` is CLEAR, RAIN, STORM, SNOW, FOG or WIND.

    `props` are the things that the action names, in its order; `dressing` those of them that stand in the
    set; `crowd` says that people fill it, `shapes` that
    some are dimly seen in it, `near` that only heads and shoulders are seen. `words` tell of it.
    """

    kind: str
    inside: bool
    weather: str
    sky: Palette
    light: Light
    view: View
    blur: bool
    marks: tuple[Mark, ...]
    props: tuple[str, ...]
    dressing: tuple[str, ...]
    crowd: bool
    shapes: bool
    near: bool
    set_seed: str
    words: str


def stage(order: StillOrder) -> Staging:
    """Read an order's words; equal locations give equal sets, whatever the shot."""
    order = _in_costume(order)
    inside = order.place == "INT" or (order.place == "INT_EXT" and bool(meant("INTERIORS", _where(order))))
    kind = kind_of(order, inside=inside)
    set_seed = " ".join(_where(order).lower().split())
    weather = _weather(order)
    sky = sky_of(order.time_of_day, weather, 1.0 if Dice(set_seed, "light").chance(0.5) else -1.0)
    marks = marks_of(order, kind)
    named = in_words(order.action)
    held = {mark.prop for mark in marks}
    return Staging(
        kind=kind,
        inside=inside,
        weather=weather,
        sky=sky,
        light=light_of(sky, order.time_of_day, inside=inside),
        view=_view(order, kind),
        blur=order.shot_size != "WIDE",
        marks=marks,
        props=named,
        dressing=() if order.shot_size == "INSERT" else _dressing(order, named, held),
        crowd=not inside and order.shot_size == "WIDE" and "CROWD" in all_meant("DRESSING", order.action),
        shapes=not inside and "SHAPES" in all_meant("DRESSING", order.action),
        near=order.shot_size in ("CLOSE", "OVER_SHOULDER", "INSERT"),
        set_seed=set_seed,
        words=f"{order.location} {order.heading} {order.surroundings}",
    )


def _in_costume(order: StillOrder) -> StillOrder:
    """Who is in a castle wears a cloak, unless words say what else they wear."""
    if not meant("CASTLES", _where(order)):
        return order
    figures = [
        figure
        if meant("CUTS", f"{figure.name} {figure.look}")
        else replace(figure, look=f"{figure.look}, cloak")
        for figure in order.figures
    ]
    return replace(order, figures=tuple(figures))


def kind_of(order: StillOrder, *, inside: bool) -> str:
    """The kind of place: a meaning of INTERIORS or EXTERIORS, else INTERIOR or FIELD."""
    table, fallback = ("INTERIORS", "INTERIOR") if inside else ("EXTERIORS", "FIELD")
    for text in (order.location, order.heading):
        if found := meant(table, text):
            return found
    return fallback if inside else meant("EXTERIORS", order.action) or fallback


def _dressing(order: StillOrder, named: tuple[str, ...], held: set[str]) -> tuple[str, ...]:
    """The things of the action that nobody holds, and what hangs on the walls for the whole scene."""
    hung = [prop for prop in in_words(order.surroundings) if props()[prop].stand == "WALL"]
    return tuple(dict.fromkeys(prop for prop in (*named, *hung) if prop not in held))


def _where(order: StillOrder) -> str:
    return order.location or order.heading


def _weather(order: StillOrder) -> str:
    """The weather that the heading says, else the first that the scene says, else the shot."""
    for text in (order.heading, order.surroundings, order.action):
        if found := all_meant("WEATHERS", text):
            return found[0]
    return "CLEAR"


def _view(order: StillOrder, kind: str) -> View:
    """The camera of a shot size; near shots see the part of the set that lies behind who is seen."""
    size = "FULL" if is_full(order, kind) else order.shot_size
    zoom, focus_y, at_y = LENSES.get(size, LENSES["MEDIUM"])
    drift = Dice(order.seed, "camera").between(-0.05, 0.05)
    side = facing_of(order, subject_of(order)) if order.figures else 1
    pan = PAN.get(size, 0.1) * side
    return View(order.width_px, order.height_px, zoom, drift + pan, focus_y, 0.0, at_y)
