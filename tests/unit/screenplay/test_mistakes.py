"""Each kind of mistake is reported where it stands, and what is no mistake is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio_jobs.screenplay import Diagnostic, Limits, Severity, read
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.mistakes import MISTAKES, OF_ONE_KIND_MAX

DOCS = Path(__file__).parents[3] / "docs" / "screenplays.md"
TOP = "INT. A - DAY\n\nRain.\n\n"
SPEECH = "ANNA\nHello.\n\n"

CASES = [
    ("HEADING_TIGHT", "Wind.\nEXT. B - DAY\n", 6, 1, 12),
    ("HEADING_TIGHT", "ANNA\nHello.\nEXT. B - DAY\n", 7, 1, 12),
    ("HEADING_WITHOUT_BLANK_BELOW", "EXT. B - DAY\nWind.\n", 5, 1, 12),
    ("HEADING_PREFIX_UNKNOWN", "INTERIOR HOUSE\n", 5, 1, 14),
    ("HEADING_PREFIX_UNKNOWN", "INT:HOUSE\n", 5, 1, 9),
    ("HEADING_PREFIX_UNKNOWN", "KITCHEN - NIGHT\n", 5, 1, 15),
    ("HEADING_EMPHASISED", "**EXT. B - DAY**\n", 5, 1, 16),
    ("CUE_WITHOUT_SPEECH", f"{SPEECH}  ANNA\n\nShe waits.\n", 8, 3, 6),
    ("CUE_WITHOUT_SPEECH", "BEN (V.O.)\n\nSilence.\n", 5, 1, 10),
    ("CUE_WITHOUT_SPEECH", "@Ben\n\nSilence.\n", 5, 1, 4),
    ("CUE_WITH_COLON", "ANNA:\nHello.\n", 5, 1, 5),
    ("CUE_TIGHT", f"{SPEECH}Wind.\nANNA\nHello.\n", 9, 1, 4),
    ("CUE_TIGHT", f"BEN\nHi.\n\n{SPEECH}BEN\nHi.\nANNA\nHello.\n", 13, 1, 4),
    ("CARET_WITHOUT_PARTNER", "ANNA ^\nHello.\n", 5, 6, 6),
    ("PARENTHESIS_UNCLOSED", "ANNA\n(softly\nHello.\n", 6, 1, 1),
    ("PARENTHESIS_UNCLOSED", "ANNA (V.O.\nHello.\n", 5, 6, 6),
    ("NOTE_UNCLOSED", "Wind [[ blows.\n\nSun.\n", 5, 6, 7),
    ("BONEYARD_UNCLOSED", "Wind /* blows.\n", 5, 6, 7),
    ("CLOSING_WITHOUT_OPENING", "Wind ]] blows.\n", 5, 6, 7),
    ("EMPHASIS_UNCLOSED", "Wind *blows.\n", 5, 6, 6),
    ("EMPHASIS_UNCLOSED", "Wind [[n]] *blows\nhard*.\n", 5, 12, 12),
    ("TRANSITION_AS_ACTION", "Wind.\nCUT TO:\n", 6, 1, 7),
    ("TRANSITION_AS_ACTION", "CUT TO:\nEXT. B - DAY\n\nSun.\n", 5, 1, 7),
    ("TRANSITION_AS_ACTION", "Smash cut to:\n", 5, 1, 13),
    ("SCENE_EMPTY", "INT. B - DAY\n\n= A synopsis alone.\n", 5, 1, 12),
    ("SCENE_NUMBER_TWICE", "INT. B #2#\n\nWind.\n\nINT. C #2#\n\nSun.\n", 9, 1, 10),
    ("NAME_MISSPELT", "IRIS\nA.\n\nIRIS\nB.\n\nIRSI\nC.\n", 11, 1, 4),
    ("SPEECH_LONG", f"ANNA\n{'word ' * 201}\n", 6, 1, 1004),
    ("SPEECH_IN_CAPITALS", "ANNA\nDO NOT TOUCH THAT.\n", 6, 1, 18),
    ("NO_BREAK_SPACE", "Wind\u00a0blows.\n", 5, 5, 5),
    ("INVISIBLE_CHARACTER", "Wi\u200bnd.\n", 5, 3, 3),
    ("TAB_IN_LINE", "Wind\tblows.\n", 5, 5, 5),
    ("LANGUAGE_WITHOUT_VOICE", "ANNA\n(in French)\nBonjour.\n", 7, 1, 8),
    ("WORDS_NOT_SPOKEN", "ANNA\nHe said Привет.\n", 6, 1, 15),
]
TITLE_CASES = [
    ("TITLE_KEY_MISSPELT", "Title: A\nAuther: B\n\n", 2, 1, 6),
    ("TITLE_LINE_WITHOUT_KEY", "Title: A\nand more\n\n", 2, 1, 8),
    ("LANGUAGE_UNKNOWN", "Title: A\nLanguage: Klingonese\n\n", 2, 1, 20),
    ("LANGUAGE_WITHOUT_VOICE", "Title: A\nLanguage: fr-CA\n\n", 2, 1, 15),
    ("LETTERS_NOT_SHOWN", "Title: 街道\n\n", 1, 1, 9),
]


def _found(text: str) -> tuple[Diagnostic, ...]:
    return read(text.encode()).diagnostics


@pytest.mark.parametrize(("code", "text", "line", "column", "column_last"), CASES)
def test_a_mistake_is_the_only_one_reported_and_where_it_stands(
    code: str, text: str, line: int, column: int, column_last: int
) -> None:
    found = _found(TOP + text)

    assert (code, line, column, column_last) in {(d.code, d.line, d.column, d.column_last) for d in found}
    assert all(d.suggestion for d in found)


@pytest.mark.parametrize(("code", "text", "line", "column", "column_last"), TITLE_CASES)
def test_a_mistake_of_the_title_page_is_reported_where_it_stands(
    code: str, text: str, line: int, column: int, column_last: int
) -> None:
    found = [(d.code, d.line, d.column, d.column_last) for d in _found(text + TOP)]

    assert found == [(code, line, column, column_last)]


@pytest.mark.parametrize(
    "text",
    [
        "GUARD 1\nA.\n\nGUARD 2\nB.\n\nGUARD 2\nC.\n",
        "GUARDS\nA.\n\nGUARD\nB.\n\nGUARD\nC.\n",
        "TOM\nA.\n\nTIM\nB.\n\nTIM\nC.\n",
        "He dialed *69 and then hung up on 5 * 3.\n".replace("*69", r"\*69"),
        "A smart “quote” — and a dash – and an ellipsis…\n",
        "Persian می\u200cخواهم keeps its joiner.\n",
        "SILENCE.\n",
        "ANNA\nCafé Łódź, naïve.\n",
        "ANNA\n(in English)\nHello.\n",
        "INT. B - DAY\n= A synopsis below a heading.\n\nSun.\n",
    ],
)
def test_what_is_no_mistake_is_not_reported(text: str) -> None:
    assert _found(TOP + text) == ()


def test_no_more_than_some_of_one_kind_are_reported_and_the_rest_is_counted() -> None:
    found = _found(TOP + "Wind [[ blows.\n\n" * 100)

    kinds = [d.code for d in found]
    assert kinds.count("NOTE_UNCLOSED") == OF_ONE_KIND_MAX
    assert next(d.text for d in found if d.code == "MORE_OF_THESE").startswith("80 more")


def test_the_first_of_a_kind_are_those_reported_whatever_reads_them() -> None:
    lines = "(\n" * OF_ONE_KIND_MAX * 2
    found = [d for d in parse_fountain(f"{TOP}ANNA (V.O.\n{lines}").diagnostics if d.line > 4]

    assert [d.line for d in found[:-1]] == list(range(5, 5 + OF_ONE_KIND_MAX))
    assert found[-1].text.startswith(f"{OF_ONE_KIND_MAX + 1} more")


@pytest.mark.parametrize(
    "sign", "\u00ad\u200b\u200e\u202a\u202e\u2060\u2065\u2069\ufeff\x00\x0b\x7f\x9f\ud800\u00a0\u202f\t"
)
def test_each_character_that_an_eye_does_not_see_is_reported(sign: str) -> None:
    found = parse_fountain(f"{TOP}Wind{sign}blows.\n").diagnostics

    assert [(d.line, d.column) for d in found] == [(5, 5)]


def test_the_bound_of_all_kinds_together_is_told_too() -> None:
    found = read((TOP + "Wind [[ blows.\n\n" * 100).encode(), Limits(diagnostics_max=5)).diagnostics

    assert [d.code for d in found] == ["NOTE_UNCLOSED"] * 5 + ["MORE_OF_THESE"]


def test_a_control_character_is_reported_where_no_reader_refused_it() -> None:
    (found,) = parse_fountain(f"{TOP}Wi\x00nd\ud800.\n").diagnostics

    assert (found.code, found.line, found.column) == ("CONTROL_CHARACTER", 5, 3)


def test_every_kind_that_fountain_can_show_is_tested_here() -> None:
    tested = {case[0] for case in (*CASES, *TITLE_CASES)}
    of_other_forms = {code for code, kind in MISTAKES.items() if kind.meaning.startswith("FDX:")}

    untested = MISTAKES.keys() - tested - of_other_forms
    assert untested == {"CONTROL_CHARACTER", "READ_AS_PROSE", "READ_BY_INDENTATION", "MORE_OF_THESE"}


def test_the_writers_guide_lists_each_kind_with_its_severity_and_meaning() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \| (\w+) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.M)

    wanted = [(code, kind.severity.value.lower(), kind.meaning) for code, kind in MISTAKES.items()]
    assert listed == wanted


def test_severities_are_few_and_codes_are_words() -> None:
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in MISTAKES)
    assert {kind.severity for kind in MISTAKES.values()} == set(Severity)
