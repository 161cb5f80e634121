"""How numbers are read."""

from __future__ import annotations

import pytest

from studio_audiogen.pronunciation.numerals import cardinal_words, number_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "zero"),
        ("21", "twenty one"),
        ("1,205", "one thousand two hundred five"),
        ("1947", "nineteen forty seven"),
        ("1905", "nineteen oh five"),
        ("2000", "two thousand"),
        ("1990s", "nineteen nineties"),
        ("3rd", "third"),
        ("20th", "twentieth"),
        ("10:30", "ten thirty"),
        ("9:05", "nine oh five"),
        ("9:00", "nine o'clock"),
        ("$5.50", "five dollars and fifty cents"),
        ("$1", "one dollar"),
        ("$2.5m", "two point five million dollars"),
        ("50%", "fifty percent"),
        ("3.14", "three point one four"),
        ("-5", "minus five"),
        ("007", "zero zero seven"),
        ("555-0199", "five five five zero one nine nine"),
        ("10-12", "ten to twelve"),
        ("1/2", "one half"),
        ("8am", "eight A M"),
        ("20km", "twenty kilometres"),
    ],
)
def test_a_number_is_read_as_it_is_said(written: str, said: str) -> None:
    assert number_words(written) == said.split()


def test_a_token_with_other_letters_is_left_to_be_split() -> None:
    assert number_words("R2") is None


def test_huge_numbers_are_read_digit_by_digit() -> None:
    assert cardinal_words(10**15) == ["one", *["zero"] * 15]
