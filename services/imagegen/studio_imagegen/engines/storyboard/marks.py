"""A mark: where a figure stands in the frame, and how."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.orders import Figure


@dataclass(frozen=True, slots=True)
class Mark:
    """Feet at (x, y) of the frame in frame heights, x 0 in the middle; `height` in frame heights.

    `facing` is 1 to the right, -1 to the left. `pose` is of pose.POSES, `prop` of props.PROPS or empty,
    `expression` of expression.EXPRESSIONS. `turned` means seen from behind, in the foreground;
    `away` seen from behind where they stand. `rest` is what somebody lies on: SOFA, BED or nothing.
    Who is `seated` sits, whatever the arms of the pose do.
    """

    figure: Figure
    x: float
    y: float
    height: float
    facing: int
    pose: str = "STAND"
    prop: str = ""
    expression: str = "CALM"
    speaks: bool = False
    turned: bool = False
    away: bool = False
    rest: str = ""
    seated: bool = False
