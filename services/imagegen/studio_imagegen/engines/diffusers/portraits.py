"""Portraits of the cast: what a model is shown of a character, so that they look the same in each shot."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable

from PIL import Image

from studio_imagegen.orders import Figure, StillOrder

SIDE_PX = 512
BROUGHT_SIDE_PX_MAX = 1024
KEPT_MAX = 64
SHOWS_FACES = ("MEDIUM", "CLOSE", "OVER_SHOULDER")
"""Shots in which a face is large enough to be known."""

Draw = Callable[[StillOrder], Image.Image | None]


def in_focus(order: StillOrder) -> Figure | None:
    """Whose face a shot is about: of who speaks, or of the first; None where no face is large."""
    if order.shot_size not in SHOWS_FACES or not order.figures:
        return None
    return next((figure for figure in order.figures if figure.name == order.speaker), order.figures[0])


class Portraits:
    """Portraits that were brought, or by the figure's look and seed; the last ones are kept."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._kept: OrderedDict[Figure, Image.Image | None] = OrderedDict()

    def of(self, figure: Figure) -> Image.Image | None:
        """The portrait of a figure, wherever they stand; None when nothing came out."""
        face = known(figure)
        if face not in self._kept:
            self._kept[face] = _brought(face) if face.portrait else self._draw(_portrait(face))
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        self._kept.move_to_end(face)
        return self._kept[face]


def known(figure: Figure) -> Figure:
    """Of a figure what decides the face: not where they stand, and of a brought portrait nothing else."""
    if figure.portrait:
        return Figure(figure.name, portrait=figure.portrait)
    return Figure(figure.name, figure.look, figure.seed, figure.wardrobe)


def _brought(figure: Figure) -> Image.Image:
    """The studio's own form of what somebody brought: a PNG of the job service's making."""
    with Image.open(io.BytesIO(figure.portrait), formats=["PNG"]) as picture:
        small = picture.convert("RGB")
    small.thumbnail((BROUGHT_SIDE_PX_MAX, BROUGHT_SIDE_PX_MAX), Image.Resampling.LANCZOS)
    return small


def _portrait(figure: Figure) -> StillOrder:
    look = f", {figure.look}" if figure.look else ""
    return StillOrder(
        SIDE_PX,
        SIDE_PX,
        seed=figure.seed,
        prompt=f"Portrait of {figure.name.title()}{look}, facing the camera, plain background, soft light.",
    )
