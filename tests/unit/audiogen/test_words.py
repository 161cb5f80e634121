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
        ("born on 12 March 1947", "born on the twelfth of March nineteen forty seven"),
        ("March 3, 2021", "March third twenty twenty one"),
        ("You may 5 times", "You may five times"),
        (
            "on 3/14/2021, or 2021-03-14",
            "on March fourteenth twenty twenty one or March fourteenth twenty twenty one",
        ),
        ("Nov. 5 and Sept. 11", "November fifth and September eleventh"),
        ("Henry VIII and Elizabeth II", "Henry the eighth and Elizabeth the second"),
        ("Rocky III, Act V, Scene iii", "Rocky three Act five Scene three"),
        ("Malcolm X and I", "Malcolm X and I"),
        ("10 lbs, 5 km/h and 20 kg", "ten pounds five kilometres per hour and twenty kilograms"),
        ("20°C or -5°F", "twenty degrees Celsius or minus five degrees Fahrenheit"),
        ("3 1/2 miles, 3½ cups, 2/3", "three and one half miles three and a half cups two thirds"),
        ("$5-$10, 50-50, 24/7", "five dollars to ten dollars fifty fifty twenty four seven"),
        (".5 and 0.5", "point five and zero point five"),
        ("2nd-floor, mid-1980s", "second floor mid nineteen eighties"),
        ("Call 911, apt. 4B", "Call nine one one apartment four B"),
        ("Vol. 2, p. 15", "volume two page fifteen"),
        ("a@b.com", "A at B dot com"),
        ("www.example.com", "W W W dot example dot com"),
        ("Ph.D. and COVID-19", "P H D and COVID nineteen"),
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


def test_initials_of_a_name_are_said_in_one_go() -> None:
    words = read_words("J. R. R. Tolkien met J.F.K. Smith in the U.S. Then I. He left.").words
    assert "".join(word.pause for word in words) == "..."


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
