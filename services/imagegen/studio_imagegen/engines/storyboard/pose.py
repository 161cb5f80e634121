"""How a figure holds itself: joints in figure heights, x towards where it faces, y up from the feet."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.engines.storyboard.pen import Point


@dataclass(frozen=True, slots=True)
class Pose:
    """Elbow and wrist of each arm, knee and ankle of each leg; `back` is the side away from the viewer.

    `drop` lowers hips and all above them; `lean` moves the shoulders forward.
    """

    front_arm: tuple[Point, Point] = ((0.075, 0.63), (0.09, 0.48))
    back_arm: tuple[Point, Point] = ((-0.095, 0.63), (-0.09, 0.48))
    front_leg: tuple[Point, Point] = ((0.055, 0.27), (0.06, 0.035))
    back_leg: tuple[Point, Point] = ((-0.045, 0.27), (-0.055, 0.035))
    drop: float = 0.0
    lean: float = 0.0


REACHING = ((0.1, 0.65), (0.2, 0.65))

POSES = {
    "STAND": Pose(),
    "TALK": Pose(front_arm=((0.1, 0.64), (0.185, 0.7))),
    "HOLD": Pose(front_arm=REACHING, back_arm=((-0.06, 0.63), (0.12, 0.62))),
    "POINT": Pose(front_arm=((0.17, 0.77), (0.31, 0.79))),
    "PHONE": Pose(front_arm=((0.13, 0.7), (0.055, 0.87))),
    "WALK": Pose(
        front_arm=((0.1, 0.64), (0.16, 0.52)),
        back_arm=((-0.12, 0.64), (-0.15, 0.5)),
        front_leg=((0.1, 0.28), (0.14, 0.035)),
        back_leg=((-0.04, 0.27), (-0.15, 0.06)),
        lean=0.012,
    ),
    "RUN": Pose(
        front_arm=((-0.1, 0.66), (-0.04, 0.56)),
        back_arm=((0.15, 0.66), (0.22, 0.75)),
        front_leg=((0.16, 0.36), (0.13, 0.14)),
        back_leg=((-0.08, 0.26), (-0.27, 0.22)),
        lean=0.06,
    ),
    "SIT": Pose(
        front_arm=((0.1, 0.64), (0.2, 0.56)),
        back_arm=((-0.08, 0.63), (0.1, 0.55)),
        front_leg=((0.25, 0.5), (0.25, 0.26)),
        back_leg=((0.2, 0.48), (0.19, 0.24)),
        drop=0.22,
    ),
}
