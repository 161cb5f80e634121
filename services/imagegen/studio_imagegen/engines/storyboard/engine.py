"""The storyboard engine: a drawn still from the words of its order, the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Sequence

import deflate
import PIL
from PIL import Image

from studio_imagegen.engines.storyboard.actor import Drawn, draw_actor
from studio_imagegen.engines.storyboard.air import draw_air
from studio_imagegen.engines.storyboard.insert import draw_insert
from studio_imagegen.engines.storyboard.lens import defocused, exposed, grained, png_of
from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets import paint_set
from studio_imagegen.engines.storyboard.sets.settled import draw_fore
from studio_imagegen.engines.storyboard.staging import Staging, stage
from studio_imagegen.engines.storyboard.view import View
from studio_imagegen.orders import StillOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

REVISION = "3"
WIDTH_MAX_PX = 4096
HEIGHT_MAX_PX = 2304
BLURRED_SCALE = 2
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
            max_width_px=WIDTH_MAX_PX,
            max_height_px=HEIGHT_MAX_PX,
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
    """One order's picture and its bundle."""
    staging = stage(order)
    frame = View(order.width_px, order.height_px)
    picture = _backdrop(staging)
    run.raise_if_cancelled()
    draw_air(picture, staging, behind=True, seed=order.seed)
    drawn = [(mark.figure.name, draw_actor(picture, frame, mark, staging.light)) for mark in staging.marks]
    figures = [_figure(name, place, frame) for name, place in drawn if place is not None]
    draw_fore(picture, staging)
    if order.shot_size == "INSERT":
        draw_insert(picture, staging, order)
    else:
        draw_air(picture, staging, behind=False, seed=order.seed)
    run.raise_if_cancelled()
    bundle = json.dumps({"layers": [], "figures": figures})
    return Product(
        (
            Part("image", "image/png", data=png_of(grained(picture, order.seed))),
            Part("bundle", "application/json", data=bundle.encode()),
        ),
        facts={"set": staging.kind},
    )


def _backdrop(staging: Staging) -> Image.Image:
    """The set as the frame shows it; out of focus and a little darker behind figures who are near."""
    view = staging.view
    plate = Plate(view.at_scale(BLURRED_SCALE) if staging.blur else view, opaque=True)
    paint_set(plate, staging)
    if not staging.blur:
        return exposed(plate)
    gain = NEAR_GAINS[staging.sky.level < DARK_LEVEL_MAX]
    return defocused(exposed(plate, gain), view.width_px, view.height_px)


def _figure(name: str, drawn: Drawn, frame: View) -> dict[str, object]:
    """Where a figure's box (left, top, width, height) and mouth are, permille of the frame."""

    def permille(value: float, side_px: int) -> int:
        return max(0, min(1000, round(1000 * value / side_px)))

    left, top, right, bottom = drawn.box
    wide, high = frame.width_px, frame.height_px
    return {
        "name": name,
        "box": [
            permille(left, wide),
            permille(top, high),
            permille(right - left, wide),
            permille(bottom - top, high),
        ],
        "mouth": [permille(drawn.mouth[0], wide), permille(drawn.mouth[1], high)],
    }
