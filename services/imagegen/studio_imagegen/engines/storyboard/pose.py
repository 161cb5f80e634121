"""How a figure holds itself: joints in figure heights, x towards where it faces, y up from the feet."""

from __future__ import annotations

from dataclasses import dataclass

from studio_imagegen.engines.storyboard.pen import Point

Joints = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Pose:
    """Elbow and wrist of each arm, knee and ankle of each leg; `near` is the side of the viewer.

    `drop` lowers hips, arms and all above them; `lean` moves the shoulders forward, `nod` the head down.
    `holds` is the arm that has a thing in its hand: NEAR or FAR.
    """

    near_arm: Joints = ((-0.135, 0.62), (-0.115, 0.475))
    far_arm: Joints = ((0.125, 0.62), (0.125, 0.48))
    near_leg: Joints = ((-0.045, 0.26), (-0.05, 0.03))
    far_leg: Joints = ((0.05, 0.265), (0.055, 0.035))
    drop: float = 0.0
    lean: float = 0.0
    nod: float = 0.0
    holds: str = "FAR"


SEATED_LEGS: Joints = ((0.20, 0.27), (0.19, 0.03))
SEATED_FAR: Joints = ((0.24, 0.28), (0.25, 0.035))

POSES = {
    "STAND": Pose(),
    "POCKETS": Pose(near_arm=((-0.145, 0.63), (-0.085, 0.51)), far_arm=((0.14, 0.63), (0.085, 0.51))),
    "CROSSED": Pose(near_arm=((-0.14, 0.645), (0.06, 0.665)), far_arm=((0.14, 0.645), (-0.03, 0.69))),
    "HIPS": Pose(near_arm=((-0.19, 0.655), (-0.085, 0.545)), far_arm=((0.125, 0.62), (0.125, 0.48))),
    "TALK": Pose(near_arm=((-0.14, 0.63), (-0.02, 0.60)), far_arm=((0.15, 0.64), (0.225, 0.735))),
    "HOLD": Pose(near_arm=((-0.135, 0.63), (0.08, 0.645)), far_arm=((0.145, 0.635), (0.165, 0.70)), nod=0.01),
    "READ": Pose(near_arm=((-0.135, 0.625), (0.10, 0.655)), far_arm=((0.145, 0.62), (0.19, 0.665)), nod=0.02),
    "CARRY": Pose(near_arm=((-0.155, 0.64), (-0.035, 0.60)), holds="NEAR"),
    "POINT": Pose(far_arm=((0.20, 0.765), (0.335, 0.79))),
    "REACH": Pose(
        near_arm=((-0.135, 0.63), (0.03, 0.61)), far_arm=((0.17, 0.68), (0.285, 0.705)), lean=0.012
    ),
    "KNOCK": Pose(far_arm=((0.18, 0.70), (0.225, 0.85)), lean=0.01),
    "WAVE": Pose(far_arm=((0.19, 0.80), (0.23, 0.97))),
    "PHONE": Pose(near_arm=((-0.19, 0.70), (-0.075, 0.865)), holds="NEAR"),
    "COVER": Pose(near_arm=((-0.13, 0.66), (0.03, 0.85)), far_arm=((0.14, 0.66), (0.075, 0.845)), nod=0.02),
    "WALK": Pose(
        near_arm=((-0.15, 0.635), (-0.20, 0.52)),
        far_arm=((0.13, 0.64), (0.19, 0.53)),
        near_leg=((-0.055, 0.27), (-0.15, 0.05)),
        far_leg=((0.10, 0.28), (0.13, 0.03)),
        lean=0.012,
    ),
    "RUN": Pose(
        near_arm=((-0.19, 0.68), (-0.12, 0.57)),
        far_arm=((0.18, 0.68), (0.25, 0.78)),
        near_leg=((-0.06, 0.27), (-0.26, 0.22)),
        far_leg=((0.17, 0.36), (0.15, 0.12)),
        lean=0.055,
    ),
    "CLIMB": Pose(
        near_arm=((-0.155, 0.64), (-0.035, 0.60)),
        far_arm=((0.19, 0.82), (0.21, 0.97)),
        near_leg=((-0.04, 0.26), (-0.06, 0.03)),
        far_leg=((0.17, 0.42), (0.16, 0.22)),
        lean=0.02,
        holds="NEAR",
    ),
    "SIT": Pose(
        near_arm=((-0.12, 0.63), (0.07, 0.575)),
        far_arm=((0.15, 0.63), (0.19, 0.57)),
        near_leg=SEATED_LEGS,
        far_leg=SEATED_FAR,
        drop=0.2,
    ),
    "DRIVE": Pose(
        near_arm=((-0.06, 0.63), (0.16, 0.66)),
        far_arm=((0.16, 0.65), (0.25, 0.69)),
        near_leg=SEATED_LEGS,
        far_leg=SEATED_FAR,
        drop=0.2,
    ),
    "KNEEL": Pose(
        near_arm=((-0.11, 0.63), (0.08, 0.60)),
        far_arm=((0.14, 0.64), (0.19, 0.60)),
        near_leg=((0.06, 0.05), (-0.14, 0.04)),
        far_leg=((0.16, 0.27), (0.16, 0.035)),
        drop=0.2,
    ),
}
