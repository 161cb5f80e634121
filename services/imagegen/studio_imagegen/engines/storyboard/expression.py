"""Faces' expressions: which one the words ask for, and how brows, eyes and mouth then stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio_imagegen.engines.storyboard.drawing import Tones
from studio_imagegen.engines.storyboard.pen import Ink, Pen, Point

MOUTH = (0.165, 0.165)
NEAR_EYE, FAR_EYE = (0.015, 0.088), (0.292, 0.062)
EYE_Y = 0.50
LASHES = (0.014, 0.026, 0.026, 0.016)


@dataclass(frozen=True, slots=True)
class Expression:
    """Head heights, added to a calm face's; `lids` is how far the eyes are open against a calm face's.

    `brow_inner` and `brow_outer` raise the ends of the brows, `corners` the ends of the mouth; `open` is
    how high the open mouth is, `purse` how much narrower; `gaze` moves the pupils, forward and up.
    """

    brow_inner: float = 0.0
    brow_outer: float = 0.0
    lids: float = 1.0
    corners: float = 0.012
    open: float = 0.0
    purse: float = 0.0
    gaze: Point = (0.022, 0.0)


EXPRESSIONS = {
    "CALM": Expression(),
    "SMILE": Expression(0.012, 0.004, 0.82, 0.042),
    "JOY": Expression(0.025, 0.015, 0.7, 0.05, 0.075),
    "FEAR": Expression(0.045, -0.005, 1.35, -0.012, 0.035, 0.25),
    "ANGER": Expression(-0.05, 0.025, 0.75, -0.018),
    "SORROW": Expression(0.045, -0.03, 0.72, -0.026, gaze=(0.02, -0.018)),
    "SURPRISE": Expression(0.05, 0.05, 1.4, 0.0, 0.07, 0.4),
    "DOWNCAST": Expression(0.0, -0.008, 0.55, 0.006, gaze=(0.025, -0.026)),
    "ASLEEP": Expression(0.004, -0.006, 0.0, 0.0),
    "STRAIN": Expression(-0.03, 0.0, 0.65, -0.01, 0.03),
}
SPOKEN_OPEN = 0.062
TEETH_GAP_MIN = 0.05
RUGGED_BROW, RUGGED_LASH = 1.5, 0.6


@dataclass(frozen=True, slots=True)
class Moment:
    """A face at a moment of speech: how open its mouth is, head heights, and whether its eyes are shut."""

    gap: float = 0.0
    blinks: bool = False


# From shut to wide open.
SPOKEN_GAPS = (0.0, 0.026, 0.05, 0.08)


def draw_features(
    pen: Pen,
    expression: Expression,
    *,
    speaks: bool,
    rugged: bool,
    tones: Tones,
    moment: Moment | None = None,
) -> None:
    """Draw eyes, brows and mouth on a face, in head heights; as they are at a moment where one is given."""
    brow, lash = (RUGGED_BROW, RUGGED_LASH) if rugged else (1.0, 1.0)

    def ink(tone: str) -> Ink:
        red, green, blue = tones(tone)
        return (round(red), round(green), round(blue), 255)

    for x, half in (NEAR_EYE, FAR_EYE):
        if expression.lids == 0.0 or (moment is not None and moment.blinks):
            _shut_eye(pen, x, half, lash, ink)
        else:
            _eye(pen, expression, x, half, lash, ink)
    inner, outer = expression.brow_inner, expression.brow_outer
    pen.stroke(
        [(-0.10, 0.615 + outer), (0.0, 0.648 + (inner + outer) / 2), (0.115, 0.628 + inner)],
        [0.018 * brow, 0.036 * brow, 0.026 * brow],
        ink("brow"),
    )
    pen.stroke(
        [(0.225, 0.628 + inner), (0.30, 0.648 + (inner + outer) / 2), (0.365, 0.618 + outer)],
        [0.024 * brow, 0.032 * brow, 0.016 * brow],
        ink("brow"),
    )
    spoken = SPOKEN_OPEN if speaks else 0.0
    _mouth(pen, expression, max(expression.open, spoken) if moment is None else moment.gap, ink)


def _eye(
    pen: Pen, expression: Expression, x: float, half: float, lash: float, ink: Callable[[str], Ink]
) -> None:
    high = 0.05 * expression.lids
    top = [(x - half, EYE_Y - 0.008), (x - half * 0.3, EYE_Y + high), (x + half * 0.5, EYE_Y + high * 0.85)]
    end = (x + half, EYE_Y - 0.004)
    pen.blob(
        [*top, end, (x + half * 0.3, EYE_Y - high * 0.72), (x - half * 0.5, EYE_Y - high * 0.6)], ink("eye")
    )
    pupil_x, pupil_y = x + expression.gaze[0] * half / 0.088, EYE_Y + expression.gaze[1] + high * 0.08
    radius = min(0.044, high * 0.95)
    pen.disc(pupil_x, pupil_y, radius * half / 0.088, radius, ink("pupil"))
    pen.disc(pupil_x + 0.014, pupil_y + radius * 0.4, 0.011, 0.011, ink("spark"))
    pen.stroke([*top, end], [lash * width for width in LASHES], ink("lash"))


def _shut_eye(pen: Pen, x: float, half: float, lash: float, ink: Callable[[str], Ink]) -> None:
    """A lid, and the lashes low on it."""
    pen.blob([(x - half, EYE_Y), (x, EYE_Y + 0.045), (x + half, EYE_Y), (x, EYE_Y - 0.04)], ink("blush"))
    low = [(x - half, EYE_Y - 0.008), (x - half * 0.3, EYE_Y - 0.03), (x + half * 0.5, EYE_Y - 0.03)]
    pen.stroke([*low, (x + half, EYE_Y - 0.004)], [lash * width for width in LASHES], ink("lash"))


def _mouth(pen: Pen, expression: Expression, gap: float, ink: Callable[[str], Ink]) -> None:
    x, y = MOUTH
    near, far = 0.108 * (1 - expression.purse), 0.082 * (1 - expression.purse)
    corner = y + expression.corners
    if gap > 0.0:
        dip = -0.25 * expression.corners
        outline = [(x - near, corner), (x - near * 0.3, y + gap * 0.42), (x + far * 0.4, y + gap * 0.4)]
        low = [(x + far * 0.5, y - gap * 0.75 + dip), (x - near * 0.4, y - gap * 0.8 + dip)]
        pen.blob([*outline, (x + far, corner), *low], ink("lips"))
        if gap > TEETH_GAP_MIN:
            pen.disc(x, y + gap * 0.26, near * 0.55, gap * 0.1, ink("teeth"))
        return
    pen.stroke(
        [(x - near, corner), (x - near * 0.35, y), (x + far * 0.35, y), (x + far, corner)],
        [0.014, 0.03, 0.03, 0.014],
        ink("lips"),
    )
    pen.stroke([(x - near * 0.4, y - 0.05), (x + far * 0.4, y - 0.05)], [0.014, 0.014], ink("shade"))
