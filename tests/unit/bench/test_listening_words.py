"""How what was said is compared with what was heard."""

from __future__ import annotations

import pytest

from bench.listening.wording import matched, plain_words

SOUNDS = {"harbour": "hɑɹbəɹ", "harbor": "hɑɹbəɹ", "hand": "hænd", "bag": "bæɡ", "handbag": "hændbæɡ"}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Twenty minutes.", "20 minutes"),
        ("It isn't gone.", "it is not gone"),
        ("He's been waiting.", "he is been waiting"),
        ("'Tis now struck twelve.", "it is now struck 12"),
    ],
)
def test_words_are_equal_however_numbers_and_contractions_are_written(said: str, heard: str) -> None:
    assert plain_words(said) == plain_words(heard)


@pytest.mark.parametrize(
    ("said", "heard", "flags"),
    [
        ("from your father", "from the father", [True, False, True]),
        ("the harbour", "the harbor", [True, True]),
        ("a hand bag", "a handbag", [True, True, True]),
        ("a handbag", "a hand bag", [True, True]),
        ("go on in", "", [False, False, False]),
        ("wait for me", "me wait for", [True, True, False]),
    ],
)
def test_a_word_is_heard_when_it_or_what_sounds_alike_comes_in_its_order(
    said: str, heard: str, flags: list[bool]
) -> None:
    assert list(matched(said.split(), heard.split(), SOUNDS.get)) == flags
