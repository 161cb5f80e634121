"""Lines of a text as a terminal shows them, with marks below the columns that are meant."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from filmstudio.cli.plain import plain

TAB = "    "
ELLIPSIS = "…"
BEFORE_MARK_CELLS = 20


@dataclass(frozen=True, slots=True)
class Marked:
    """One line and, below it, the marks: `^` under the first column meant, `~` under the others."""

    text: str
    marks: str


def lines_of(content: bytes) -> list[str]:
    """The lines as the reader counts them; bytes that are no UTF-8 are shown as replacement characters."""
    text = content.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def marked(line: str, column_first: int, column_last: int, room: int) -> Marked:
    """The line in at most `room` cells, and its marks.

    Columns count characters from 1. A first of 0 means the whole line, a last of 0 its end. Of a line that is
    too long the part about the first mark is shown.
    """
    first, last = _bounds(line, column_first, column_last)
    shown = [_shown(character) for character in line]
    left = _left_cut(shown, first, room)
    head = ELLIPSIS if left else ""
    room -= cell_len(head)
    right = _right_cut(shown, left, room)
    tail = ELLIPSIS if right < len(shown) else ""
    before = cell_len(head + "".join(shown[left:first]))
    width = cell_len("".join(shown[first : min(last, right)]))
    return Marked(head + "".join(shown[left:right]) + tail, " " * before + "^" + "~" * max(0, width - 1))


def _bounds(line: str, column_first: int, column_last: int) -> tuple[int, int]:
    """Indices of the first character meant and of the one behind the last."""
    end = len(line.rstrip())
    first = column_first - 1 if column_first else len(line) - len(line.lstrip())
    first = max(0, min(first, len(line)))
    last = column_last if column_last else end
    return first, max(first + 1, min(last, len(line)))


def _shown(character: str) -> str:
    return TAB if character == "\t" else plain(character)


def _left_cut(shown: list[str], first: int, room: int) -> int:
    """Where to begin, so that the first mark is in sight."""
    if cell_len("".join(shown)) <= room or cell_len("".join(shown[: first + 1])) < room - BEFORE_MARK_CELLS:
        return 0
    left, cells = first, 0
    while left > 0 and cells < BEFORE_MARK_CELLS:
        left -= 1
        cells += cell_len(shown[left])
    return left


def _right_cut(shown: list[str], left: int, room: int) -> int:
    """Where to end; one cell is kept for the ellipsis where the rest doesn't fit."""
    if cell_len("".join(shown[left:])) <= room:
        return len(shown)
    right, cells = left, 0
    while cells + cell_len(shown[right]) < room:
        cells += cell_len(shown[right])
        right += 1
    return right
