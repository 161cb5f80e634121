"""What holds for every text: nothing is lost, spans are exact, and what is written reads back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given

from studio_jobs.screenplay import Kind, Screenplay, Span
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.fountain_writing import exact_fountain, write_fountain
from tests.unit.screenplay.manuscripts import (
    FUZZED,
    MANUSCRIPTS,
    as_written,
    without_blanks,
    without_spans,
)

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.fountain"))
REMARKS = (Kind.NOTE, Kind.BONEYARD)


def _rows(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _at(rows: list[str], span: Span) -> str:
    lines = rows[span.line_first - 1 : span.line_last]
    lines[-1] = lines[-1][: span.column_last]
    lines[0] = lines[0][span.column_first - 1 :]
    return "\n".join(lines)


def _covered(rows: list[str], span: Span) -> list[tuple[int, int]]:
    return [
        (line, column)
        for line in range(span.line_first, span.line_last + 1)
        for column in range(
            span.column_first if line == span.line_first else 1,
            (span.column_last if line == span.line_last else len(rows[line - 1])) + 1,
        )
    ]


def _seen_elements(screenplay: Screenplay, text: str) -> str:
    """The source's seen characters, each in the one element that holds it, in the order of the elements."""
    rows = _rows(text)
    remarked = {place for e in screenplay.elements if e.kind in REMARKS for place in _covered(rows, e.span)}
    owners: dict[tuple[int, int], int] = {}
    elements = [*screenplay.title_page, *(e for e in screenplay.elements if e.kind not in REMARKS)]
    for number, element in enumerate(elements):
        for place in _covered(rows, element.span):
            if place not in remarked:
                assert owners.setdefault(place, number) == number
    seen = {
        (line, column)
        for line, row in enumerate(rows, start=1)
        for column, sign in enumerate(row, start=1)
        if not sign.isspace()
    }
    assert seen <= owners.keys() | remarked
    return "".join(rows[line - 1][column - 1] for line, column in sorted(owners) if (line, column) in seen)


@FUZZED
@given(MANUSCRIPTS)
def test_every_character_that_is_seen_is_in_exactly_one_element_or_is_a_mark_of_one(text: str) -> None:
    screenplay = parse_fountain(text)

    shown = [e for e in (*screenplay.title_page, *screenplay.elements) if e.kind not in REMARKS]
    found = _seen_elements(screenplay, text)
    # Carets may lack a partner, and an unclosed extension its parenthesis.
    written = "".join(map(as_written, shown))
    assert [found.count(sign) for sign in "abx[*/"] == [written.count(sign) for sign in "abx[*/"]
    assert found.translate({94: None, 41: None}) == written.translate({94: None, 41: None})


@FUZZED
@given(MANUSCRIPTS)
def test_the_span_of_a_remark_holds_its_marks_and_its_text_exactly(text: str) -> None:
    rows = _rows(text)

    for remark in parse_fountain(text).elements:
        if remark.kind in REMARKS:
            assert without_blanks(_at(rows, remark.span)) == as_written(remark)


@FUZZED
@given(MANUSCRIPTS)
def test_a_span_begins_and_ends_at_characters_that_are_seen(text: str) -> None:
    rows = _rows(text)

    for element in (*parse_fountain(text).title_page, *parse_fountain(text).elements):
        found = _at(rows, element.span)
        assert found == found.strip()
        assert found


@FUZZED
@given(MANUSCRIPTS)
@example("ANNA\nx\n[[n]]\n[[ foo\n(beat)\nyes")
@example("FADE IN:\nINT. HOUSE")
@example("[[\n/*\n\n*/\n]]")
@example("INT. A\nINT. B\n\nTO:\n> FADE")
@example("0/**/*/*")
@example("0/*\n]]\n*/[[\n/*")
@example("INT. A [[/*0\n0*/\nINT. B")
@example("foo\n[[ */ ]]\nbar /* x")
@example("Title: a\n[[ */ ]]\nAuthor: /* b")
@example("# S\nINT. HOUSE\n\nANNA\nHello.")
@example("[/* b */[ x ]]\n\n/[[n]]* foo")
def test_what_is_written_reads_as_the_same_document(text: str) -> None:
    screenplay = parse_fountain(text)

    again = parse_fountain(write_fountain(screenplay))

    assert without_spans(again) == without_spans(screenplay)


@FUZZED
@given(MANUSCRIPTS)
def test_what_is_written_once_is_written_the_same_again(text: str) -> None:
    written = write_fountain(parse_fountain(text))

    assert write_fountain(parse_fountain(written)) == written


@FUZZED
@given(MANUSCRIPTS)
@example("\ufeffINT. A\r\n\r\nRain.\r")
def test_an_unchanged_screenplay_gives_its_source_back_to_the_byte(text: str) -> None:
    assert exact_fountain(parse_fountain(text)) == text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_survives_writing_and_its_bytes_survive_reading(sample: Path) -> None:
    screenplay = parse_fountain(sample.read_bytes().decode())

    assert without_spans(parse_fountain(write_fountain(screenplay))) == without_spans(screenplay)
    assert exact_fountain(screenplay) == sample.read_bytes()
