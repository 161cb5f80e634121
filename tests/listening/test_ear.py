"""What the recogniser can hear at all."""

from __future__ import annotations

import pytest

pytest.importorskip("pocketsphinx", reason="it has no wheel for this Python")

from bench.listening.ear import Ear

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear([("ferry", "F EH R IY"), ("andreyevitch", "AH N D R EY V IH CH")])


def test_only_words_that_its_dictionary_lacks_are_taught(ear: Ear) -> None:
    assert ear.taught == ["andreyevitch"]


def test_a_word_that_its_language_model_lacks_cannot_be_heard(ear: Ear) -> None:
    assert [ear.can_hear(word) for word in ("ferry", "andreyevitch", "bracknell")] == [True, True, False]
