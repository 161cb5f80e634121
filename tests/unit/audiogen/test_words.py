"""How a line is split into words, what is said for each, and where it pauses."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_audiogen.pronunciation.words import read_words


def _said(text: str) -> str:
    return " ".join(part for word in read_words(text).words for part in word.spoken)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dr. Watson and Mrs. Hudson", "doctor Watson and missus Hudson"),
        ("St. James St. is long", "saint James street is long"),
        ("at 10:30 p.m. sharp", "at ten thirty P M sharp"),
        ("No. 5 said no.", "number five said no"),
        ("R2-D2", "R two D two"),
        ("the U.S.A. won", "the U S A won"),
        ("World War II", "World War two"),
        ("salt & pepper @ home", "salt and pepper at home"),
        ("**Bold** _moves_ *here*", "Bold moves here"),
        ("W-what?", "w- what"),
        ("co-op", "co op"),
        ("“Well—I never,” she said", "Well I never she said"),
    ],
)
def test_a_line_is_read_in_full(written: str, said: str) -> None:
    assert _said(written) == said


def test_pauses_follow_the_words_before_their_signs() -> None:
    words = read_words("Wait... what? No -- go, now!").words
    assert [(word.text, word.pause) for word in words] == [
        ("Wait", "…"),
        ("what", "?"),
        ("No", "—"),
        ("go", ","),
        ("now", "!"),
    ]


def test_an_abbreviations_full_stop_is_no_pause() -> None:
    words = read_words("Mr. Holmes left.").words
    assert [word.pause for word in words] == ["", "", "."]


def test_decorative_signs_are_reported_as_unread() -> None:
    reading = read_words("♪ Happy birthday ♪")
    assert reading.unread == "♪♪"
    assert [word.text for word in reading.words] == ["Happy", "birthday"]


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=60))
def test_no_letter_or_digit_of_a_line_is_lost(text: str) -> None:
    reading = read_words(text)
    kept = "".join(word.text for word in reading.words)
    assert not Counter(filter(_is_plain, text)) - Counter(filter(_is_plain, kept))
    assert all(word.spoken for word in reading.words)


def _is_plain(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


@given(
    st.lists(
        st.sampled_from(["3rd", "don't", "Mr.", "e.g.", "5%", "x-ray", "II", "Ünder", "AT&T"]), min_size=1
    )
)
def test_every_written_word_is_said(words: list[str]) -> None:
    reading = read_words(" ".join(words))
    assert len(reading.words) == len(words)
    assert all(word.spoken for word in reading.words)
