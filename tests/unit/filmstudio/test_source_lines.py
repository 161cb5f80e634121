"""A line with marks below the columns that are meant, as wide as the terminal shows it."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from filmstudio.cli.source_lines import lines_of, marked

ROOM = 60


@pytest.mark.parametrize(
    ("line", "first", "last", "text", "marks"),
    [
        ("INT KITCHEN", 1, 3, "INT KITCHEN", "^~~"),
        ("INT KITCHEN", 5, 0, "INT KITCHEN", "    ^~~~~~~"),
        ("  Rain.  ", 0, 0, "  Rain.  ", "  ^~~~~"),
        ("MARA", 4, 4, "MARA", "   ^"),
        # Behind the end of the line, as for a mark that is missing there.
        ("MARA", 5, 5, "MARA", "    ^"),
        ("MARA", 90, 99, "MARA", "    ^"),
        # Each of these characters is two cells wide.
        ("街道 走る。", 4, 5, "街道 走る。", "     ^~~~"),
        # A letter and the accent above it are two characters in one cell.
        ("cafe\u0301 x", 7, 7, "cafe\u0301 x", "     ^"),
        ("\tTOM", 2, 4, "    TOM", "    ^~~"),
        ("a\x1b[2Jb", 1, 1, "a\ufffd[2Jb", "^"),
        ("", 0, 0, "", "^"),
    ],
)
def test_marks_stand_below_what_is_meant(line: str, first: int, last: int, text: str, marks: str) -> None:
    found = marked(line, first, last, ROOM)

    assert (found.text, found.marks) == (text, marks)


@pytest.mark.parametrize("line", ["word " * 300, "街" * 700, "x" * 8000])
@pytest.mark.parametrize("column", [1, 30, 400, 690])
def test_of_a_long_line_the_part_about_the_mark_is_shown(line: str, column: int) -> None:
    found = marked(line, column, column, ROOM)

    assert cell_len(found.text) <= ROOM
    assert len(found.marks) <= ROOM
    assert "…" in found.text
    assert found.marks.endswith("^") or "^" in found.marks
    at = len(found.marks.split("^")[0])
    shown = found.text.lstrip("…")
    assert shown
    assert at < cell_len(found.text)


def test_lines_are_counted_as_the_reader_counts_them() -> None:
    assert lines_of(b"\xef\xbb\xbfone\r\ntwo\rthree\x0c\nfour") == ["one", "two", "three\x0c", "four"]


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert lines_of(b"caf\xe9") == ["caf\ufffd"]
