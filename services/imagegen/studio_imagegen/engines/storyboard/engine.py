"""The storyboard engine: a drawn still from the words of its order, the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Sequence

import deflate
import PIL

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_imagegen.engines.storyboard.actor import draw_actor
from studio_imagegen.engines.storyboard.air import airs_of, draw_lightning, has_lightning
from studio_imagegen.engines.storyboard.insert import draw_insert
from studio_imagegen.engines.storyboard.layers import Layers
from studio_imagegen.engines.storyboard.lens import defocused, exposed
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets import paint_set
from studio_imagegen.engines.storyboard.sets.settled import draw_fore
from studio_imagegen.engines.storyboard.staging import Staging, stage
from studio_imagegen.engines.storyboard.view import View
from studio_imagegen.orders import StillOrder
from studio_platform.engine import EngineDescription, Product, Run

REVISION = "7"
# The room that moves have around a film of 2160p, lying or upright.
SIDE_MAX_PX = 4_800
BLURRED_SCALE = 2
# Thousandths of the way from the horizon to the lens.
FAR_DEPTH, SET_DEPTH, TABLE_DEPTH, CAST_DEPTH = 150, 550, 600, DEPTH_OF_FIGURES
FORE_DEPTH, AIR_NEAR_DEPTH = 900, 950
# How bright the set stays behind figures who are near, by day and in the dark.
NEAR_GAINS = (0.9, 0.68)
DARK_LEVEL_MAX = 0.7


class StoryboardEngine:
    """Paper-cut pictures: a set, figures with rim light, weather, vignette and grain."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="STILL",
            engine="storyboard",
            revision=_revision(),
            max_width_px=SIDE_MAX_PX,
            max_height_px=SIDE_MAX_PX,
        )

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Draw one still for each order."""
        return [draw_still(order, run) for order, run in zip(orders, runs, strict=True)]


def _revision() -> str:
    """What the bytes depend on: this drawing, Pillow's major version, deflate's minor one."""
    pillow = PIL.__version__.split(".")[0]
    packer = ".".join(deflate.__version__.split(".")[:2])
    return f"{REVISION}-pillow{pillow}-deflate{packer}"


def draw_still(order: StillOrder, run: Run) -> Product:
    """One order's picture, its layers and its bundle."""
    staging = stage(order)
    layers = Layers(order.width_px, order.height_px, order.seed)
    _backdrop(layers, staging, order.seed)
    run.raise_if_cancelled()
    if order.shot_size == "INSERT":
        _insert(layers, staging, order)
    else:
        _cast(layers, staging)
        for air in airs_of(staging, layers.size, behind=False, seed=order.seed):
            layers.add_air(air, AIR_NEAR_DEPTH)
    run.raise_if_cancelled()
    return Product(layers.parts(), facts={"set": staging.kind})


def _backdrop(layers: Layers, staging: Staging, seed: int) -> None:
    """The set, far and near part, and what falls in it: before it, or seen through its windows."""
    plate = Plate(staging.view.at_scale(BLURRED_SCALE) if staging.blur else staging.view)
    paint_set(plate, staging)
    gain = NEAR_GAINS[staging.sky.level < DARK_LEVEL_MAX] if staging.blur else 1.0
    far, near = exposed(plate, gain)
    if staging.blur:
        far = defocused(far, *layers.size)
        near = defocused(near, *layers.size) if near else None
    if has_lightning(staging):
        draw_lightning(far, staging)
    layers.add_opaque(far, FAR_DEPTH)
    airs = airs_of(staging, layers.size, behind=True, seed=seed)
    if staging.inside and near is not None:
        for air in airs:
            layers.add_air(air, FAR_DEPTH)
    if near is not None:
        layers.add(near.convert("RGBA"), SET_DEPTH)
    layers.add_lights(plate.lights)
    if not staging.inside:
        for air in airs:
            layers.add_air(air, SET_DEPTH)


def _cast(layers: Layers, staging: Staging) -> None:
    """The figures in one layer, and in another who turns their back to the lens, with what is nearer."""
    frame = View(*layers.size)
    present = layers.clear()
    for mark in staging.marks:
        if not mark.turned:
            layers.add_figure(mark.figure.name, draw_actor(present, frame, mark, staging.light))
    layers.add(present, CAST_DEPTH)
    nearest = layers.clear()
    for mark in staging.marks:
        if mark.turned:
            layers.add_figure(mark.figure.name, draw_actor(nearest, frame, mark, staging.light))
    draw_fore(nearest, staging)
    layers.add(nearest, FORE_DEPTH)


def _insert(layers: Layers, staging: Staging, order: StillOrder) -> None:
    under, thing = layers.clear(), layers.clear()
    lights = draw_insert(under, thing, staging, order)
    layers.add(under, TABLE_DEPTH)
    layers.add(thing, CAST_DEPTH)
    layers.add_lights(lights)
