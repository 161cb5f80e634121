"""The parts of speech that need no model: resampling, phrases, delivery."""

from __future__ import annotations

import numpy as np
import pytest

from studio_audiogen.engines.kokoro.delivery import delivery_of
from studio_audiogen.engines.kokoro.model import TOKENS_MAX, Utterance
from studio_audiogen.engines.kokoro.phrases import Phrase, phrases_of
from studio_audiogen.engines.kokoro.speech import doubled_rate, speech_of
from studio_audiogen.pronunciation.pronouncer import SpokenWord


@pytest.mark.parametrize("frequency_hz", [100.0, 1_000.0, 6_000.0, 10_500.0])
def test_a_tone_keeps_its_level_and_gains_no_image(frequency_hz: float) -> None:
    source = np.sin(2 * np.pi * frequency_hz * np.arange(24_000) / 24_000).astype(np.float32)
    doubled = doubled_rate(source)
    wanted = np.sin(2 * np.pi * frequency_hz * np.arange(48_000) / 48_000)
    assert len(doubled) == 48_000
    assert np.abs(doubled - wanted)[200:-200].max() < 2e-3


def test_phrases_keep_every_word_in_order_and_fit_the_model() -> None:
    words = tuple(
        SpokenWord(f"w{index}", "əbˈWtˌɪnsI", "." if index % 40 == 39 else "") for index in range(300)
    )
    phrases = phrases_of(words)
    assert [word for phrase in phrases for word in phrase.words] == list(words)
    assert all(0 < len(phrase.signs) <= TOKENS_MAX for phrase in phrases)


def test_a_words_span_is_its_phonemes() -> None:
    (phrase,) = phrases_of((SpokenWord("Hello", "həlˈO", ","), SpokenWord("you", "ju", ".")))
    assert phrase.signs == "həlˈO, ju."
    assert [phrase.signs[start:end] for start, end in phrase.spans()] == ["həlˈO", "ju"]


def test_a_dash_and_an_ellipsis_rest_longer_than_a_comma_and_later_words_move_with_them() -> None:
    starts = {}
    for sign in (",", "—", "…"):
        words = (SpokenWord("Hello", "həlˈO", sign), SpokenWord("you", "ju", "."))
        lengths = np.array([2_400] * len("həlˈO, ju."))
        # Half a second of speech, the sign with its blank in silence, and the rest of the speech.
        sound = np.sin(np.arange(26_400) / 3).astype(np.float32) * 0.3
        sound *= np.interp(np.arange(26_400), [12_000, 12_600, 16_800, 17_400], [1, 0, 0, 1]).astype(
            np.float32
        )
        speech = speech_of([Phrase(words)], [Utterance(sound, 600, lengths)], 0)
        starts[sign] = speech.words[1].start_ms
        jump = np.abs(np.diff(speech.samples[:, 0])).max()
        assert jump < 1.2 * np.abs(np.diff(speech.samples[4_800:9_600, 0])).max()
    assert starts["—"] == starts[","] + 120
    assert starts["…"] == starts[","] + 280


@pytest.mark.parametrize(
    ("louder", "softer"), [("shouting", ""), ("", "quietly"), ("quietly", "whispering"), ("loud", "hushed")]
)
def test_who_shouts_is_louder_than_who_whispers(louder: str, softer: str) -> None:
    assert delivery_of(louder).level_millibels > delivery_of(softer).level_millibels


def test_who_shouts_hurries_and_who_is_tired_does_not() -> None:
    tempi = [delivery_of(words).tempo_permille for words in ("quickly", "yelling", "", "whispers", "slowly")]
    assert tempi == sorted(tempi, reverse=True)
    assert len(set(tempi)) == len(tempi)


def test_a_parenthetical_changes_tempo_and_level() -> None:
    assert delivery_of("(whispering)").level_millibels < 0
    assert delivery_of("quickly").tempo_permille > 1_000
    assert delivery_of("shouting, slowly").tempo_permille < 1_000
    assert delivery_of("to Ellie") == delivery_of("")
