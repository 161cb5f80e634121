"""Lower thirds: a line or two over the lower left of a scene's pictures, above where captions stand.

In upright pictures they go to the upper left where what they would hide is busy, and that is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio_composer.calm_places import Box, calmest
from studio_composer.film_overlays import Drawing, Shown, drawn_over
from studio_composer.orders import LowerThird, SegmentOrder
from studio_composer.overlays import Floats, Layer, Overlay, overlay_of_layers
from studio_composer.safe_areas import is_upright, safe_area
from studio_composer.splice import Piece, write_picture
from studio_composer.timeline import Scene, Timeline
from studio_composer.typefaces import ITALIC, SANS, Typeface, house_face
from studio_composer.workbench import Workbench
from studio_media.picture import frames

SHOWN_MIN_MS, SHOWN_MAX_MS = 2_000, 6_000
READING_CHARACTERS_PER_SECOND = 12
_DELAY_MS, _FADE_MS = 350, 300

_IVORY, _ASH = (244, 238, 224), (214, 206, 192)
_BRASS = (190, 148, 82)
_GROUND, _GROUND_OPACITY = (10, 11, 14), np.float32(0.62)
_WIDTH_SHARE = 0.62
_SIZE_SHARE = 0.05
_SMALL_SHARE = 0.78
_LINE_STEP, _BASELINE = 1.24, 0.94

_Line = tuple[str, ImageFont.FreeTypeFont]


def with_lower_thirds(order: SegmentOrder, pieces: Sequence[Piece], workbench: Workbench) -> Sequence[Piece]:
    """The pieces of a scene with its lower thirds drawn into them; themselves where it has none."""
    if not any(it.text for shot in order.shots for it in shot.lower_thirds):
        return pieces
    plain = workbench.folder / "plain.mp4"
    write_picture(pieces, workbench.reference, plain, workbench.check)
    shown = list(_shown(order, plain))
    if not shown:
        return pieces
    scene = Scene("", "", Piece(plain, 0, order.length_frames), 0, encoded_again=False)
    timeline = Timeline((scene,), order.length_frames, workbench.reference.form.rate_hz)
    [drawn] = drawn_over(timeline, shown, Drawing(workbench, lambda _: None)).scenes
    return [drawn.picture]


def shown_ms(written: LowerThird) -> int:
    """How long one shows where its shot leaves it the time."""
    characters = len(written.text) + len(written.small_text)
    reading_ms = 1_000 + 1_000 * characters // READING_CHARACTERS_PER_SECOND
    return max(SHOWN_MIN_MS, min(SHOWN_MAX_MS, reading_ms))


def _shown(order: SegmentOrder, plain: Path) -> Iterator[Shown]:
    def frames_in(length_ms: int) -> int:
        return round(length_ms * order.rate_numerator / (1_000 * order.rate_denominator))

    for shot, start_frame in zip(order.shots, order.start_frames, strict=True):
        written = [it for it in shot.lower_thirds if it.text]
        if not written:
            continue
        wanted = [frames_in(shown_ms(it)) for it in written]
        at = start_frame + min(frames_in(_DELAY_MS), shot.shown_frames // 8)
        room = start_frame + shot.shown_frames - shot.crossfade_frames - at
        # Where the shot is too short for all, each has its share of it.
        share = min(1.0, room / sum(wanted))
        for it, length in zip(written, wanted, strict=True):
            own = max(1, int(length * share))
            overlay = lower_third_overlay(it, order.width_px, order.height_px)
            if overlay is not None:
                placed = _placed(overlay, order, plain, range(at, at + own))
                yield Shown(at, at + own, placed, min(frames_in(_FADE_MS), own // 4))
            at += own


def _placed(overlay: Overlay, order: SegmentOrder, plain: Path, at: range) -> Overlay:
    """In an upright picture people stand where a lower third does: it goes up if that hides less."""
    if not is_upright(order.width_px, order.height_px):
        return overlay
    area = safe_area(order.width_px, order.height_px)
    high_px, wide_px = overlay.alpha.shape
    tops = (overlay.top_px, (area.top_px + 1) // 2 * 2)
    boxes = [Box(overlay.left_px, top_px, wide_px, high_px) for top_px in tops]
    looked_at = sorted({at[0], at[len(at) // 2], at[-1]})
    pictures = [picture.y for frame in looked_at for picture in frames(plain, frame, frame + 1)]
    return replace(overlay, top_px=calmest(pictures, boxes).top_px)


def lower_third_overlay(written: LowerThird, width_px: int, height_px: int) -> Overlay | None:
    """The lines on their ground beside a rule; None when the fonts have none of their letters."""
    area = safe_area(width_px, height_px)
    size_px = max(10, round(min(width_px, height_px) * _SIZE_SHARE))
    widest_px = width_px if height_px > width_px else round(width_px * _WIDTH_SHARE)
    room_px = min(area.width_px, widest_px) - 2 * size_px
    lines = [
        *_lines(written.text, house_face(SANS), size_px, room_px),
        *_lines(written.small_text, house_face(ITALIC), round(size_px * _SMALL_SHARE), room_px),
    ]
    if not lines:
        return None
    layers = _layers(lines, size_px)
    high_px, _ = layers[0].mask.shape
    top_px = max(0, area.lower_third_px - high_px)
    return overlay_of_layers(layers, area.left_px // 2 * 2, top_px // 2 * 2)


def _lines(text: str, face: Typeface, size_px: int, room_px: float) -> list[_Line]:
    """The text in lines that have room; with a word that has none, all are smaller."""
    lines: list[str] = []
    font = face.at(size_px)
    for word in face.drawable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= room_px:
            lines[-1] = longer
        else:
            lines.append(word)
    while size_px > 8 and lines and max(map(font.getlength, lines)) > room_px:
        size_px -= 1
        font = face.at(size_px)
    return [(line, font) for line in lines]


def _layers(lines: Sequence[_Line], size_px: int) -> list[Layer]:
    rule_px, pad_px = max(2, round(size_px * 0.12)), round(size_px * 0.5)
    steps = [round(font.size * _LINE_STEP) for _, font in lines]
    wide_px = _even(round(max(font.getlength(text) for text, font in lines)) + rule_px + 2 * pad_px)
    high_px = _even(sum(steps) + pad_px)
    large, small = (Image.new("L", (wide_px, high_px)) for _ in range(2))
    top_px = pad_px / 2
    for (text, font), step in zip(lines, steps, strict=True):
        image = large if font.getname() == lines[0][1].getname() else small
        place = (rule_px + pad_px, top_px + font.size * _BASELINE)
        ImageDraw.Draw(image).text(place, text, 255, font, "ls")
        top_px += step
    rule = np.zeros((high_px, wide_px), np.float32)
    rule[:, :rule_px] = 1
    return [
        Layer(_GROUND, np.full((high_px, wide_px), _GROUND_OPACITY, np.float32)),
        Layer(_BRASS, rule),
        Layer(_IVORY, _mask(large)),
        Layer(_ASH, _mask(small)),
    ]


def _mask(image: Image.Image) -> Floats:
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _even(length_px: int) -> int:
    return length_px + length_px % 2
