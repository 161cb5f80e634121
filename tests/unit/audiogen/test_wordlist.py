"""The packed list answers as a dict would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_audiogen.pronunciation.wordlist import Wordlist

WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x2FF, exclude_categories=["Cs"]),
    max_size=4,
)


@given(st.dictionaries(WORDS, WORDS), st.lists(WORDS))
def test_each_word_has_its_text_and_no_other_word_has_one(texts: dict[str, str], others: list[str]) -> None:
    packed = Wordlist(texts)

    assert {word: packed.get(word) for word in [*texts, *others]} == {
        word: texts.get(word) for word in [*texts, *others]
    }
    assert sorted(packed.texts()) == sorted(texts.values())


@pytest.mark.parametrize("sign", ["\t", "\n"])
def test_a_sign_that_would_part_entries_is_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="tab or a line break"):
        Wordlist({"word": f"te{sign}xt"})
