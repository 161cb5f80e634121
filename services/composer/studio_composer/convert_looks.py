"""From the looks of the broker's film specs to the composer's, as pure functions."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from studio_composer.looks import Brand, CaptionStyle, Corner, Position, rgb_of
from studio_platform.engine import EngineFailure


def caption_style_of(spec: task_pb2.FilmSpec) -> CaptionStyle | None:
    """The style of a film's captions; None for the composer's own. Raises EngineFailure, permanent."""
    if not spec.HasField("caption_style"):
        return None
    style = spec.caption_style
    try:
        return CaptionStyle(
            font=style.font,
            font_role=style.font_role,
            size_permille=style.size_permille,
            text=rgb_of(style.text_colour) or (255, 255, 255),
            outline=rgb_of(style.outline_colour),
            outline_permille=style.outline_permille,
            box=rgb_of(style.box_colour),
            box_opacity_percent=style.box_opacity_percent,
            position=Position(style.position or 1),
            margin_permille=style.margin_permille,
            max_lines=style.max_lines,
            line_max_characters=style.line_max_characters,
            burned_in=style.burned_in,
        )
    except ValueError as error:
        raise _refusal("the caption style", error) from error


def brand_of(spec: task_pb2.FilmSpec) -> Brand | None:
    """Whose the film is; None for nobody's. Raises EngineFailure, permanent."""
    if not spec.HasField("brand"):
        return None
    brand = spec.brand
    try:
        return Brand(
            logo_role=brand.logo_role,
            title_font_role=brand.title_font_role,
            text_font_role=brand.text_font_role,
            ground=rgb_of(brand.ground_colour),
            text=rgb_of(brand.text_colour),
            accent=rgb_of(brand.accent_colour),
            end_card_logo=brand.end_card_logo,
            watermark_corner=Corner(brand.watermark_corner) if brand.watermark_corner else None,
            watermark_width_permille=brand.watermark_width_permille,
            watermark_opacity_percent=brand.watermark_opacity_percent,
        )
    except ValueError as error:
        raise _refusal("the brand", error) from error


def _refusal(what: str, error: ValueError) -> EngineFailure:
    return EngineFailure(
        "SPEC_INVALID", f"This can't be composed: {what} can't be read.", log_text=str(error), permanent=True
    )
