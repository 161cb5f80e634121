"""Colours as people write them, and how well letters of one are told from another."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONTRAST_OF_TEXT_MIN = 4.5
CONTRAST_OF_SHAPES_MIN = 3.0

_WRITTEN = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour; each part is 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def read(cls, written: str) -> Colour | None:
        """The colour of "#RRGGBB"; None for anything else."""
        if not _WRITTEN.fullmatch(written):
            return None
        return cls(*bytes.fromhex(written[1:]))

    def over(self, ground: Colour, opacity_percent: int) -> Colour:
        """What shows where this lies over a ground and hides so much of it."""
        own, below = (self.red, self.green, self.blue), (ground.red, ground.green, ground.blue)
        pairs = zip(own, below, strict=True)
        return Colour(*(round((a * opacity_percent + b * (100 - opacity_percent)) / 100) for a, b in pairs))


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.1, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def contrast_over_pictures(letters: Colour, box: Colour, opacity_percent: int) -> float:
    """The least contrast of letters on a box that lies over any picture."""
    return min(contrast(letters, box.over(picture, opacity_percent)) for picture in (BLACK, WHITE))


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in (colour.red, colour.green, colour.blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
