"""Emphasis: what is read as bold, italic and underlined, what is not, and that runs survive writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_jobs.screenplay.emphasis import Run, marked_up, plain, runs_of, unclosed
from tests.unit.screenplay.manuscripts import FUZZED

RUNS = st.lists(
    st.builds(Run, st.text("ab *_\\[]é\n", max_size=5), st.booleans(), st.booleans(), st.booleans()),
    max_size=6,
)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("*it*", [Run("it", italic=True)]),
        ("**b**", [Run("b", bold=True)]),
        ("***bi***", [Run("bi", bold=True, italic=True)]),
        ("_u_", [Run("u", underline=True)]),
        ("a *b* c", [Run("a "), Run("b", italic=True), Run(" c")]),
        ("_**both**_", [Run("both", bold=True, underline=True)]),
        ("**b *bi***", [Run("b ", bold=True), Run("bi", bold=True, italic=True)]),
        ("un*friggin*real", [Run("un"), Run("friggin", italic=True), Run("real")]),
        ("*a **b** c*", [Run("a ", italic=True), Run("b", bold=True, italic=True), Run(" c", italic=True)]),
        ("***x* y**", [Run("x", bold=True, italic=True), Run(" y", bold=True)]),
        ("*69 and *23, up", [Run("*69 and *23, up")]),
        ("*69 and 23*, up", [Run("69 and 23", italic=True), Run(", up")]),
        (r"*69 and 23\*, up", [Run("*69 and 23*, up")]),
        (r"\_no\_ \*no\*", [Run("_no_ *no*")]),
        ("snake_case_name", [Run("snake_case_name")]),
        ("*a\nb*", [Run("*a\nb*")]),
        ("* a *", [Run("* a *")]),
        ("****", [Run("****")]),
        ("____", [Run("____")]),
        ("", []),
    ],
)
def test_emphasis_is_read_into_runs(text: str, runs: list[Run]) -> None:
    assert list(runs_of(text)) == runs


def test_what_opens_and_does_not_close_is_found_at_its_place() -> None:
    assert unclosed("a *b and _c") == [2, 9]
    assert unclosed(r"a *b* and \*c, 2 * 3, 2*3 ____ ***") == []


@FUZZED
@given(RUNS)
def test_runs_written_read_as_the_same_text(runs: list[Run]) -> None:
    assert plain(marked_up(runs)) == "".join(run.text for run in runs)


@FUZZED
@given(
    st.lists(st.builds(Run, st.sampled_from(["a", "b c", "d."]), st.booleans(), st.booleans()), max_size=6)
)
def test_bold_and_italic_of_words_survive_writing(runs: list[Run]) -> None:
    def looks(found: list[Run]) -> list[tuple[str, bool, bool]]:
        return [(sign, run.bold, run.italic) for run in found for sign in run.text if not sign.isspace()]

    assert looks(list(runs_of(marked_up(runs)))) == looks(runs)


@FUZZED
@given(st.text("ab *_\\[\n", max_size=30))
def test_every_character_is_read_but_marks_and_the_backslashes_of_escapes(text: str) -> None:
    marks = str.maketrans("", "", "*_\\")

    assert plain(text).translate(marks) == text.translate(marks)
