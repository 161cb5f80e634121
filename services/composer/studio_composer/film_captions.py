"""A film's captions: broken to lines, and styled as the order asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio_composer.captions import Caption, Cue, captions_from
from studio_composer.card_looks import caption_face
from studio_composer.line_breaking import hyphenated, line_width
from studio_composer.looks import CaptionStyle
from studio_composer.orders import FilmOrder
from studio_composer.subtitle_files import vtt
from studio_composer.subtitle_styles import PLAIN_HEADER, cue_css, cue_setting, text_header


def captions_of(order: FilmOrder, cues: Sequence[Cue], length_ms: int) -> tuple[Caption, ...]:
    """The captions of what is said, broken to the lines that the order's style and size allow."""
    style = order.caption_style or CaptionStyle()
    characters = style.line_characters(order.width_px, order.height_px)
    if order.spoken_language:
        characters = line_width((cue.text for cue in cues), characters)
        cues = [replace(cue, text=hyphenated(cue.text, characters)) for cue in cues]
    return captions_from(cues, length_ms, style.max_lines, characters)


def text_header_of(order: FilmOrder) -> bytes:
    """How a player shows the timed text of the film."""
    style = order.caption_style
    if style is None:
        return PLAIN_HEADER
    return text_header(style, caption_face(order).family, order.width_px, order.height_px)


def vtt_of(order: FilmOrder, captions: Sequence[Caption]) -> str:
    """The captions as WebVTT, in their style and, in an output in another language, its name."""
    style, language = order.caption_style, order.language if order.spoken_language else ""
    if style is None:
        return vtt(captions, language=language)
    css = cue_css(style, caption_face(order).family)
    return vtt(captions, css, cue_setting(style), language)
