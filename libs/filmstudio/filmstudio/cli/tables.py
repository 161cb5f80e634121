"""Lists as people and programs read them: a table that fits the terminal, or one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from google.protobuf import json_format
from google.protobuf.message import Message
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from filmstudio.cli.plain import plain

WIDTH_UNLIMITED = 10_000
GAP_COLUMNS = 2
YIELDING_MIN_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that `yields` is cut first when the terminal is narrow."""

    title: str
    yields: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows below a heading; without one they stand below the columns' titles."""

    title: str
    rows: Sequence[Sequence[str]]


def print_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], console: Console | None = None
) -> None:
    """Print the rows: cut to the terminal's width, or whole where the output goes elsewhere.

    A column in which nothing stands is left out.
    """
    print_sections(columns, [Section("", list(rows))], console)


def print_sections(
    columns: Sequence[Column], sections: Sequence[Section], console: Console | None = None
) -> None:
    """Print one table whose rows stand below headings, which may be as wide as the whole table."""
    where = console or Console(width=None if sys.stdout.isatty() else WIDTH_UNLIMITED, highlight=False)
    all_rows = [[[plain(cell) for cell in row] for row in section.rows] for section in sections]
    told = [number for number in range(len(columns)) if any(row[number] for rows in all_rows for row in rows)]
    shown = [columns[number] for number in told]
    cells = [[[row[number] for number in told] for row in rows] for rows in all_rows]
    widths = _widths(shown, [row for rows in cells for row in rows], where.width)
    for number, (section, rows) in enumerate(zip(sections, cells, strict=True)):
        if section.title and number == 0:
            where.print(_table(shown, widths, [], has_header=True))
        if section.title:
            where.print(Text(plain(section.title), "bold"), no_wrap=True, overflow="ellipsis")
        where.print(_table(shown, widths, rows, has_header=not section.title))


def _table(
    columns: Sequence[Column], widths: Sequence[int], rows: Iterable[Sequence[str]], *, has_header: bool
) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        header_style="bold",
        padding=(0, GAP_COLUMNS, 0, 0),
        show_header=has_header,
    )
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=width,
        )
    for row in rows:
        # As text: a title in square brackets is no markup.
        table.add_row(*map(Text, row))
    return table


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is: as its cells, but those that yield share what the others leave."""
    texts = zip(*([column.title for column in columns], *rows), strict=True)
    widths = [max(map(cell_len, cells)) for cells in texts]
    yielding = [number for number, column in enumerate(columns) if column.yields]
    left = room - sum(width for number, width in enumerate(widths) if number not in yielding)
    left -= GAP_COLUMNS * (len(columns) - 1)
    # The narrowest first: what it doesn't need is the others'.
    for place, number in enumerate(sorted(yielding, key=widths.__getitem__)):
        share = max(YIELDING_MIN_COLUMNS, left // (len(yielding) - place))
        widths[number] = min(widths[number], share)
        left -= widths[number]
    return widths


def print_json(messages: Iterable[Message]) -> None:
    """One object a line."""
    for message in messages:
        print(json.dumps(json_format.MessageToDict(message)), flush=True)
