"""A face's moments beside the one that its still shows: how its mouth opens in speech, and its eyes shut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from studio_imagegen.engines.storyboard.cutout import Cutout, piece
from studio_imagegen.engines.storyboard.expression import EYE_Y, MOUTH, SPOKEN_GAPS, Moment
from studio_imagegen.engines.storyboard.pen import Pen, Point
from studio_imagegen.engines.storyboard.view import Region

# About the mouth and the eyes, in head heights: left, low, right, high.
MOUTH_BOX = (MOUTH[0] - 0.15, MOUTH[1] - 0.115, MOUTH[0] + 0.125, MOUTH[1] + 0.085)
EYES_BOX = (-0.1, EYE_Y - 0.075, 0.385, EYE_Y + 0.09)
# A smaller face moves below what a frame shows.
SIDE_MIN_PX = 6


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures (RGBa) of one region side by side, each of another moment than the still."""

    kind: str
    image: Image.Image
    region: Region


def strips_of(
    cutout: Cutout,
    drawn: Callable[[Moment], Pen],
    factor: int,
    to_frame: Callable[[Point], Point],
    *,
    speaks: bool,
) -> tuple[Strip, ...]:
    """The strips of a figure: MOUTH from shut to wide open where it speaks, and EYES, shut.

    `drawn` draws the figure at a moment, `to_frame` maps head heights to pixels of the frame.
    """
    strips = []
    if speaks:
        moments = [Moment(gap) for gap in SPOKEN_GAPS]
        strips.append(_strip("MOUTH", MOUTH_BOX, moments, cutout, drawn, factor, to_frame))
    shut = Moment(blinks=True)
    strips.append(_strip("EYES", EYES_BOX, [shut], cutout, drawn, factor, to_frame))
    return tuple(strip for strip in strips if strip is not None)


def _strip(
    kind: str,
    box: tuple[float, float, float, float],
    moments: list[Moment],
    cutout: Cutout,
    drawn: Callable[[Moment], Pen],
    factor: int,
    to_frame: Callable[[Point], Point],
) -> Strip | None:
    region = _within(cutout.region, to_frame((box[0], box[1])), to_frame((box[2], box[3])))
    if region is None:
        return None
    wide, high = region.right - region.left, region.bottom - region.top
    image = Image.new("RGBa", (wide * len(moments), high))
    for index, moment in enumerate(moments):
        image.paste(cutout.lit(piece(drawn(moment), factor, region), region), (index * wide, 0))
    return Strip(kind, image, region)


def _within(outer: Region, first: Point, second: Point) -> Region | None:
    """The pixels of a region between two corners, from even to even: chroma has half as many each way."""
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    region = Region(
        max(outer.left + 1, int(left)) // 2 * 2,
        max(outer.top + 1, int(top)) // 2 * 2,
        min(outer.right, int(right) + 2) // 2 * 2,
        min(outer.bottom, int(bottom) + 2) // 2 * 2,
    )
    if region.left < outer.left:
        region = Region(region.left + 2, region.top, region.right, region.bottom)
    if region.top < outer.top:
        region = Region(region.left, region.top + 2, region.right, region.bottom)
    small = min(region.right - region.left, region.bottom - region.top) < SIDE_MIN_PX
    return None if small else region
