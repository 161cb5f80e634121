"""Where words may stand: away from a picture's edges, and in upright ones from the buttons of platforms."""

from __future__ import annotations

from dataclasses import dataclass

UPRIGHT_TOP_SHARE, UPRIGHT_BOTTOM_SHARE, UPRIGHT_SIDE_SHARE = 0.12, 0.2, 0.13
"""What feeds of upright films cover at most, of a picture of 9:16: names above, texts and buttons below and
at the right side; as much is left at the left, so that what is centred stays so."""
TITLE_SHARE = 0.05
"""The edge of other pictures that graphics keep out of (EBU R 95)."""
CAPTIONS_SHARE = 0.2
"""The lower part of other pictures, which is left to captions."""


@dataclass(frozen=True, slots=True)
class SafeArea:
    """The part of a picture that nothing covers; lower thirds end at `lower_third_px`, above captions."""

    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    lower_third_px: int

    @property
    def width_px(self) -> int:
        """How wide it is."""
        return self.right_px - self.left_px


def is_upright(width_px: int, height_px: int) -> bool:
    """Whether a picture is made for feeds: at least a quarter higher than wide."""
    return height_px * 4 >= width_px * 5


def safe_area(width_px: int, height_px: int) -> SafeArea:
    """That of a picture of this size."""
    if not is_upright(width_px, height_px):
        left, top = round(width_px * TITLE_SHARE), round(height_px * TITLE_SHARE)
        lower_third = round(height_px * (1 - CAPTIONS_SHARE))
        return SafeArea(left, top, width_px - left, height_px - top, lower_third)
    left, bottom = round(width_px * UPRIGHT_SIDE_SHARE), round(height_px * (1 - UPRIGHT_BOTTOM_SHARE))
    top = round(height_px * UPRIGHT_TOP_SHARE)
    return SafeArea(left, top, width_px - left, bottom, bottom - round(height_px * UPRIGHT_BOTTOM_SHARE / 2))
