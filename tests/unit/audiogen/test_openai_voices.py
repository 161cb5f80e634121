"""Which of a provider's voices speaks for whom."""

from __future__ import annotations

import pytest

from studio_audiogen.engines.openai.voices import MEN, WOMEN, declared, read_voices, voice_for


def test_a_cast_has_different_voices_as_long_as_there_are_enough() -> None:
    women = [voice_for(name, {}) for name in ("af_heart", "bf_emma", "af_bella")]
    men = [voice_for(name, {}) for name in ("am_michael", "bm_george", "am_fenrir")]

    assert len({*women, *men}) == 6
    assert set(women) <= set(WOMEN)
    assert set(men) <= set(MEN)


def test_settings_say_whose_voice_is_which() -> None:
    voices = read_voices(["af_heart=tara", "*=leo"])

    assert voice_for("af_heart", voices) == "tara"
    assert voice_for("am_michael", voices) == "leo"
    assert voice_for("tara", voices) == "tara"


def test_a_voice_of_the_providers_may_be_chosen_by_its_own_name() -> None:
    assert voice_for("verse", {}) == "verse"
    assert voice_for("somebody", {}) == "somebody"


def test_a_pool_declares_the_providers_voices_and_the_casts() -> None:
    assert {"nova", "onyx", "af_heart", "bm_george"} <= set(declared({}))
    own = declared(read_voices(["af_heart=tara", "*=leo"]))
    assert {"tara", "leo", "af_heart"} <= set(own)
    assert "nova" not in own


@pytest.mark.parametrize("text", ["nova", "=nova", "af_heart="])
def test_a_pair_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="write voices as"):
        read_voices([text])
