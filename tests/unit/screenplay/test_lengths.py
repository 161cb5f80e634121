"""Words and pages of a screenplay."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay.lengths import Length, length_of
from studio_jobs.screenplay.reader import Form, read

SLUG = "INT. HALL - DAY\n\n"


def length(text: str) -> Length:
    return length_of(read(text.encode(), form=Form.FOUNTAIN))


def test_words_are_those_that_are_printed() -> None:
    found = length("Title: Not counted\n\n" + SLUG + "Rain [[not this]] falls.\n\nMARA\nDon't go.\n")

    # INT HALL DAY, Rain falls, MARA, Don't go.
    assert found.words == 8


@pytest.mark.parametrize(("text", "words"), [("走吧。", 2), ("雨の街", 3), ("Let's 走", 2)])
def test_a_chinese_or_japanese_character_counts_as_a_word(text: str, words: int) -> None:
    assert length(SLUG + text).words - length(SLUG).words == words


def test_the_shortest_screenplay_has_an_eighth_of_a_page() -> None:
    assert length(SLUG).page_eighths == 1


def test_fifty_five_printed_lines_are_a_page() -> None:
    # A heading and each paragraph of one line take two lines, with the blank one before.
    assert length(SLUG + "Rain.\n\n" * 26).page_eighths == 8
    assert length(SLUG + "Rain.\n\n" * 27).page_eighths == 9


def test_a_long_paragraph_takes_the_lines_that_it_fills() -> None:
    assert length(SLUG + "rain " * 600).page_eighths == 8
