"""Tables fit the terminal, and are whole where there is none."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from filmstudio.cli.tables import Column, print_table

COLUMNS = (Column("JOB"), Column("PROJECT", yields=True), Column("NOTE"), Column("AGE", right=True))
ROWS = [("01a217a0-ecfa", "A title that goes on and on", "", "5 s"), ("01a217b9-28d6", "Short", "", "12 min")]


def printed(width: int) -> list[str]:
    stream = io.StringIO()
    print_table(COLUMNS, ROWS, Console(width=width, file=stream))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_whole_table_where_there_is_room() -> None:
    assert printed(80) == [
        "JOB            PROJECT                         AGE",
        "01a217a0-ecfa  A title that goes on and on     5 s",
        "01a217b9-28d6  Short                        12 min",
    ]


@pytest.mark.parametrize("width", [40, 45, 49])
def test_column_that_yields_is_cut_and_no_other(width: int) -> None:
    lines = printed(width)

    assert max(map(len, lines)) == width
    assert lines[1].startswith("01a217a0-ecfa  A title")
    assert "…" in lines[1]
    assert lines[1].endswith("5 s")


def test_columns_in_which_nothing_stands_are_left_out() -> None:
    assert "NOTE" not in printed(80)[0]


def test_output_that_is_no_terminal_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300

    print_table((Column("PROJECT", yields=True),), [(long,)])

    assert long in capsys.readouterr().out
