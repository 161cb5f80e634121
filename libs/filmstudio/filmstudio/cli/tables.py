"""Lists as people and programs read them: a table that fits the terminal, or one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from google.protobuf import json_format
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table

WIDTH_UNLIMITED = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column; one that `yields` is cut first when the terminal is narrow."""

    title: str
    yields: bool = False
    right: bool = False


def print_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], console: Console | None = None
) -> None:
    """Print the rows: cut to the terminal's width, or whole where the output goes elsewhere.

    A column in which nothing stands is left out.
    """
    where = console or Console(width=None if sys.stdout.isatty() else WIDTH_UNLIMITED, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    all_rows = list(rows)
    told = [number for number in range(len(columns)) if any(row[number] for row in all_rows)]
    for number in told:
        column = columns[number]
        width = max(len(text) for text in (column.title, *(row[number] for row in all_rows)))
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=None if column.yields else width,
        )
    for row in all_rows:
        table.add_row(*(row[number] for number in told))
    where.print(table)


def print_json(messages: Iterable[Message]) -> None:
    """One object a line."""
    for message in messages:
        print(json.dumps(json_format.MessageToDict(message)), flush=True)
