"""How a film looks beyond its shots: the style of its captions, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

Rgb = tuple[int, int, int]

LETTER_WIDTH_SHARE = 0.5
"""How wide a letter is on average, of its size."""
LINE_WIDTH_SHARE = 0.9
"""The most of the picture's width that a line takes."""
LINE_LEAST_CHARACTERS = 12


class Position(IntEnum):
    """Where captions stand; the numbers are the contract's."""

    BOTTOM = 1
    TOP = 2
    MIDDLE = 3


class Corner(IntEnum):
    """A corner of the picture; the numbers are the contract's."""

    TOP_LEFT = 1
    TOP_RIGHT = 2
    BOTTOM_LEFT = 3
    BOTTOM_RIGHT = 4

    @property
    def is_top(self) -> bool:
        """Whether it is one of the upper two."""
        return self in (Corner.TOP_LEFT, Corner.TOP_RIGHT)

    @property
    def is_left(self) -> bool:
        """Whether it is one of the left two."""
        return self in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """How captions look. A colour of None is not drawn; `font_role` is that of a brought font."""

    font: str = "sans"
    font_role: str = ""
    size_permille: int = 50
    text: Rgb = (255, 255, 255)
    outline: Rgb | None = None
    outline_permille: int = 0
    box: Rgb | None = None
    box_opacity_percent: int = 0
    position: Position = Position.BOTTOM
    margin_permille: int = 60
    max_lines: int = 2
    line_max_characters: int = 42
    burned_in: bool = False

    def size_px(self, height_px: int) -> int:
        """How large letters are in a picture."""
        return max(8, round(height_px * self.size_permille / 1_000))

    def line_characters(self, width_px: int, height_px: int) -> int:
        """The most characters of a line that has room in a picture."""
        room = int(width_px * LINE_WIDTH_SHARE / (self.size_px(height_px) * LETTER_WIDTH_SHARE))
        return min(self.line_max_characters, max(room, LINE_LEAST_CHARACTERS))


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose a film is. An empty role is of no file; a colour of None is the composer's own."""

    logo_role: str = ""
    title_font_role: str = ""
    text_font_role: str = ""
    ground: Rgb | None = None
    text: Rgb | None = None
    accent: Rgb | None = None
    end_card_logo: bool = False
    watermark_corner: Corner | None = None
    watermark_width_permille: int = 0
    watermark_opacity_percent: int = 0


def rgb_of(written: str) -> Rgb | None:
    """The colour of "#rrggbb"; None for an empty one. Raises ValueError for anything else."""
    if not written:
        return None
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue
