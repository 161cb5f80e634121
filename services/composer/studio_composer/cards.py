"""Title and end cards: ivory letters on a dark ground, drawn once and faded in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio_composer.fades import Fades, dimmed
from studio_media.picture import Planes, planes_from_rgb

TITLE_MAX_LINES = 4
_ROMAN = "EBGaramond-Medium.ttf"
_ITALIC = "EBGaramond-Italic.ttf"
_IVORY = (236, 228, 210)
_ASH = (158, 152, 142)
_BRASS = (150, 118, 70)
_GROUND = np.array([10.0, 11.0, 14.0])
_GLOW = np.array([30.0, 29.0, 32.0])
_TRACKING = 0.16


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: a headline in capitals, a small italic line and a name in small capitals."""

    headline: str
    small_line: str = ""
    name: str = ""


def card_frames(card: Card, width_px: int, height_px: int, length_frames: int) -> Iterator[Planes]:
    """Yield a card's pictures: from black over a third of its length, and to black over a quarter."""
    picture = planes_from_rgb(drawn_card(card, width_px, height_px))
    fades = Fades(length_frames // 3, length_frames // 4)
    for frame in range(length_frames):
        yield dimmed(picture, fades.gain(frame, length_frames))


def credit_frames(
    lines: Sequence[str], width_px: int, height_px: int, length_frames: int
) -> Iterator[Planes]:
    """Yield the pictures of a page of credits, one line each, from black and to black."""
    picture = planes_from_rgb(drawn_credits(lines, width_px, height_px))
    fades = Fades(length_frames // 6, length_frames // 6)
    for frame in range(length_frames):
        yield dimmed(picture, fades.gain(frame, length_frames))


def missing_letters(text: str) -> str:
    """Return the characters, each once, that the card's fonts can't draw."""
    known = _known_letters()
    return "".join(
        sorted({letter for letter in text.upper() if not letter.isspace() and letter not in known})
    )


def drawn_card(card: Card, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Draw a card as RGB of shape (height, width, 3)."""
    image = Image.fromarray(_ground(width_px, height_px))
    draw = ImageDraw.Draw(image)
    lines, size_px = _headline(card.headline, width_px, height_px)
    font = _font(_ROMAN, size_px)
    step_px = round(size_px * 1.28)
    small_px = max(9, round(height_px * 0.034))
    top_px = round(height_px * 0.47 - step_px * len(lines) / 2)
    for index, line in enumerate(lines):
        _spaced(draw, line, font, (width_px / 2, top_px + index * step_px), _IVORY, _TRACKING)
    rule_px = top_px + step_px * len(lines) + round(small_px * 1.1)
    _rule(draw, width_px, height_px, rule_px)
    below_px = rule_px + round(small_px * 1.1)
    if card.small_line:
        _spaced(draw, card.small_line, _font(_ITALIC, small_px), (width_px / 2, below_px), _ASH, 0.02)
        below_px += round(small_px * 1.6)
    if card.name:
        name_px = max(8, round(small_px * 0.86))
        _spaced(draw, card.name.upper(), _font(_ROMAN, name_px), (width_px / 2, below_px), _IVORY, 0.22)
    return np.asarray(image, dtype=np.uint8)


def drawn_credits(lines: Sequence[str], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Draw a page of credits as RGB of shape (height, width, 3); a line too long for the page is smaller."""
    image = Image.fromarray(_ground(width_px, height_px))
    draw = ImageDraw.Draw(image)
    step_px = round(height_px * 0.09)
    top_px = (height_px - step_px * len(lines)) / 2
    for index, line in enumerate(lines):
        size_px = max(9, round(height_px * 0.045))
        while size_px > 7 and _width(line, _font(_ROMAN, size_px), 0.02) > width_px * 0.9:
            size_px -= 1
        place = (width_px / 2, top_px + index * step_px)
        _spaced(draw, line, _font(_ROMAN, size_px), place, _IVORY, 0.02)
    return np.asarray(image, dtype=np.uint8)


@lru_cache(maxsize=2)
def _ground(width_px: int, height_px: int) -> NDArray[np.uint8]:
    rows = (np.arange(height_px)[:, None] / height_px - 0.46) / 0.52
    columns = (np.arange(width_px)[None, :] / width_px - 0.5) / 0.62
    light = np.exp(-1.6 * (rows**2 + columns**2))[:, :, None]
    # A fixed dither hides the steps of so dark a gradient.
    dither = np.random.default_rng(7).triangular(-1.0, 0.0, 1.0, (height_px, width_px, 1))
    levels = _GROUND * 0.6 + (_GLOW - _GROUND * 0.6) * light + dither
    ground: NDArray[np.uint8] = np.rint(levels).clip(0, 255).astype(np.uint8)
    return ground


def _headline(text: str, width_px: int, height_px: int) -> tuple[list[str], int]:
    words = text.upper().split() or [""]
    for share in (0.115, 0.1, 0.088, 0.076, 0.066, 0.056, 0.046, 0.036):
        size_px = max(8, round(height_px * share))
        lines = _broken(words, _font(_ROMAN, size_px), width_px * 0.8)
        room = len(lines) <= (1 if share > 0.1 else TITLE_MAX_LINES)
        if room and all(_width(line, _font(_ROMAN, size_px), _TRACKING) <= width_px * 0.86 for line in lines):
            return lines, size_px
    return _broken(words, _font(_ROMAN, size_px), width_px * 0.86)[:TITLE_MAX_LINES], size_px


def _broken(words: list[str], font: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if _width(longer, font, _TRACKING) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _spaced(
    draw: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont,
    centre_top: tuple[float, float],
    colour: tuple[int, int, int],
    tracking: float,
) -> None:
    known = _known_letters()
    at_px = centre_top[0] - _width(text, font, tracking) / 2
    for letter in text:
        if letter == " " or letter in known:
            draw.text((at_px, centre_top[1]), letter, font=font, fill=colour)
            at_px += font.getlength(letter) + font.size * tracking


def _width(text: str, font: ImageFont.FreeTypeFont, tracking: float) -> float:
    drawn = [letter for letter in text if letter == " " or letter in _known_letters()]
    return sum(font.getlength(letter) for letter in drawn) + font.size * tracking * max(0, len(drawn) - 1)


def _rule(draw: ImageDraw.ImageDraw, width_px: int, height_px: int, at_px: int) -> None:
    half_px = width_px * 0.07
    middle_px = width_px / 2
    gem_px = max(2.0, height_px * 0.006)
    thick_px = max(1, round(height_px / 720))
    for side in (-1, 1):
        ends = sorted((middle_px + side * gem_px * 2.4, middle_px + side * half_px))
        draw.line([(ends[0], at_px), (ends[1], at_px)], fill=_BRASS, width=thick_px)
    gem = [(0, -gem_px), (gem_px, 0), (0, gem_px), (-gem_px, 0)]
    draw.polygon([(middle_px + x, at_px + y) for x, y in gem], fill=_BRASS)


@cache
def _font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    # The basic layout: the other one depends on a library of the machine's.
    return ImageFont.truetype(BytesIO(_font_file(name)), size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def _font_file(name: str) -> bytes:
    return resources.files("studio_composer").joinpath("fonts", name).read_bytes()


@cache
def _known_letters() -> frozenset[str]:
    listed = resources.files("studio_composer").joinpath("fonts", "letters.txt").read_text(encoding="utf-8")
    return frozenset(letter for letter in listed if letter != "\n") | {" "}
