"""Where everything stands on a storyboard's pages: rows of frames with their texts below, in points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from studio_composer.sheet_orders import SheetFrame, SheetOrder, SheetScene

PAGE_WIDTH_PT, PAGE_HEIGHT_PT = 842.0, 595.0
MARGIN_PT = 36.0
GUTTER_PT = 16.0
FOOT_PT = 22.0
HEADING_PT = 26.0
TITLE_PT = 64.0
ROW_GAP_PT = 14.0
LABEL_PT = 13.0
LINE_PT = 10.6
PICTURE_HEIGHT_MAX_PT = 200.0
_COLUMNS_WIDE, _COLUMNS_TALL = 3, 5


class Style(Enum):
    """How a line of text is set."""

    ACTION = "action"
    NAME = "name"
    SPEECH = "speech"


Width = Callable[[str, Style], float]
"""How wide a text is in a style, points."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line below a frame."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Cell:
    """A frame at its place: the left edge, its label, and its lines; without a frame lines that go on."""

    left_pt: float
    label: str
    seconds: str
    lines: tuple[TextLine, ...]
    frame: SheetFrame | None


@dataclass(frozen=True, slots=True)
class Row:
    """Frames side by side, or a scene's heading; `top_pt` is measured from the page's top."""

    top_pt: float
    heading: str = ""
    aside: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a sheet for pictures of one proportion."""

    columns: int
    width_pt: float
    picture_height_pt: float

    @classmethod
    def of(cls, proportion: float) -> Grid:
        """The grid for pictures whose width is `proportion` times their height."""
        columns = _COLUMNS_WIDE if proportion >= 1 else _COLUMNS_TALL
        width_pt = (PAGE_WIDTH_PT - 2 * MARGIN_PT - (columns - 1) * GUTTER_PT) / columns
        return cls(columns, width_pt, min(PICTURE_HEIGHT_MAX_PT, width_pt / proportion))

    def left_pt(self, column: int) -> float:
        """The left edge of a column."""
        return MARGIN_PT + column * (self.width_pt + GUTTER_PT)


def pages_of(order: SheetOrder, grid: Grid, width: Width) -> list[list[Row]]:
    """Lay the scenes out; every line of every text stands somewhere."""
    flow = _Flow(grid)
    for scene in order.scenes:
        _lay_scene(flow, scene, grid, width)
    return flow.pages


class _Flow:
    """Pages that fill from their tops; the first has the title above."""

    def __init__(self, grid: Grid) -> None:
        self.pages: list[list[Row]] = [[]]
        self._grid = grid
        self._at_pt = MARGIN_PT + TITLE_PT

    @property
    def room_pt(self) -> float:
        """What is left of the page."""
        return PAGE_HEIGHT_PT - MARGIN_PT - FOOT_PT - self._at_pt

    def turn(self) -> None:
        """Begin the next page, unless this one is empty."""
        if self.pages[-1]:
            self.pages.append([])
            self._at_pt = MARGIN_PT

    def heading(self, text: str, aside: str) -> None:
        self.pages[-1].append(Row(self._at_pt, heading=text, aside=aside))
        self._at_pt += HEADING_PT

    def row(self, cells: Sequence[Cell]) -> None:
        self.pages[-1].append(Row(self._at_pt, cells=tuple(cells)))
        self._at_pt += self.height_pt(cells) + ROW_GAP_PT

    def height_pt(self, cells: Sequence[Cell]) -> float:
        """How high a row of these is."""
        return max(self.above_pt(cell) + len(cell.lines) * LINE_PT for cell in cells)

    def above_pt(self, cell: Cell) -> float:
        """What stands above a cell's lines."""
        return (self._grid.picture_height_pt if cell.frame else 0) + LABEL_PT


def _lay_scene(flow: _Flow, scene: SheetScene, grid: Grid, width: Width) -> None:
    text = f"{scene.number} · {scene.heading}"
    aside = seconds_text(scene.expected_ms)
    for number, cells in enumerate(_cells_of(scene, grid, width)):
        needed_pt = flow.height_pt(cells) + (0 if number else HEADING_PT)
        if needed_pt > flow.room_pt:
            flow.turn()
            if number:
                flow.heading(f"{text} (continued)", "")
        if not number:
            flow.heading(text, aside)
        _lay_row(flow, cells)


def _lay_row(flow: _Flow, cells: Sequence[Cell]) -> None:
    """Lay a row; what is too long for a page goes on below its label on the next one."""
    while flow.height_pt(cells) > flow.room_pt:
        fits = [int((flow.room_pt - flow.above_pt(cell)) // LINE_PT) for cell in cells]
        if min(fits) < 1:
            flow.turn()
            continue
        flow.row([_part(cell, 0, count) for cell, count in zip(cells, fits, strict=True)])
        over = [(cell, count) for cell, count in zip(cells, fits, strict=True) if len(cell.lines) > count]
        cells = [_part(cell, count, len(cell.lines)) for cell, count in over]
        flow.turn()
    flow.row(cells)


def _part(cell: Cell, first: int, last: int) -> Cell:
    if not first:
        return Cell(cell.left_pt, cell.label, cell.seconds, cell.lines[:last], cell.frame)
    return Cell(cell.left_pt, f"{cell.label} (continued)", "", cell.lines[first:last], None)


def _cells_of(scene: SheetScene, grid: Grid, width: Width) -> Iterator[list[Cell]]:
    for start in range(0, len(scene.frames), grid.columns):
        frames = scene.frames[start : start + grid.columns]
        yield [
            Cell(
                grid.left_pt(column),
                f"{scene.number}.{frame.ordinal} · {frame.camera}".rstrip(" ·"),
                seconds_text(frame.expected_ms),
                tuple(_lines_of(frame, grid, width)),
                frame,
            )
            for column, frame in enumerate(frames)
        ]


def _lines_of(frame: SheetFrame, grid: Grid, width: Width) -> Iterator[TextLine]:
    yield from wrapped(frame.action, Style.ACTION, grid.width_pt, width)
    for line in frame.lines:
        name = f"{line.character} ({line.delivery})" if line.delivery else line.character
        yield from wrapped(name, Style.NAME, grid.width_pt, width)
        yield from wrapped(line.text, Style.SPEECH, grid.width_pt, width)


def wrapped(text: str, style: Style, width_pt: float, width: Width) -> Iterator[TextLine]:
    """Break a text to lines of at most `width_pt`; a word that is wider is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, style) <= width_pt:
            line = longer
            continue
        if line:
            yield TextLine(line, style)
        while width(word, style) > width_pt:
            cut = _cut(word, style, width_pt, width)
            yield TextLine(word[:cut], style)
            word = word[cut:]
        line = word
    if line:
        yield TextLine(line, style)


def _cut(word: str, style: Style, width_pt: float, width: Width) -> int:
    """How many letters of a word fit, at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if width(word[:middle], style) <= width_pt:
            low = middle
        else:
            high = middle - 1
    return low


def seconds_text(length_ms: int) -> str:
    """A length for people: "3.2 s", or "2:05" from a minute on."""
    if length_ms < 60_000:
        return f"{length_ms / 1000:.1f} s"
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"
