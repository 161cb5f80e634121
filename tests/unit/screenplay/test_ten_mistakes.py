"""The sample with planted mistakes: every one is named, with its line and a cure."""

from __future__ import annotations

from pathlib import Path

from studio_jobs.screenplay import read

SAMPLE = Path(__file__).parents[3] / "samples" / "ten-mistakes.fountain"
PLANTED = {
    ("TITLE_KEY_MISSPELT", "Tittle: The Last Bus"),
    ("HEADING_PREFIX_UNKNOWN", "INTERIOR BUS - NIGHT"),
    ("CUE_WITH_COLON", "TOBY:"),
    ("PARENTHESIS_UNCLOSED", "(not unkindly"),
    ("CUE_WITHOUT_SPEECH", "IRIS"),
    ("NAME_MISSPELT", "IRSI"),
    ("SCENE_NUMBER_TWICE", "EXT. DEPOT - DAWN #1#"),
    ("NOTE_UNCLOSED", "Mist. The bus stands where it stood. [[Can we have a crane here?"),
    ("TRANSITION_AS_ACTION", "Cut to:"),
    ("SCENE_EMPTY", "EXT. ROAD - DAY #3#"),
}


def test_every_planted_mistake_is_named_on_its_line_and_nothing_else_is() -> None:
    rows = SAMPLE.read_text(encoding="utf-8").split("\n")

    found = read(SAMPLE.read_bytes()).diagnostics

    assert {(one.code, rows[one.line - 1]) for one in found} == PLANTED
    assert len(found) == len(PLANTED)


def test_every_planted_mistake_has_a_cure_and_columns() -> None:
    for one in read(SAMPLE.read_bytes()).diagnostics:
        assert one.suggestion
        assert 1 <= one.column <= one.column_last
