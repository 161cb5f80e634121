"""The storyboard engine: a drawn still from the words of its order, the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Sequence

import PIL
from PIL import Image, ImageDraw

from studio_imagegen.engines.storyboard.actor import draw_actor, draw_prop
from studio_imagegen.engines.storyboard.lens import defocus, expose, grain_of, png_of, vignette_of
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.plate import Plate, View
from studio_imagegen.engines.storyboard.sets import paint_set
from studio_imagegen.engines.storyboard.staging import Mark, Staging, stage
from studio_imagegen.orders import StillOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

REVISION = "1"
WIDTH_MAX_PX = 4096
HEIGHT_MAX_PX = 2304
BLURRED_SCALE = 2
PROP_HEIGHTS_PER_FRAME = 5.0
SUPERSAMPLING = 2
MOUTH_PERMILLE_OF_HEIGHT = 885
FIGURE_WIDTH_PERMILLE_OF_HEIGHT = 300


class StoryboardEngine:
    """Paper-cut pictures: a set, figures with rim light, vignette and grain."""

    def describe(self) -> EngineDescription:
        """Say what this engine is."""
        return EngineDescription(
            kind="STILL",
            engine="storyboard",
            revision=f"{REVISION}-pillow{PIL.__version__.split('.', 1)[0]}",
            max_width_px=WIDTH_MAX_PX,
            max_height_px=HEIGHT_MAX_PX,
        )

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Draw one still for each order."""
        return [draw_still(order, run) for order, run in zip(orders, runs, strict=True)]


def draw_still(order: StillOrder, run: Run) -> Product:
    """One order's picture and its bundle."""
    staging = stage(order)
    plate = _backdrop(staging, order)
    run.raise_if_cancelled()
    for mark in staging.marks:
        draw_actor(plate, mark, staging.sky, inside=staging.inside)
    vignette = vignette_of(order.width_px, order.height_px)
    image = expose(plate, vignette, grain_of(order.seed, order.width_px, order.height_px)).convert("RGB")
    if order.shot_size == "INSERT" and staging.props:
        image = _with_prop(image, staging.props[0])
    run.raise_if_cancelled()
    bundle = json.dumps({"layers": [], "figures": [_box(mark, plate.view) for mark in staging.marks]})
    return Product(
        (
            Part("image", "image/png", data=png_of(image)),
            Part("bundle", "application/json", data=bundle.encode()),
        ),
        facts={"set": staging.kind},
    )


def _backdrop(staging: Staging, order: StillOrder) -> Plate:
    """The set as the frame shows it; out of focus behind figures who are near."""
    frame = Plate(View(order.width_px, order.height_px), opaque=True)
    if not staging.blur:
        painted = Plate(staging.view, opaque=True)
        paint_set(painted, staging)
        frame.colour = painted.colour
        return frame
    small = Plate(staging.view.at_scale(BLURRED_SCALE), opaque=True)
    paint_set(small, staging)
    frame.colour = defocus(small, order.width_px, order.height_px)
    return frame


def _with_prop(image: Image.Image, prop: str) -> Image.Image:
    """The thing that an insert shows, large in the middle of the frame."""
    width, height = image.width * SUPERSAMPLING, image.height * SUPERSAMPLING
    scale_px = PROP_HEIGHTS_PER_FRAME * height
    sheet = Image.new("RGBA", (width, height))

    def to_pixel(point: Point) -> Point:
        return (width / 2 + point[0] * scale_px, height * 0.58 - point[1] * scale_px)

    draw_prop(Pen(ImageDraw.Draw(sheet), to_pixel, scale_px), prop, (0.0, 0.0))
    small = sheet.reduce(SUPERSAMPLING)
    image.paste(small.convert("RGB"), mask=small.getchannel("A"))
    return image


def _box(mark: Mark, view: View) -> dict[str, object]:
    """Where a figure and its mouth are, permille of the frame."""
    foot_x, foot_y = view.pixel((mark.x, mark.y))
    high = mark.height * view.height_px
    wide = high * FIGURE_WIDTH_PERMILLE_OF_HEIGHT / 1000

    def permille(value: float, side_px: int) -> int:
        return max(0, min(1000, round(1000 * value / side_px)))

    return {
        "name": mark.figure.name,
        "box": [
            permille(foot_x - wide / 2, view.width_px),
            permille(foot_y - high, view.height_px),
            permille(wide, view.width_px),
            permille(high, view.height_px),
        ],
        "mouth": [
            permille(foot_x, view.width_px),
            permille(foot_y - high * MOUTH_PERMILLE_OF_HEIGHT / 1000, view.height_px),
        ],
    }
