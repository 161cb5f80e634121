"""Title and end cards: letters and a logo on a ground, drawn once and faded in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studio_composer.card_looks import CardLook, house_look
from studio_composer.fades import Fades, dimmed
from studio_composer.logos import fitted
from studio_composer.looks import Rgb
from studio_composer.typefaces import Typeface
from studio_media.picture import Planes, planes_from_rgb

TITLE_MAX_LINES = 4
LOGO_WIDTH_SHARE, LOGO_HEIGHT_SHARE = 0.6, 0.3
"""The most that a logo takes of an end card, of its shorter side."""
_GROUND = np.array([10.0, 11.0, 14.0], np.float32)
_GLOW = np.array([30.0, 29.0, 32.0], np.float32)


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: a headline in capitals, a small italic line and a name in small capitals.

    A logo, RGBA, stands above them; without a headline it stands alone.
    """

    headline: str
    small_line: str = ""
    name: str = ""
    logo: Image.Image | None = None


def card_frames(
    card: Card, width_px: int, height_px: int, length_frames: int, look: CardLook | None = None
) -> Iterator[Planes]:
    """Yield a card's pictures: from black over a third of its length, and to black over a quarter."""
    look = look or house_look()
    drawn = drawn_logo_card if card.logo else drawn_card
    picture = planes_from_rgb(drawn(card, width_px, height_px, look))
    fades = Fades(length_frames // 3, length_frames // 4)
    for frame in range(length_frames):
        yield dimmed(picture, fades.gain(frame, length_frames))


def credit_frames(
    lines: Sequence[str],
    width_px: int,
    height_px: int,
    length_frames: int,
    look: CardLook | None = None,
) -> Iterator[Planes]:
    """Yield the pictures of a page of credits, one line each, from black and to black."""
    picture = planes_from_rgb(drawn_credits(lines, width_px, height_px, look or house_look()))
    fades = Fades(length_frames // 6, length_frames // 6)
    for frame in range(length_frames):
        yield dimmed(picture, fades.gain(frame, length_frames))


def drawn_card(card: Card, width_px: int, height_px: int, look: CardLook) -> NDArray[np.uint8]:
    """Draw a card without a logo as RGB of shape (height, width, 3)."""
    image = _blank(width_px, height_px, look)
    draw = ImageDraw.Draw(image)
    lines, size_px = _headline(card.headline, width_px, height_px, look)
    pen = _Pen(draw, look.title, size_px, look.ink, look.tracking)
    step_px = round(size_px * 1.28)
    small_px = max(9, round(height_px * 0.034))
    top_px = round(height_px * 0.47 - step_px * len(lines) / 2)
    for index, line in enumerate(lines):
        pen.write(line, width_px / 2, top_px + index * step_px)
    rule_px = top_px + step_px * len(lines) + round(small_px * 1.1)
    _rule(draw, width_px, height_px, rule_px, look.accent)
    below_px = rule_px + round(small_px * 1.1)
    room_px = width_px * 0.9
    if card.small_line:
        size_px = _fitting_px(card.small_line, look.small, small_px, 0.02, room_px)
        _Pen(draw, look.small, size_px, look.quiet, 0.02).write(card.small_line, width_px / 2, below_px)
        below_px += round(small_px * 1.6)
    if card.name:
        name = card.name.upper()
        name_px = _fitting_px(name, look.text, max(8, round(small_px * 0.86)), 0.22, room_px)
        _Pen(draw, look.text, name_px, look.ink, 0.22).write(name, width_px / 2, below_px)
    return np.asarray(image, dtype=np.uint8)


def drawn_logo_card(card: Card, width_px: int, height_px: int, look: CardLook) -> NDArray[np.uint8]:
    """Draw a logo, with the headline below it as it is written, as RGB of shape (height, width, 3)."""
    image = _blank(width_px, height_px, look)
    if card.logo is None:
        raise ValueError("a card without a logo")
    side_px = min(width_px, height_px)
    logo = fitted(card.logo, side_px * LOGO_WIDTH_SHARE, side_px * LOGO_HEIGHT_SHARE)
    size_px = max(9, round(side_px * 0.05))
    lines = _broken(card.headline.split(), look.text, size_px, 0.04, width_px * 0.8) if card.headline else []
    step_px, gap_px = round(size_px * 1.35), round(side_px * 0.075) if lines else 0
    # A little above the middle, where the eye looks for it.
    top_px = round((height_px - logo.height - gap_px - step_px * len(lines)) * 0.48)
    image.paste(logo, ((width_px - logo.width) // 2, top_px), logo)
    pen = _Pen(ImageDraw.Draw(image), look.text, size_px, look.ink, 0.04)
    for index, line in enumerate(lines):
        pen.write(line, width_px / 2, top_px + logo.height + gap_px + index * step_px)
    return np.asarray(image, dtype=np.uint8)


def drawn_credits(lines: Sequence[str], width_px: int, height_px: int, look: CardLook) -> NDArray[np.uint8]:
    """Draw a page of credits as RGB of shape (height, width, 3); a line too long for the page is smaller."""
    image = _blank(width_px, height_px, look)
    draw = ImageDraw.Draw(image)
    step_px = round(height_px * 0.09)
    top_px = (height_px - step_px * len(lines)) / 2
    for index, line in enumerate(lines):
        size_px = _fitting_px(line, look.text, max(9, round(height_px * 0.045)), 0.02, width_px * 0.9)
        _Pen(draw, look.text, size_px, look.ink, 0.02).write(line, width_px / 2, top_px + index * step_px)
    return np.asarray(image, dtype=np.uint8)


def _blank(width_px: int, height_px: int, look: CardLook) -> Image.Image:
    if look.ground is None:
        return Image.fromarray(_ground(width_px, height_px))
    return Image.new("RGB", (width_px, height_px), look.ground)


@lru_cache(maxsize=2)
def _ground(width_px: int, height_px: int) -> NDArray[np.uint8]:
    rows = np.exp(-1.6 * ((np.arange(height_px)[:, None] / height_px - 0.46) / 0.52) ** 2)
    columns = np.exp(-1.6 * ((np.arange(width_px)[None, :] / width_px - 0.5) / 0.62) ** 2)
    light = (rows * columns).astype(np.float32)[:, :, None]
    # A fixed dither hides the steps of so dark a gradient; two dice together lie in the middle more often.
    dice = np.random.default_rng(7).random((2, height_px, width_px, 1), np.float32)
    levels = _GROUND * np.float32(0.6) + (_GLOW - _GROUND * np.float32(0.6)) * light + (dice[0] - dice[1])
    ground: NDArray[np.uint8] = np.rint(levels).clip(0, 255).astype(np.uint8)
    return ground


def _headline(text: str, width_px: int, height_px: int, look: CardLook) -> tuple[list[str], int]:
    face, tracking = look.title, look.tracking
    words = text.upper().split() or [""]
    for share in (0.115, 0.1, 0.088, 0.076, 0.066, 0.056, 0.046, 0.036):
        size_px = max(8, round(height_px * share))
        lines = _broken(words, face, size_px, tracking, width_px * 0.8)
        room = len(lines) <= (1 if share > 0.1 else TITLE_MAX_LINES)
        if room and all(_width(line, face, size_px, tracking) <= width_px * 0.86 for line in lines):
            return lines, size_px
    return _broken(words, face, size_px, tracking, width_px * 0.86)[:TITLE_MAX_LINES], size_px


def _broken(words: list[str], face: Typeface, size_px: int, tracking: float, width_px: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _width(longer, face, size_px, tracking) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes lines of one font, size and colour, `tracking` of the size between letters."""

    draw: ImageDraw.ImageDraw
    face: Typeface
    size_px: int
    colour: Rgb
    tracking: float

    def write(self, text: str, centre_px: float, top_px: float) -> None:
        """Write a line around its centre, without the letters that the font lacks."""
        font = self.face.at(self.size_px)
        at_px = centre_px - _width(text, self.face, self.size_px, self.tracking) / 2
        for letter in self.face.drawable(text):
            self.draw.text((at_px, top_px), letter, font=font, fill=self.colour)
            at_px += font.getlength(letter) + font.size * self.tracking


def _fitting_px(text: str, face: Typeface, size_px: int, tracking: float, room_px: float) -> int:
    """The size at which a line has room, at most this one."""
    while size_px > 7 and _width(text, face, size_px, tracking) > room_px:
        size_px -= 1
    return size_px


def _width(text: str, face: Typeface, size_px: int, tracking: float) -> float:
    font, drawn = face.at(size_px), face.drawable(text)
    return sum(font.getlength(letter) for letter in drawn) + font.size * tracking * max(0, len(drawn) - 1)


def _rule(draw: ImageDraw.ImageDraw, width_px: int, height_px: int, at_px: int, colour: Rgb) -> None:
    half_px = width_px * 0.07
    middle_px = width_px / 2
    gem_px = max(2.0, height_px * 0.006)
    thick_px = max(1, round(height_px / 720))
    for side in (-1, 1):
        ends = sorted((middle_px + side * gem_px * 2.4, middle_px + side * half_px))
        draw.line([(ends[0], at_px), (ends[1], at_px)], fill=colour, width=thick_px)
    gem = [(0, -gem_px), (gem_px, 0), (0, gem_px), (-gem_px, 0)]
    draw.polygon([(middle_px + x, at_px + y) for x, y in gem], fill=colour)
