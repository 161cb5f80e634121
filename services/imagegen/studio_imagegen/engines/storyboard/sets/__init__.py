"""The sets: what stands behind the figures, by kind of place."""

from __future__ import annotations

from collections.abc import Callable

from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.city import paint_skyline, paint_street
from studio_imagegen.engines.storyboard.sets.interior import paint_interior
from studio_imagegen.engines.storyboard.sets.nature import (
    paint_field,
    paint_forest,
    paint_harbour,
    paint_mountain,
    paint_sea,
)
from studio_imagegen.engines.storyboard.staging import Staging

EXTERIORS: dict[str, Callable[[Plate, Staging], None]] = {
    "STREET": paint_street,
    "SKYLINE": paint_skyline,
    "FOREST": paint_forest,
    "FIELD": paint_field,
    "MOUNTAIN": paint_mountain,
    "SEA": paint_sea,
    "HARBOUR": paint_harbour,
    "STATION": paint_street,
    "EXTERIOR": paint_field,
}


def paint_set(plate: Plate, staging: Staging) -> None:
    """Paint the staging's place on an opaque plate."""
    paint = paint_interior if staging.inside else EXTERIORS.get(staging.kind, paint_field)
    paint(plate, staging)
