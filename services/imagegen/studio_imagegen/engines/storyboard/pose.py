"""How a figure holds itself: joints in figure heights, x towards where it faces, y up from the feet."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
SEATED_DROP = 0.2
HIP_Y, THIGH = 0.5, 0.2
# How high who lies is, on something and on the ground.
LYING_HIGH, LYING_LOW = 0.26, 0.1


def over_lap(point: Point) -> Point:
    """A point of what somebody who stands wears, where it is when they sit: over the thighs, then down."""
    x, y = point
    below = HIP_Y - y
    if below <= 0:
        return point
    along = min(1.0, below / THIGH)
    down = max(0.0, below - THIGH)
    slant = 0.3 * along * max(0.0, 1.0 - down / (0.5 * THIGH))
    return (x * (1.0 - 0.4 * along) + THIGH * along, HIP_Y + slant * x - down)


def lain(point: Point, *, on_something: bool) -> Point:
    """A point of who stands, where it is when they lie on their back, feet towards where they face."""
    return (0.48 - point[1], point[0] + (LYING_HIGH if on_something else LYING_LOW))


def seated(pose: Pose) -> Pose:
    """A pose's arms and head on who sits."""
    if pose.drop:
        return pose
    return replace(pose, near_leg=SEATED_LEGS, far_leg=SEATED_FAR, drop=SEATED_DROP, lean=0.0)


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
        drop=SEATED_DROP,
    ),
    "DRIVE": Pose(
        near_arm=((-0.10, 0.63), (0.06, 0.625)),
        far_arm=((0.15, 0.63), (0.155, 0.66)),
        near_leg=SEATED_LEGS,
        far_leg=SEATED_FAR,
        drop=SEATED_DROP,
    ),
    "KNEEL": Pose(
        near_arm=((-0.11, 0.63), (0.08, 0.60)),
        far_arm=((0.14, 0.64), (0.19, 0.60)),
        near_leg=((0.06, 0.05), (-0.14, 0.04)),
        far_leg=((0.16, 0.27), (0.16, 0.035)),
        drop=0.2,
    ),
    "LIE": Pose(near_arm=((-0.06, 0.62), (0.075, 0.57)), far_arm=((0.125, 0.63), (0.10, 0.50))),
    "LEAVE": Pose(
        near_arm=((-0.15, 0.635), (-0.19, 0.52)),
        far_arm=((0.15, 0.635), (0.17, 0.51)),
        near_leg=((-0.05, 0.27), (-0.09, 0.06)),
        far_leg=((0.06, 0.27), (0.08, 0.0)),
    ),
    "AWAY": Pose(),
    "SALUTE": Pose(near_arm=((-0.225, 0.78), (-0.05, 0.925))),
    "GIVE": Pose(
        near_arm=((-0.135, 0.625), (-0.09, 0.50)), far_arm=((0.17, 0.675), (0.30, 0.69)), lean=0.015
    ),
    "TAKE": Pose(near_arm=((-0.11, 0.64), (0.12, 0.645)), far_arm=((0.17, 0.665), (0.27, 0.665)), lean=0.012),
    "SHAKE": Pose(far_arm=((0.16, 0.655), (0.285, 0.64)), lean=0.01),
    "EMBRACE": Pose(near_arm=((-0.03, 0.70), (0.18, 0.73)), far_arm=((0.16, 0.73), (0.24, 0.71)), lean=0.03),
    "AIM": Pose(near_arm=((-0.02, 0.70), (0.25, 0.775)), far_arm=((0.19, 0.775), (0.33, 0.795)), lean=0.01),
    "FALL": Pose(
        near_arm=((-0.20, 0.78), (-0.27, 0.90)),
        far_arm=((0.20, 0.72), (0.31, 0.62)),
        near_leg=((-0.10, 0.25), (-0.28, 0.12)),
        far_leg=((0.12, 0.24), (0.02, 0.03)),
        drop=0.07,
        lean=0.09,
    ),
    "WRITE": Pose(near_arm=((-0.13, 0.63), (0.11, 0.645)), far_arm=((0.145, 0.61), (0.17, 0.635)), nod=0.03),
    "PRAY": Pose(near_arm=((-0.12, 0.64), (0.085, 0.715)), far_arm=((0.14, 0.64), (0.11, 0.72)), nod=0.03),
    "DRINK": Pose(near_arm=((-0.16, 0.70), (0.085, 0.80)), holds="NEAR"),
    "CHEER": Pose(near_arm=((-0.19, 0.87), (-0.20, 1.03)), far_arm=((0.19, 0.87), (0.22, 1.03))),
    "BOW": Pose(
        near_arm=((-0.08, 0.64), (0.08, 0.60)), far_arm=((0.12, 0.60), (0.06, 0.46)), lean=0.075, nod=0.05
    ),
    "DANCE": Pose(
        near_arm=((-0.20, 0.81), (-0.13, 0.96)),
        far_arm=((0.20, 0.70), (0.31, 0.75)),
        near_leg=((-0.06, 0.27), (-0.10, 0.03)),
        far_leg=((0.17, 0.34), (0.11, 0.18)),
        lean=0.015,
    ),
    "SHRUG": Pose(near_arm=((-0.17, 0.66), (-0.25, 0.74)), far_arm=((0.18, 0.66), (0.27, 0.745))),
    "SHIVER": Pose(
        near_arm=((-0.125, 0.645), (0.085, 0.73)),
        far_arm=((0.14, 0.645), (-0.05, 0.735)),
        lean=0.012,
        nod=0.03,
    ),
    "THINK": Pose(near_arm=((-0.11, 0.635), (0.06, 0.80)), far_arm=((0.14, 0.635), (0.0, 0.655)), nod=0.01),
    "SHIELD": Pose(near_arm=((-0.19, 0.80), (0.03, 0.945)), lean=0.015),
    "LISTEN": Pose(near_arm=((-0.205, 0.73), (-0.08, 0.88)), lean=0.03),
    "HIDE": Pose(
        near_arm=((-0.10, 0.60), (0.10, 0.68)),
        far_arm=((0.14, 0.62), (0.16, 0.70)),
        near_leg=((0.10, 0.16), (-0.08, 0.03)),
        far_leg=((0.20, 0.24), (0.12, 0.035)),
        drop=0.23,
        lean=0.05,
        nod=0.02,
    ),
    "PUSH": Pose(
        near_arm=((0.0, 0.70), (0.23, 0.735)),
        far_arm=((0.17, 0.74), (0.30, 0.765)),
        near_leg=((-0.11, 0.25), (-0.26, 0.04)),
        far_leg=((0.08, 0.28), (0.04, 0.03)),
        lean=0.06,
    ),
}
