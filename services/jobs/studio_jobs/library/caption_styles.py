"""Caption styles: what may be chosen, and what a choice comes to in a film."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.library.colours import (
    CONTRAST_OF_TEXT_MIN,
    Colour,
    contrast,
    contrast_over_pictures,
)
from studio_jobs.library.limits import Faults

SANS, SERIF, BRAND = "sans", "serif", "brand"
SIZE_DEFAULT_PERMILLE, SIZE_MIN_PERMILLE, SIZE_MAX_PERMILLE = 50, 30, 100
OUTLINE_DEFAULT_PERMILLE, OUTLINE_MIN_PERMILLE, OUTLINE_MAX_PERMILLE = 80, 40, 150
OPACITY_MIN_PERCENT, OPACITY_MAX_PERCENT = 50, 100
MARGIN_DEFAULT_PERMILLE, MARGIN_MIN_PERMILLE, MARGIN_MAX_PERMILLE = 60, 20, 250
LINES_DEFAULT, LINES_MAX = 2, 3
LINE_DEFAULT_CHARACTERS, LINE_MIN_CHARACTERS, LINE_MAX_CHARACTERS = 42, 16, 60
LINE_ROOM_PERMILLE = 1_600
"""The room of a line, thousandths of the picture's height: nine tenths of the width of 16:9."""
LETTER_WIDTH_SHARE = 0.5
"""How wide a letter is on average, of its height."""

WHITE, BLACK = "#ffffff", "#000000"

Style = library_pb2.LibraryCaptionStyle


def require_caption_style(style: Style, prefix: str) -> None:
    """Raises InvalidInput with everything that is wrong with a style."""
    faults = Faults(prefix)
    faults.require_choice(style, "font", (SANS, SERIF, BRAND))
    faults.require_range(
        style, "size_permille", SIZE_MIN_PERMILLE, SIZE_MAX_PERMILLE, f"{SIZE_DEFAULT_PERMILLE}"
    )
    faults.require_range(style, "outline_permille", OUTLINE_MIN_PERMILLE, OUTLINE_MAX_PERMILLE, "none")
    faults.require_range(style, "box_opacity_percent", OPACITY_MIN_PERCENT, OPACITY_MAX_PERCENT, "no box")
    faults.require_range(
        style, "margin_permille", MARGIN_MIN_PERMILLE, MARGIN_MAX_PERMILLE, f"{MARGIN_DEFAULT_PERMILLE}"
    )
    faults.require_range(style, "max_lines", 1, LINES_MAX, f"{LINES_DEFAULT}")
    faults.require_range(
        style,
        "line_max_characters",
        LINE_MIN_CHARACTERS,
        LINE_MAX_CHARACTERS,
        f"{LINE_DEFAULT_CHARACTERS}",
    )
    _require_colours(style, faults)
    _require_room(style, faults)
    faults.raise_any()


def _require_colours(style: Style, faults: Faults) -> None:
    text = faults.colour(style, "text_colour")
    outline, box = faults.colour(style, "outline_colour"), faults.colour(style, "box_colour")
    behind = [("box_colour", box)] if style.box_opacity_percent else []
    if style.outline_permille or not behind:
        behind.append(("outline_colour", outline))
    if not style.text_colour:
        for field in ("outline_colour", "box_colour"):
            if getattr(style, field):
                faults.add("text_colour", f"is empty and {field} is not; give both, or neither")
        return
    missing = [field for field, _ in behind if not getattr(style, field)]
    for field in missing:
        faults.add(field, "is empty and text_colour is not; give both, or neither")
    if text is not None and not missing and all(colour is not None for _, colour in behind):
        _require_contrast(style, faults, text, outline, box)


def _require_contrast(
    style: Style, faults: Faults, text: Colour, outline: Colour | None, box: Colour | None
) -> None:
    """By the box whatever the picture shows behind it, or by the outline."""
    found: dict[str, float] = {}
    if style.box_opacity_percent and box is not None:
        found["the box"] = contrast_over_pictures(text, box, min(style.box_opacity_percent, 100))
    if outline is not None and (style.outline_permille or not style.box_opacity_percent):
        found["the outline"] = contrast(text, outline)
    if found and max(found.values()) < CONTRAST_OF_TEXT_MIN:
        told = " and ".join(f"{ratio:.1f} to 1 with {what}" for what, ratio in found.items())
        faults.add(
            "text_colour",
            f"has a contrast of {told}; it must have at least {CONTRAST_OF_TEXT_MIN}"
            f"{' with one of them' if len(found) > 1 else ''}: "
            "take a lighter and a darker colour, or a box that hides more",
        )


def _require_room(style: Style, faults: Faults) -> None:
    size = style.size_permille or SIZE_DEFAULT_PERMILLE
    characters = style.line_max_characters or LINE_DEFAULT_CHARACTERS
    most = int(LINE_ROOM_PERMILLE / (size * LETTER_WIDTH_SHARE))
    if size <= SIZE_MAX_PERMILLE and characters > most:
        faults.add(
            "line_max_characters",
            f"is {characters}; letters of {size} thousandths leave room for {most}: give at most {most}, "
            "or a smaller size_permille",
        )


def caption_style_spec(
    style: Style, kit: library_pb2.LibraryBrandKit | None, font_role: str
) -> task_pb2.CaptionStyle:
    """What a style comes to beside a brand kit; `font_role` is that of the kit's text font, may be empty."""
    text, behind = WHITE, BLACK
    if kit is not None and kit.text_colour:
        text, behind = kit.text_colour, kit.ground_colour
    text = style.text_colour or text
    outline_permille = style.outline_permille
    if not outline_permille and not style.box_opacity_percent:
        outline_permille = OUTLINE_DEFAULT_PERMILLE
    is_brand = style.font == BRAND
    return task_pb2.CaptionStyle(
        font=SERIF if style.font == SERIF else SANS,
        font_role=font_role if is_brand else "",
        size_permille=style.size_permille or SIZE_DEFAULT_PERMILLE,
        text_colour=text.lower(),
        outline_colour=(style.outline_colour or behind).lower() if outline_permille else "",
        outline_permille=outline_permille,
        box_colour=(style.box_colour or behind).lower() if style.box_opacity_percent else "",
        box_opacity_percent=style.box_opacity_percent,
        position=style.position or task_pb2.CAPTION_POSITION_BOTTOM,
        margin_permille=style.margin_permille or MARGIN_DEFAULT_PERMILLE,
        max_lines=style.max_lines or LINES_DEFAULT,
        line_max_characters=style.line_max_characters or LINE_DEFAULT_CHARACTERS,
        burned_in=style.burned_in,
    )
