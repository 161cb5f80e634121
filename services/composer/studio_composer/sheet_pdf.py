"""A storyboard's sheet as PDF: A4 across, the composer's own fonts, texts that can be searched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from studio_composer.sheet_layout import (
    FOOT_PT,
    LABEL_PT,
    LINE_PT,
    MARGIN_PT,
    PAGE_HEIGHT_PT,
    PAGE_WIDTH_PT,
    Cell,
    Grid,
    Row,
    Style,
    pages_of,
    seconds_text,
)
from studio_composer.sheet_orders import SheetOrder
from studio_composer.splice import Check

_ROMAN, _ITALIC = "EBGaramond-Medium", "EBGaramond-Italic"
_INK, _ASH, _BRASS, _HAIR = (0.1, 0.1, 0.12), (0.42, 0.4, 0.38), (0.5, 0.37, 0.18), (0.8, 0.78, 0.74)
_FONTS: Mapping[Style, tuple[str, float, tuple[float, float, float]]] = {
    Style.ACTION: (_ROMAN, 9.0, _INK),
    Style.NAME: (_ROMAN, 7.6, _BRASS),
    Style.SPEECH: (_ITALIC, 9.4, _INK),
}
# What is drawn for a letter that the fonts lack; the report names these.
_SUBSTITUTE = "?"


def write_pdf(
    order: SheetOrder, pictures: Mapping[str, bytes], proportion: float, path: Path, check: Check
) -> int:
    """Write the sheet and return its pages. `pictures` are JPEGs by the roles of their stills."""
    _register()
    grid = Grid.of(proportion)
    pages = pages_of(order, grid, _width)
    canvas = Canvas(str(path), pagesize=(PAGE_WIDTH_PT, PAGE_HEIGHT_PT), invariant=1, lang=order.language)
    canvas.setTitle(order.title)
    if order.author:
        canvas.setAuthor(order.author)
    for number, rows in enumerate(pages, start=1):
        check()
        if number == 1:
            _title(canvas, order)
        for row in rows:
            _row(canvas, row, grid, pictures, proportion)
        _foot(canvas, order.title, f"{number} of {len(pages)}")
        canvas.showPage()
    canvas.save()
    return len(pages)


def letters_missing(text: str) -> str:
    """The characters, each once, that the sheet's fonts can't draw."""
    return "".join(sorted({letter for letter in text if not letter.isspace() and not _is_known(letter)}))


@cache
def _register() -> frozenset[int]:
    """Let the canvas draw with both fonts; the letters that both have."""
    known: list[set[int]] = []
    for name in (_ROMAN, _ITALIC):
        data = resources.files("studio_composer").joinpath("fonts", f"{name}.ttf").read_bytes()
        font = TTFont(name, BytesIO(data))
        pdfmetrics.registerFont(font)
        known.append(set(font.face.charToGlyph))
    return frozenset.intersection(*map(frozenset, known))


def _is_known(letter: str) -> bool:
    return ord(letter) in _register()


def _drawable(text: str) -> str:
    return "".join(letter if letter == " " or _is_known(letter) else _SUBSTITUTE for letter in text)


def _width(text: str, style: Style) -> float:
    font, size_pt, _ = _FONTS[style]
    return float(pdfmetrics.stringWidth(_drawable(text), font, size_pt))


def _text(
    canvas: Canvas,
    text: str,
    at_pt: tuple[float, float],
    font: str,
    size_pt: float,
    colour: tuple[float, float, float],
    width_pt: float = PAGE_WIDTH_PT,
) -> None:
    """Draw one line whose base is measured from the page's top; one that is too wide is made smaller."""
    drawn = _drawable(" ".join(text.split()))
    wide_pt = pdfmetrics.stringWidth(drawn, font, size_pt)
    canvas.setFillColorRGB(*colour)
    canvas.setFont(font, size_pt * min(1.0, width_pt / max(wide_pt, 1e-6)))
    canvas.drawString(at_pt[0], PAGE_HEIGHT_PT - at_pt[1], drawn)


