"""What voices and fonts are said to be able to do is what those of the other services can."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from studio_audiogen.engines.kokoro.engine import KokoroEngine
from studio_audiogen.pronunciation.lexicon import Accent
from studio_audiogen.pronunciation.spelling import spelled_phonemes
from studio_jobs.screenplay import read
from studio_jobs.screenplay.abilities import EMBEDDED, Abilities

TOP = "INT. A - DAY\n\n"


def test_the_shown_letters_are_those_of_the_title_cards_fonts() -> None:
    listed = resources.files("studio_composer").joinpath("fonts", "letters.txt").read_text(encoding="utf-8")

    shown = {chr(code) for first, last in EMBEDDED.shown for code in range(first, last + 1)}
    assert shown == set(listed) - {"\n"}


@pytest.mark.parametrize(
    "word", ["Hello", "café", "Łódź", "Øre", "Привет", "街道", "שלום", "ß", "ελλάς", "naïf"]
)
def test_a_word_is_sayable_when_the_voices_find_sounds_for_its_spelling(word: str) -> None:
    assert EMBEDDED.can_say(word) == bool(spelled_phonemes(word, Accent.BRITISH))


def test_one_line_of_each_unspeakable_speech_is_named_with_the_words() -> None:
    found = read(f"{TOP}ANNA\nПривет, Anna, как дела?\n".encode()).diagnostics

    assert [(d.code, d.line) for d in found] == [("WORDS_NOT_SPOKEN", 4)]
    assert "Привет, как, дела" in found[0].text


def test_other_abilities_may_be_given() -> None:
    polyglot = Abilities(frozenset({"en", "fr"}), frozenset("abcприветкдл"), EMBEDDED.shown)

    found = read(f"Title: A\nLanguage: fr\n\n{TOP}ANNA\nПривет, как дела?\n".encode(), abilities=polyglot)

    assert found.diagnostics == ()
    assert found.language == "fr"


def test_the_language_of_a_speech_follows_its_direction() -> None:
    text = f"{TOP}ANNA\n(in French)\nBonjour.\n(in English)\nHello.\n\nBEN (IN BROKEN GERMAN)\nJa.\n"

    said = [(e.text, e.language) for e in read(text.encode()).elements if e.kind == "DIALOGUE"]
    assert said == [("Bonjour.", "fr"), ("Hello.", "en"), ("Ja.", "de")]


def test_the_languages_are_those_that_the_embedded_voices_declare(tmp_path: Path) -> None:
    assert frozenset(KokoroEngine(tmp_path, threads=1).describe().languages) == EMBEDDED.languages
