"""Remarks of the reader as a compiler says them."""

from __future__ import annotations

import io

from rich.console import Console

from filmstudio.cli import diagnostics
from filmstudio.screenplay.v1 import screenplay_pb2

SOURCE = ["INT KITCHEN - NIGHT", "", "街道 [[ open", "x" * 400]


def shown(
    remark: screenplay_pb2.Diagnostic, source: list[str] | None = SOURCE, *, terminal: bool = False
) -> str:
    stream = io.StringIO()
    where = Console(
        file=stream,
        width=80,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        highlight=False,
        soft_wrap=True,
    )
    diagnostics.show(where, "play.fountain", remark, source)
    return stream.getvalue()


def remark(**fields: int | str) -> screenplay_pb2.Diagnostic:
    defaults = {"severity": screenplay_pb2.SEVERITY_WARNING, "text": "A note is open."}
    return screenplay_pb2.Diagnostic(**(defaults | fields))  # type: ignore[arg-type]


def test_a_remark_names_place_code_line_and_cure() -> None:
    told = shown(remark(line=3, column=4, column_last=5, code="NOTE_OPEN", suggestion="Close it with ]]."))

    assert told == (
        "play.fountain:3:4: warning: A note is open. [NOTE_OPEN]\n"
        "    3 | 街道 [[ open\n"
        "      |      ^~\n"
        "    Close it with ]].\n"
    )


def test_a_remark_on_a_whole_line_has_no_column() -> None:
    assert shown(remark(line=1)).splitlines() == [
        "play.fountain:1: warning: A note is open.",
        "    1 | INT KITCHEN - NIGHT",
        "      | ^~~~~~~~~~~~~~~~~~~",
    ]


def test_a_remark_on_the_whole_text_quotes_no_line() -> None:
    assert shown(remark(severity=screenplay_pb2.SEVERITY_ERROR)) == "play.fountain: error: A note is open.\n"


def test_a_remark_on_a_blank_line_quotes_no_line() -> None:
    assert shown(remark(line=2)).splitlines() == ["play.fountain:2: warning: A note is open."]


def test_a_line_that_the_text_does_not_have_is_no_fault() -> None:
    assert shown(remark(line=99)).splitlines() == ["play.fountain:99: warning: A note is open."]


def test_a_long_line_is_cut_to_the_terminal() -> None:
    assert max(map(len, shown(remark(line=4)).splitlines())) <= 80


def test_text_of_others_moves_no_cursor() -> None:
    assert "\x1b" not in shown(remark(line=1, text="a\x1b[2J", suggestion="b\x1b[2J"), ["c\x1b[2J"])


def test_colours_are_for_terminals() -> None:
    assert "\x1b[" in shown(remark(line=1), terminal=True)
    assert "\x1b[" not in shown(remark(line=1))