def _right(canvas: Canvas, text: str, right_pt: float, base_pt: float, size_pt: float) -> float:
    """Draw a short text that ends at `right_pt`; returns its width."""
    wide_pt = float(pdfmetrics.stringWidth(text, _ROMAN, size_pt))
    _text(canvas, text, (right_pt - wide_pt, base_pt), _ROMAN, size_pt, _ASH)
    return wide_pt


def _title(canvas: Canvas, order: SheetOrder) -> None:
    inner_pt = PAGE_WIDTH_PT - 2 * MARGIN_PT
    _text(canvas, order.title, (MARGIN_PT, MARGIN_PT + 18), _ROMAN, 24, _INK, inner_pt)
    by = " ".join(part for part in (order.credit, order.author) if part)
    facts = f"{len(order.frames)} frames, about {seconds_text(order.expected_ms)}"
    _text(canvas, by, (MARGIN_PT, MARGIN_PT + 36), _ITALIC, 11, _ASH, inner_pt * 0.7)
    _right(canvas, facts, PAGE_WIDTH_PT - MARGIN_PT, MARGIN_PT + 36, 10)


def _row(canvas: Canvas, row: Row, grid: Grid, pictures: Mapping[str, bytes], proportion: float) -> None:
    if row.heading:
        right_pt = PAGE_WIDTH_PT - MARGIN_PT
        taken_pt = _right(canvas, row.aside, right_pt, row.top_pt + 12, 9)
        room_pt = right_pt - MARGIN_PT - taken_pt - 12
        _text(canvas, row.heading, (MARGIN_PT, row.top_pt + 12), _ROMAN, 11.5, _INK, room_pt)
        _rule(canvas, row.top_pt + 17)
    for cell in row.cells:
        _cell(canvas, cell, row.top_pt, grid, pictures, proportion)


def _cell(
    canvas: Canvas, cell: Cell, top_pt: float, grid: Grid, pictures: Mapping[str, bytes], proportion: float
) -> None:
    if cell.frame is not None:
        _picture(canvas, pictures[cell.frame.still_role], cell.left_pt, top_pt, grid, proportion)
        top_pt += grid.picture_height_pt
    taken_pt = _right(canvas, cell.seconds, cell.left_pt + grid.width_pt, top_pt + 10, 8)
    room_pt = grid.width_pt - taken_pt - 6
    _text(canvas, cell.label, (cell.left_pt, top_pt + 10), _ROMAN, 8, _ASH, room_pt)
    for index, line in enumerate(cell.lines, start=1):
        font, size_pt, colour = _FONTS[line.style]
        base_pt = top_pt + LABEL_PT + index * LINE_PT - 2
        _text(canvas, line.text, (cell.left_pt, base_pt), font, size_pt, colour)


def _picture(
    canvas: Canvas, jpeg: bytes, left_pt: float, top_pt: float, grid: Grid, proportion: float
) -> None:
    width_pt = min(grid.width_pt, grid.picture_height_pt * proportion)
    left_pt += (grid.width_pt - width_pt) / 2
    bottom_pt = PAGE_HEIGHT_PT - top_pt - grid.picture_height_pt
    canvas.drawImage(ImageReader(BytesIO(jpeg)), left_pt, bottom_pt, width_pt, grid.picture_height_pt)


def _foot(canvas: Canvas, title: str, page: str) -> None:
    base_pt = PAGE_HEIGHT_PT - MARGIN_PT + 4
    _rule(canvas, PAGE_HEIGHT_PT - MARGIN_PT - FOOT_PT / 2 + 2)
    taken_pt = _right(canvas, page, PAGE_WIDTH_PT - MARGIN_PT, base_pt, 8)
    room_pt = PAGE_WIDTH_PT - 2 * MARGIN_PT - taken_pt - 12
    _text(canvas, title, (MARGIN_PT, base_pt), _ROMAN, 8, _ASH, room_pt)


def _rule(canvas: Canvas, at_pt: float) -> None:
    canvas.setStrokeColorRGB(*_HAIR)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN_PT, PAGE_HEIGHT_PT - at_pt, PAGE_WIDTH_PT - MARGIN_PT, PAGE_HEIGHT_PT - at_pt)
