"""The sets: what stands behind the figures, by kind of place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio_imagegen.engines.storyboard.plate import Plate
from studio_imagegen.engines.storyboard.sets.castle import paint_castle
from studio_imagegen.engines.storyboard.sets.city import paint_skyline, paint_street
from studio_imagegen.engines.storyboard.sets.dressing import dress
from studio_imagegen.engines.storyboard.sets.interior import paint_interior
from studio_imagegen.engines.storyboard.sets.land import (
    paint_desert,
    paint_field,
    paint_mountain,
    paint_road,
)
from studio_imagegen.engines.storyboard.sets.orchard import paint_orchard
from studio_imagegen.engines.storyboard.sets.settled import (
    paint_car,
    paint_platform,
    paint_space,
    paint_village,
)
from studio_imagegen.engines.storyboard.sets.shore import (
    paint_beach,
    paint_bridge,
    paint_deck,
    paint_harbour,
    paint_river,
    paint_sea,
)
from studio_imagegen.engines.storyboard.sets.woods import (
    paint_cave,
    paint_forest,
    paint_graveyard,
    paint_park,
)
from studio_imagegen.engines.storyboard.staging import Staging

Painter = Callable[[Plate, Staging], None]

EXTERIORS: Mapping[str, Painter] = {
    "SPACE": paint_space,
    "CASTLE": paint_castle,
    "ORCHARD": paint_orchard,
    "BRIDGE": paint_bridge,
    "VILLAGE": paint_village,
    "SKYLINE": paint_skyline,
    "HARBOUR": paint_harbour,
    "SHIP": paint_deck,
    "BEACH": paint_beach,
    "SEA": paint_sea,
    "RIVER": paint_river,
    "GRAVEYARD": paint_graveyard,
    "CAVE": paint_cave,
    "DESERT": paint_desert,
    "PARK": paint_park,
    "FOREST": paint_forest,
    "MOUNTAIN": paint_mountain,
    "STATION": paint_platform,
    "STREET": paint_street,
    "ROAD": paint_road,
    "FIELD": paint_field,
}
INTERIORS: Mapping[str, Painter] = {"CAR": paint_car, "CAVE": paint_cave}


def paint_set(plate: Plate, staging: Staging) -> None:
    """Paint the staging's place on a plate, and what the action says is there."""
    paint = INTERIORS.get(staging.kind, paint_interior) if staging.inside else EXTERIORS[staging.kind]
    paint(plate, staging)
    dress(plate, staging)
