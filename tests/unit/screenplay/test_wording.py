"""Text as it is spoken and drawn: no mark of emphasis is left in it, and no other character is taken."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay.emphasis import plain
from studio_jobs.screenplay.wording import unmarked


@pytest.mark.parametrize(
    "text", ["_word_,", "(_beat_)", "“_x_”", "_two words_!", "_a_-_b_", "*_both_*.", r"\_kept\_,"]
)
def test_marks_beside_punctuation_are_taken_off_as_a_reader_of_emphasis_does(text: str) -> None:
    assert unmarked(text) == plain(text)
    assert unmarked(text) != text


@pytest.mark.parametrize("text", ["snake_case_name", "a__b", "___", "__x__", "Dear ___, hello"])
def test_underscores_that_open_or_close_no_word_stay(text: str) -> None:
    assert unmarked(text) == text
