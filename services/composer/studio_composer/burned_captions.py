"""Captions as they are drawn into pictures: letters with their outline, on their box."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio_composer.looks import LINE_WIDTH_SHARE, CaptionStyle, Position
from studio_composer.overlays import Floats, Layer, Overlay, overlay_of_layers
from studio_composer.safe_areas import is_upright, safe_area
from studio_composer.typefaces import Typeface

_LINE_STEP = 1.22
_BASELINE = 0.93
_DESCENT = 0.27
_PAD_X, _PAD_Y = 0.42, 0.14
_RADIUS = 0.18


def caption_overlay(
    lines: tuple[str, ...], style: CaptionStyle, face: Typeface, width_px: int, height_px: int
) -> Overlay | None:
    """A caption over a picture of this size; None when the font has none of its letters.

    Lines that are too wide for the picture are drawn smaller, all of them. In an upright picture captions
    keep out of what feeds cover.
    """
    texts = [text for line in lines if (text := face.drawable(line).strip())]
    if not texts:
        return None
    room_px = width_px * LINE_WIDTH_SHARE
    if is_upright(width_px, height_px):
        room_px = min(room_px, safe_area(width_px, height_px).width_px)
    font = _fitting(texts, face, style.size_px(height_px), room_px)
    size_px = int(font.size)
    stroke_px = max(1, round(size_px * style.outline_permille / 1_000)) if style.outline else 0
    pad_x_px = round(size_px * _PAD_X) + stroke_px
    pad_y_px = round(size_px * _PAD_Y) + stroke_px
    block_px = round(size_px * (_BASELINE + _DESCENT + _LINE_STEP * (len(texts) - 1)))
    wide_px = _even(round(max(map(font.getlength, texts))) + 2 * pad_x_px)
    high_px = _even(block_px + 2 * pad_y_px)
    wide_px, high_px = min(wide_px, width_px), min(high_px, height_px)
    baselines = [pad_y_px + size_px * (_BASELINE + _LINE_STEP * index) for index in range(len(texts))]

    def letters(stroke: int) -> Floats:
        image = Image.new("L", (wide_px, high_px))
        draw = ImageDraw.Draw(image)
        for text, baseline in zip(texts, baselines, strict=True):
            draw.text((wide_px / 2, baseline), text, 255, font, "ms", stroke_width=stroke)
        return np.asarray(image, dtype=np.float32) / np.float32(255)

    layers = []
    if style.box:
        mask = _box(wide_px, high_px, round(size_px * _RADIUS)) * np.float32(style.box_opacity_percent / 100)
        layers.append(Layer(style.box, mask))
    if style.outline:
        layers.append(Layer(style.outline, letters(stroke_px)))
    layers.append(Layer(style.text, letters(0)))
    left_px = (width_px - wide_px) // 4 * 2
    return overlay_of_layers(layers, left_px, _top_px(style, high_px, width_px, height_px))


def _fitting(texts: list[str], face: Typeface, size_px: int, room_px: float) -> ImageFont.FreeTypeFont:
    font = face.at(size_px)
    while size_px > 8 and max(map(font.getlength, texts)) > room_px:
        size_px -= 1
        font = face.at(size_px)
    return font


def _top_px(style: CaptionStyle, high_px: int, width_px: int, height_px: int) -> int:
    over_px = under_px = round(height_px * style.margin_permille / 1_000)
    if is_upright(width_px, height_px):
        area = safe_area(width_px, height_px)
        over_px, under_px = max(over_px, area.top_px), max(under_px, height_px - area.bottom_px)
    match style.position:
        case Position.TOP:
            top_px = over_px
        case Position.MIDDLE:
            top_px = (height_px - high_px) // 2
        case Position.BOTTOM:
            top_px = height_px - under_px - high_px
    return max(0, min(top_px, height_px - high_px)) // 2 * 2


def _box(wide_px: int, high_px: int, radius_px: int) -> Floats:
    # Four times as large, so that its corners are smooth.
    image = Image.new("L", (wide_px * 4, high_px * 4))
    ImageDraw.Draw(image).rounded_rectangle((0, 0, wide_px * 4 - 1, high_px * 4 - 1), radius_px * 4, 255)
    small = image.resize((wide_px, high_px), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255)


def _even(length_px: int) -> int:
    return length_px + length_px % 2
