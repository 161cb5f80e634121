"""How words are pronounced: by dictionary, by context, by spelling."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio_audiogen.engines.kokoro.model import KNOWN_SIGNS
from studio_audiogen.pronunciation.lexicon import Accent
from studio_audiogen.pronunciation.pronouncer import Pronouncer, UnpronounceableError
from studio_audiogen.pronunciation.spelling import spelled_phonemes

_DICTIONARIES = Path(__file__).parents[3] / ".assets" / "kokoro" / "dictionaries"


@pytest.fixture(scope="module")
def american() -> Pronouncer:
    return Pronouncer(Accent.AMERICAN, _DICTIONARIES)


@pytest.fixture(scope="module")
def british() -> Pronouncer:
    return Pronouncer(Accent.BRITISH, _DICTIONARIES)


def _phonemes(pronouncer: Pronouncer, text: str) -> list[str]:
    return [word.phonemes for word in pronouncer.read(text).words]


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("hello", ["həlˈO"]),
        ("The apple", ["ði", "ˈæpᵊl"]),
        ("The dog", ["ðə", "dˈɔɡ"]),
        ("the FBI", ["ði", "ˌɛfbˌiˈI"]),
        ("NASA", ["nˈæsə"]),
        ("W-what", ["wə wˌʌt"]),
        ("Marlowe's", ["mˈɑɹlˌOz"]),
        ("goin'", ["ɡˌOɪn"]),
        ("café", ["kæfˈA"]),
        ("Nooooo", ["nˈO"]),
        ("Shhh", ["ʃ"]),
    ],
)
def test_american_words_sound_as_expected(american: Pronouncer, text: str, phonemes: list[str]) -> None:
    assert _phonemes(american, text) == phonemes


def test_the_accents_differ(american: Pronouncer, british: Pronouncer) -> None:
    assert _phonemes(american, "water") == ["wˈɔɾəɹ"]
    assert _phonemes(british, "water") == ["wˈɔːtə"]


def test_a_word_with_two_pronunciations_follows_its_use(american: Pronouncer) -> None:
    verb, noun = _phonemes(american, "to record")[1], _phonemes(american, "the record")[1]
    assert (verb, noun) == ("ɹəkˈɔɹd", "ɹˈɛkəɹd")


def test_invented_names_are_read_by_their_spelling(american: Pronouncer) -> None:
    for name in ("Zorblatt", "Quixandra", "Ythmir", "Brzk", "Xq"):
        (phonemes,) = _phonemes(american, name)
        assert phonemes
        assert set(phonemes) <= KNOWN_SIGNS


@pytest.mark.parametrize("accent", list(Accent))
def test_a_spelling_gives_one_main_stress_and_known_signs(accent: Accent) -> None:
    for word in ("strathmorvin", "oughtred", "quay", "phlogiston", "yzzy", "schwab", "nguyen", "a" * 100):
        phonemes = spelled_phonemes(word, accent)
        assert phonemes.count("ˈ") == 1
        assert set(phonemes) <= KNOWN_SIGNS


def test_every_pronunciation_of_the_dictionaries_is_known_to_the_model(
    american: Pronouncer, british: Pronouncer
) -> None:
    for pronouncer in (american, british):
        signs = {sign for word in pronouncer.vocabulary() for sign in word}
        assert signs <= KNOWN_SIGNS


def test_a_word_in_another_script_is_refused_by_name(american: Pronouncer) -> None:
    with pytest.raises(UnpronounceableError, match="東京"):
        american.read("Welcome to 東京 tonight")


def test_an_endless_word_is_refused_and_not_cut(american: Pronouncer) -> None:
    with pytest.raises(UnpronounceableError):
        american.read("zorblat" * 60)
    with pytest.raises(UnpronounceableError):
        american.read("7" * 90)


def test_reading_needs_neither_spacy_nor_onnxruntime_nor_numpy() -> None:
    program = (
        "import sys; from pathlib import Path; "
        "from studio_audiogen.pronunciation.pronouncer import Pronouncer; "
        "from studio_audiogen.pronunciation.lexicon import Accent; "
        f"Pronouncer(Accent.AMERICAN, Path({str(_DICTIONARIES)!r})).read('Hello.'); "
        "print(sorted({'spacy', 'numpy', 'onnxruntime', 'av', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
